import type { Settings } from '../config';
import { DaftError } from '../daft-error';
import { askPatiently, listBranches, listWorktrees, readRefs, transfer, type Worktree } from '../git';
import type { Narrator } from './worktree-services';
import { canonicalPath } from './canonical-path';
import { takeAlong } from './carry';
import { configurationWorktree, currentWorktree, remoteOfRun, type CheckoutContext, type CheckoutRequest } from './checkout-context';
import type { CreationNote } from './creation-note';
import { finishWorktree, makeWorktree } from './make-worktree';
import { checkBranchName } from './names';
import { placeSettled } from './place-lock';
import { examinePath, findPlacement, PlaceTaken, requireFree, type Placement } from './placement';
import { recordPreviousWorktree } from './previous-worktree';
import { takeUp } from './take-up';

export type Opened =
  /** It was there. */
  | { kind: 'switched'; path: string; branch: string; detached: boolean }
  | { kind: 'prepared'; path: string; branch: string }
  | { kind: 'not-found'; branch: string; remote: string; unreachable: boolean; known: readonly string[] };

/** Leads to the worktree of a branch that exists, making one where there is none (worktrees-create.md 8.4). */
export async function openBranch(request: CheckoutRequest, context: CheckoutContext): Promise<Opened> {
  checkBranchName(request.branch);
  try {
    return await attempt(request, context, { settled: false });
  } catch (error) {
    if (!(error instanceof PlaceTaken)) throw error;
    // Perhaps by a neighbour who opens the same branch: once it is done, that is where to go.
    const { services, repository } = context;
    await placeSettled(error.path, repository);
    return attempt(request, { ...context, worktrees: await listWorktrees(services.git, repository) }, { settled: true });
  }
}

/** @param settled nobody is known to be making a worktree at the place any more */
async function attempt(request: CheckoutRequest, surveyed: CheckoutContext, { settled }: { settled: boolean }): Promise<Opened> {
  const { context, unfinished } = await takeUp(request.branch, request.at === undefined ? 'finish' : 'look', surveyed);
  if (unfinished) return finish(unfinished, context);
  const existing = context.worktrees.find((worktree) => worktree.branch === request.branch);
  if (existing && !existing.missing) {
    // Locked is also what git is just making. Nobody gets to see this message: the next attempt takes it for what it then is.
    if (existing.locked && !settled) throw new PlaceTaken(`The worktree of '${request.branch}' is being made`, existing.path);
    return switchTo(existing, request, context);
  }
  return openInNewWorktree(request, existing ? await withoutMissing(context) : context, { settled });
}

async function finish(unfinished: CreationNote, context: CheckoutContext): Promise<Opened> {
  const { path, branch } = unfinished;
  await finishWorktree(unfinished, context);
  leave(context, path);
  return { kind: 'prepared', path, branch };
}

async function openInNewWorktree(request: CheckoutRequest, context: CheckoutContext, { settled }: { settled: boolean }): Promise<Opened> {
  const { branch } = request;
  const { services, repository, worktrees } = context;
  const { git, settings, narrator } = services;
  const remote = remoteOfRun(request, context);
  const facts = { repository, worktrees, configurationWorktree: () => configurationWorktree(context, undefined) };
  const fetching = settings.checkoutFetch && request.local !== true;

  let found = await findBranch(branch, remote, context);
  // Before the remote is asked: what is at the place already decides.
  let place = found.kind === 'here' ? await findPlace() : undefined;
  if (found.kind === 'nowhere') {
    const { path } = await findPlacement(request, facts, { ...services, narrator: silence }, undefined);
    place = branchlessAt(path, worktrees, { settled });
  }
  if (place && isWorktree(place)) return switchTo(place, request, context);

  const fetched = fetching ? await fetchBranch(branch, remote, context) : undefined;
  if (fetching) found = await findBranch(branch, remote, context);
  if (found.kind === 'of-remote') return openBranch({ ...request, branch: found.branch }, withRemote(context, found.remote));
  if (found.kind === 'nowhere') {
    const { local, remote: remotes } = await listBranches(git, repository.commonDir, remote);
    return { kind: 'not-found', branch, remote, unreachable: fetched?.reached === false, known: [...new Set([...local, ...remotes])] };
  }
  if (fetched?.complaint !== undefined) narrator.warning(fetched.complaint);

  const placement = place ?? (await findPlace());
  if (isWorktree(placement)) return switchTo(placement, request, context);

  // An upstream that is there was chosen by somebody, if not for this branch of the remote.
  const tracks = settings.checkoutUpstream && found.onRemote && !settings.raw.has(`branch.${branch}.merge`);
  await makeWorktree(
    {
      placement,
      creation: {
        path: placement.path,
        branch,
        startPoint: found.local ? undefined : `refs/remotes/${remote}/${branch}`,
        isNewBranch: false,
        baseBranch: undefined,
        tie: tracks ? { kind: 'upstream', remote } : { kind: 'none' },
      },
      carry: async () =>
        (request.carry ?? settings.checkoutCarry)
          ? takeAlong(currentWorktree(context), { newPath: placement.path, message: 'daft: carry changes to worktree' }, context)
          : undefined,
    },
    context,
  );
  leave(context, placement.path);
  return { kind: 'prepared', path: placement.path, branch };

  async function findPlace(): Promise<Placement | Worktree> {
    const chosen = await findPlacement(request, facts, services, context.adviser);
    const lost = branchlessAt(chosen.path, worktrees, { settled });
    if (lost) return lost;
    requireFree(chosen.path, branch, worktrees);
    return chosen;
  }
}

function isWorktree(place: Placement | Worktree): place is Worktree {
  return 'head' in place;
}

function switchTo(worktree: Worktree, { branch, at }: CheckoutRequest, context: CheckoutContext): Opened {
  if (at !== undefined) {
    throw new DaftError(`--at cannot be used: worktree already exists for '${branch}'. Use 'daft go ${branch}' without --at to navigate to it.`);
  }
  leave(context, worktree.path);
  return { kind: 'switched', path: worktree.path, branch, detached: worktree.branch === undefined };
}

/** A worktree at this path that has lost its branch, as an interrupted rebase may leave it; one that git is just making has none yet. */
function branchlessAt(path: string, worktrees: readonly Worktree[], { settled }: { settled: boolean }): Worktree | undefined {
  const occupation = examinePath(path, worktrees);
  if (occupation.kind !== 'worktree' || occupation.worktree.branch !== undefined) return undefined;
  return settled || !occupation.worktree.locked ? occupation.worktree : undefined;
}

const silence: Narrator = { step: () => {}, info: () => {}, warning: () => {} };

/** Remembers where the user comes from, for `go -`. */
export function leave({ repository }: CheckoutContext, destination: string): void {
  const { worktreeRoot, commonDir } = repository;
  if (worktreeRoot !== undefined && worktreeRoot !== canonicalPath(destination)) recordPreviousWorktree(commonDir, worktreeRoot);
}

async function withoutMissing(context: CheckoutContext): Promise<CheckoutContext> {
  const { git } = context.services;
  await askPatiently(git, context.repository.commonDir, ['worktree', 'prune']);
  return { ...context, worktrees: context.worktrees.filter(({ missing }) => !missing) };
}

function withRemote(context: CheckoutContext, remote: string): CheckoutContext {
  const { services } = context;
  return { ...context, services: { ...services, settings: { ...services.settings, remote, multiRemoteDefaultRemote: remote, checkoutFetch: false } } };
}

type Found =
  | { kind: 'here'; local: boolean; onRemote: boolean }
  /** `<remote>/<branch>` was written out. */
  | { kind: 'of-remote'; remote: string; branch: string }
  | { kind: 'nowhere' };

async function findBranch(branch: string, remote: string, { services, repository }: CheckoutContext): Promise<Found> {
  const local = `refs/heads/${branch}`;
  const tracking = `refs/remotes/${remote}/${branch}`;
  const written = `refs/remotes/${branch}`;
  const refs = await readRefs(services.git, repository.commonDir, [local, tracking, written]);
  if (refs.has(local) || refs.has(tracking)) return { kind: 'here', local: refs.has(local), onRemote: refs.has(tracking) };
  const writtenRemote = refs.has(written) ? longestRemote(branch, services.settings) : undefined;
  return writtenRemote === undefined ? { kind: 'nowhere' } : { kind: 'of-remote', remote: writtenRemote, branch: branch.slice(writtenRemote.length + 1) };
}

/** The remote that a `<remote>/<branch>` begins with; its name may have slashes, too. */
function longestRemote(text: string, { raw }: Settings): string | undefined {
  const parts = text.split('/');
  const prefixes = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return prefixes.findLast((prefix) => raw.has(`remote.${prefix}.url`));
}

/** Failures are values: that of the branch itself counts only where the branch exists. */
async function fetchBranch(branch: string, remote: string, { services, repository }: CheckoutContext): Promise<{ reached: boolean; complaint: string | undefined }> {
  const { git, narrator, signal } = services;
  narrator.step(`Fetching from '${remote}'`);
  const all = await transfer(git, repository.commonDir, ['fetch', remote], { signal });
  if (all.exitCode !== 0) narrator.warning(`Failed to fetch from '${remote}': ${all.stderr.trim()}`);
  const one = await transfer(git, repository.commonDir, ['fetch', remote, `${branch}:${branch}`], { signal });
  return {
    reached: all.exitCode === 0,
    complaint: one.exitCode === 0 ? undefined : `Failed to fetch '${branch}' from '${remote}': ${one.stderr.trim()}`,
  };
}
