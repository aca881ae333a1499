import { askPatiently, gitsComplaint, type Repository, type Worktree } from '../../git';
import type { Firing } from '../../hooks';
import { removeEmptyParents } from '../empty-parents';
import type { RemovalServices } from './services';

export interface WorktreeRemoval {
  repository: Repository;
  worktree: Worktree;
  branch: string;
  command: 'branch-delete' | 'prune';
  reason: 'manual' | 'remote-deleted';
  forced: boolean;
  /** Between the pre-remove hook and the removal; where it says no, the worktree stays. */
  beforeRemoval: () => Promise<boolean>;
  /** Once the worktree is gone, and before the post-remove hook. */
  afterRemoval: () => Promise<void>;
}

/**
 * Removes one worktree: its jobs, its hooks, its directory, and the parent directories that it leaves empty
 * (worktrees-manage.md 1.4). Tells its failures itself.
 *
 * @returns whether the worktree is gone
 */
export async function removeWorktree(removal: WorktreeRemoval, services: RemovalServices): Promise<boolean> {
  const { repository, worktree, branch } = removal;
  const { narrator, cancelJobs } = services;
  if (worktree.locked) { // git would say so too, after the jobs were stopped and the branch was deleted on the remote
    narrator.error(`Failed to remove worktree '${worktree.path}': it is locked; to unlock it: git worktree unlock '${worktree.path}'`);
    return false;
  }
  await cancelJobs(branch);
  if (!worktree.missing && !(await firePreRemove(removal, services))) return false;
  if (!(await removal.beforeRemoval())) return false;

  if (worktree.missing) narrator.warning(`The directory of worktree '${branch}' is gone already: ${worktree.path}`);
  narrator.step(`Removing worktree '${worktree.path}'...`);
  const force = removal.forced || worktree.missing ? ['--force'] : [];
  // git looks a last time, and must see what a hook has just left, whatever the user's configuration hides.
  const answer = await askPatiently(services.git, repository.commonDir, ['-c', 'status.showUntrackedFiles=normal', 'worktree', 'remove', ...force, worktree.path], { untilDone: true });
  if (answer.exitCode !== 0) {
    narrator.error(`Failed to remove worktree '${worktree.path}': ${gitsComplaint(answer)}`);
    return false;
  }
  removeEmptyParents(worktree.path, repository.projectRoot);
  await removal.afterRemoval();
  await firePostRemove(removal, services);
  return true;
}

/** False where the hook forbids the removal. */
async function firePreRemove(removal: WorktreeRemoval, { fireHook, narrator, signal, cwd }: RemovalServices): Promise<boolean> {
  const result = await fireHook(firingOf('worktree-pre-remove', removal, cwd));
  switch (result.kind) {
    case 'skipped': case 'succeeded':
      return true;
    case 'interrupted':
      signal.throwIfAborted();
      return false;
    case 'failed': {
      const text = `Pre-remove hook failed for ${removal.branch}: worktree-pre-remove hook failed with exit code ${result.exitCode}`;
      if (result.mode === 'abort') narrator.error(text);
      else narrator.warning(text);
      return result.mode !== 'abort';
    }
  }
}

async function firePostRemove(removal: WorktreeRemoval, { fireHook, narrator, signal, cwd }: RemovalServices): Promise<void> {
  const result = await fireHook(firingOf('worktree-post-remove', removal, cwd));
  switch (result.kind) {
    case 'skipped': case 'succeeded':
      return;
    case 'interrupted':
      signal.throwIfAborted();
      return;
    case 'failed':
      narrator.warning(`Post-remove hook failed for ${removal.branch}: worktree-post-remove hook failed with exit code ${result.exitCode}`);
  }
}

function firingOf(hook: Firing['hook'], { repository, worktree, branch, command, reason }: WorktreeRemoval, cwd: string): Firing {
  return {
    hook,
    command,
    repository,
    sourceWorktree: repository.worktreeRoot ?? cwd,
    targetWorktree: worktree.path,
    branch,
    worktreeLabel: branch,
    isNewBranch: false,
    removalReason: reason,
  };
}
