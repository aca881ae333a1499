import { DaftError } from '../daft-error';
import { findCurrentBranch, readRefs, transfer, type Worktree } from '../git';
import { takeAlong } from './carry';
import { configurationWorktree, currentWorktree, remoteOfRun, type CheckoutContext, type CheckoutRequest } from './checkout-context';
import { makeWorktree } from './make-worktree';
import { checkNameWithGit } from './branches';
import { checkBranchName } from './names';
import { leave } from './open-branch';
import { findPlacement, requireFree } from './placement';
import { takeUp } from './take-up';

export interface CreateRequest extends CheckoutRequest {
  /** Branch or commit-ish; default: where the command was started. */
  base?: string | undefined;
}

export interface Created {
  path: string;
  branch: string;
  /** As told to the user. */
  startPoint: string;
}

/** Creates a branch with its worktree (worktrees-create.md 8.5). */
export async function createBranch(request: CreateRequest, surveyed: CheckoutContext): Promise<Created> {
  const { branch } = request;
  checkBranchName(branch);
  const { context } = await takeUp(branch, 'start anew', surveyed);
  const { services, repository, worktrees } = context;
  const { git, settings } = services;
  const remote = remoteOfRun(request, context);
  const base = request.base ?? (await baseOfStart(context));
  const facts = { repository, worktrees, configurationWorktree: () => configurationWorktree(context, base) };

  const refNames = [`refs/heads/${branch}`, `refs/heads/${base}`, `refs/remotes/${remote}/${base}`];
  let [refs] = await Promise.all([readRefs(git, repository.commonDir, refNames), checkNameWithGit(git, branch)]);
  if (refs.has(`refs/heads/${branch}`)) {
    throw new DaftError(`Branch '${branch}' already exists`, { hint: `Use '${services.exe} go ${branch}' to open it.` });
  }
  if (settings.checkoutFetch && request.local !== true) {
    await fetchAll(remote, context);
    refs = await readRefs(git, repository.commonDir, refNames);
  }
  const startPoint = await findStartPoint({ base, remote, refs }, context);

  const placement = await findPlacement(request, facts, services, context.adviser);
  requireFree(placement.path, branch, worktrees);
  await makeWorktree(
    {
      placement,
      creation: {
        path: placement.path,
        branch,
        startPoint: startPoint.revision,
        isNewBranch: true,
        baseBranch: base,
        tie: settings.checkoutPush && request.local !== true ? { kind: 'push', remote } : { kind: 'none' },
      },
      carry: async () =>
        (request.carry ?? settings.checkoutBranchCarry)
          ? takeAlong(carrySource(request.base, context), { newPath: placement.path, message: 'daft: carry changes to new worktree' }, context)
          : undefined,
    },
    context,
  );
  leave(context, placement.path);
  return { path: placement.path, branch, startPoint: startPoint.name };
}

/** Branch of the starting directory; in a container what its HEAD names; on a detached HEAD the commit. */
async function baseOfStart(context: CheckoutContext): Promise<string> {
  const current = currentWorktree(context);
  if (current !== undefined) return current.branch === undefined || current.detached ? current.head : current.branch;
  return (await findCurrentBranch(context.services.git, context.repository.commonDir)) ?? 'HEAD';
}

/** An explicit base brings the changes of its own worktree, or none: those of others are none of its business. */
function carrySource(base: string | undefined, context: CheckoutContext): Worktree | undefined {
  return base === undefined ? currentWorktree(context) : context.worktrees.find((worktree) => worktree.branch === base);
}

interface StartPoint {
  /** As told to the user. */
  name: string;
  /** Unmistakable for git: a full ref name or a commit. */
  revision: string;
}

async function findStartPoint(
  { base, remote, refs }: { base: string; remote: string; refs: ReadonlyMap<string, string> },
  { services: { git }, repository }: CheckoutContext,
): Promise<StartPoint> {
  const local = { name: base, revision: `refs/heads/${base}` };
  const tracking = { name: `${remote}/${base}`, revision: `refs/remotes/${remote}/${base}` };
  const here = refs.get(local.revision);
  const there = base === 'HEAD' ? undefined : refs.get(tracking.revision); // <remote>/HEAD is no branch, and not where the user is
  if (here !== undefined && there !== undefined) {
    if (here === there) return tracking;
    const ahead = await git.run(repository.commonDir, ['rev-list', '--max-count=1', here, `^${there}`], `Failed to compare '${base}' with '${remote}/${base}'`);
    return ahead === '' ? tracking : local;
  }
  if (here !== undefined) return local;
  if (there !== undefined) return tracking;
  const resolve = (revision: string) => git.ask(repository.worktreeRoot ?? repository.commonDir, ['rev-parse', '--verify', '--quiet', '--end-of-options', revision]);
  const object = await resolve(base);
  // Not in one: in `:/text` all that follows is part of the text.
  const commit = object.exitCode === 0 ? await resolve(`${object.stdout.trim()}^{commit}`) : object;
  if (commit.exitCode !== 0) throw new DaftError(`Base '${base}' is neither a branch nor a commit`);
  return { name: base, revision: commit.stdout.trim() };
}

async function fetchAll(remote: string, { services, repository }: CheckoutContext): Promise<void> {
  const { git, narrator, signal } = services;
  narrator.step(`Fetching from '${remote}'`);
  for (const refspec of [[], [`+refs/heads/*:refs/remotes/${remote}/*`]]) {
    const fetched = await transfer(git, repository.commonDir, ['fetch', remote, ...refspec], { signal });
    if (fetched.exitCode !== 0) narrator.warning(`Failed to fetch from '${remote}': ${fetched.stderr.trim()}`);
  }
}
