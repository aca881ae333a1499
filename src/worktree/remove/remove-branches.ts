import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { makePrivateDirectory, withFileLock } from '../../fs';
import { deleteBranch, gitsComplaint, readRef, transfer } from '../../git';
import { lockHolder } from '../../process';
import { defaultBranchOnline, type BranchSurvey } from '../branches';
import { containsCurrent, leavingFor } from './destination';
import { removeWorktree } from './remove-worktree';
import type { RemovalServices } from './services';
import type { Target } from './targets';
import { refusalOfDefault, validate, type Permit } from './validate';

export interface RemovalRequest {
  targets: readonly Target[];
  forced: boolean;
  /** What the remote has of a branch goes too. */
  remotely: boolean;
  /** The directory the user stands in is gone, and this is where to go. */
  leave: (destination: string) => void;
}

/**
 * Removes branches with their worktrees, after every one of them has been found removable. Throws DaftError, nothing
 * having been changed, if one is not; and at the end, the others having been removed, if one could not be.
 */
export async function removeBranches(request: RemovalRequest, surveyed: BranchSurvey, services: RemovalServices): Promise<void> {
  const { survey, refs } = surveyed;
  const { git, settings, cwd, narrator } = services;
  const defaultBranch = await requireDefaultBranch(surveyed, services);
  const validation = { survey, refs, remote: settings.remote, defaultBranch, forced: request.forced };
  const permits: Permit[] = [];
  const refusals: Refusal[] = [];
  for (const target of request.targets) {
    narrator.step(`Checking '${target.branch}'...`);
    const verdict = await validate(git, target, validation);
    if (verdict.kind === 'permitted') permits.push(verdict.permit);
    else refusals.push(verdict);
  }
  abortIfAny(refusals, request.targets.length, services);

  const standsIn = ({ worktree }: Target) => worktree !== undefined && containsCurrent(worktree, cwd);
  let complete = true;
  for (const permit of permits.toSorted((a, b) => Number(standsIn(a)) - Number(standsIn(b)))) {
    services.signal.throwIfAborted(); // between two branches, and not within one
    const deletion = createDeletion(permit, request, surveyed, services);
    if (permit.worktree === undefined) {
      if (await deletion.begin()) await deletion.deleteBranch();
    } else {
      const { worktree } = permit;
      const gone = await removeWorktree(
        {
          repository: survey.repository,
          worktree,
          branch: permit.branch,
          command: 'branch-delete',
          reason: 'manual',
          forced: request.forced,
          beforeRemoval: () => deletion.begin(),
          async afterRemoval() {
            deletion.done.worktree = true;
            if (standsIn(permit)) request.leave(leavingFor(worktree, survey, { preference: settings.pruneCdTarget, defaultBranch }));
            await deletion.deleteBranch();
          },
        },
        services,
      );
      if (!gone) deletion.fail();
    }
    tellDone(permit.branch, deletion.done, narrator);
    complete &&= !deletion.failed;
  }
  if (!complete) throw incomplete();
}

interface Done {
  worktree: boolean;
  local: boolean;
  remote: boolean;
}

interface Deletion {
  done: Done;
  readonly failed: boolean;
  fail(): void;
  /** Looks a last time, and deletes the remote branch. False: nothing of the branch may go. */
  begin(): Promise<boolean>;
  deleteBranch(): Promise<void>;
}

/** The parts of one branch apart from its worktree. */
function createDeletion(
  { branch, tip, scope }: Permit,
  { forced, remotely }: RemovalRequest,
  { survey, refs }: BranchSurvey,
  { git, settings, narrator }: RemovalServices,
): Deletion {
  const { commonDir } = survey.repository;
  const done: Done = { worktree: false, local: false, remote: false };
  let failed = false;
  const fail = (text: string) => {
    narrator.error(text);
    failed = true;
  };
  return {
    done,
    get failed() {
      return failed;
    },
    fail: () => void (failed = true),
    async begin() {
      // A hook, or somebody at another terminal, may have committed since the branch was found to be merged.
      const now = forced ? tip : await readRef(git, commonDir, `refs/heads/${branch}`);
      if (now !== tip) {
        fail(now === undefined ? deletedMeanwhile(branch) : `Branch '${branch}' has changed while it was being removed and is kept`);
        return false;
      }
      const remote = settings.raw.get(`branch.${branch}.remote`) ?? settings.remote;
      if (!remotely || scope !== 'everything' || !refs.ids.has(`refs/remotes/${remote}/${branch}`)) return true;
      done.remote = await deleteRemoteBranch(branch, remote, { commonDir, git, narrator });
      failed ||= !done.remote;
      return true;
    },
    async deleteBranch() {
      if (scope !== 'everything') return;
      narrator.step(`Deleting branch '${branch}'...`);
      await oneAfterTheOther(commonDir, async () => {
        // Two that delete a branch at once are both told by git that they did.
        if ((await readRef(git, commonDir, `refs/heads/${branch}`)) === undefined) {
          fail(deletedMeanwhile(branch));
          return;
        }
        const answer = await deleteBranch(git, commonDir, branch);
        if (answer.exitCode === 0) done.local = true;
        else fail(`Failed to delete branch '${branch}': ${gitsComplaint(answer)}`);
      });
    },
  };
}

function deletedMeanwhile(branch: string): string {
  return `Branch '${branch}' has been deleted by somebody else meanwhile`;
}

/** Runs `deletion` while no other daft deletes a branch of this repository. */
async function oneAfterTheOther(commonDir: string, deletion: () => Promise<void>): Promise<void> {
  makePrivateDirectory(join(commonDir, '.daft'));
  await withFileLock(join(commonDir, '.daft', 'branches.lock'), lockHolder(), deletion, { timeoutMs: 60_000 });
}

/** Deletes branches on their remote and nowhere else. Throws like `removeBranches`. */
export async function removeRemoteBranches(branches: readonly string[], surveyed: BranchSurvey, services: RemovalServices): Promise<void> {
  const { git, settings, narrator } = services;
  const { refs, survey } = surveyed;
  const defaultBranch = await requireDefaultBranch(surveyed, services);
  const published = branches.map((branch) => ({ branch, remote: settings.raw.get(`branch.${branch}.remote`) ?? settings.remote }));
  const refusals = published.flatMap(({ branch, remote }): Refusal[] => {
    if (!refs.ids.has(`refs/remotes/${remote}/${branch}`)) return [{ branch, reason: `no remote branch found for '${branch}' on '${remote}'` }];
    const isDefault = branch === defaultBranch || refs.symrefs.get(`refs/remotes/${remote}/HEAD`) === `refs/remotes/${remote}/${branch}`;
    return isDefault ? [{ branch, reason: refusalOfDefault(branch) }] : [];
  });
  abortIfAny(refusals, branches.length, services);

  let complete = true;
  for (const { branch, remote } of published) {
    const remotely = await deleteRemoteBranch(branch, remote, { commonDir: survey.repository.commonDir, git, narrator });
    tellDone(branch, { worktree: false, local: false, remote: remotely }, narrator);
    complete &&= remotely;
  }
  if (!complete) throw incomplete();
}

/** Tells its failure itself. */
async function deleteRemoteBranch(
  branch: string,
  remote: string,
  { commonDir, git, narrator }: { commonDir: string } & Pick<RemovalServices, 'git' | 'narrator'>,
): Promise<boolean> {
  narrator.step(`Deleting '${branch}' on ${remote}...`);
  const answer = await transfer(git, commonDir, ['push', '--no-verify', remote, '--delete', branch]);
  if (answer.exitCode !== 0) narrator.error(`Failed to delete remote branch '${remote}/${branch}': ${gitsComplaint(answer)}`);
  return answer.exitCode === 0;
}

interface Refusal {
  branch: string;
  reason: string;
}

async function requireDefaultBranch(surveyed: BranchSurvey, { git, settings }: RemovalServices): Promise<string> {
  const { remote, raw } = settings;
  const branch = await defaultBranchOnline(git, surveyed, { remote, configured: raw.has(`remote.${remote}.url`) });
  if (branch === undefined) throw new DaftError('Cannot determine default branch');
  return branch;
}

function abortIfAny(refusals: readonly Refusal[], count: number, { narrator }: RemovalServices): void {
  if (refusals.length === 0) return;
  for (const { branch, reason } of refusals) narrator.error(`cannot delete '${branch}': ${reason}`);
  throw new DaftError(`Aborting: ${refusals.length} of ${count} ${count === 1 ? 'branch' : 'branches'} failed validation. No branches were deleted.`);
}

function tellDone(branch: string, done: Done, narrator: RemovalServices['narrator']): void {
  const parts = [done.worktree && 'worktree', done.local && 'local branch', done.remote && 'remote branch'].filter((part) => part !== false);
  if (parts.length > 0) narrator.result(`Deleted ${branch} (${parts.join(', ')})`);
}

function incomplete(): DaftError {
  return new DaftError('Some branches could not be fully deleted; see errors above');
}
