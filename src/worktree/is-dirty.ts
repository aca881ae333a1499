import type { Git } from '../git';

/** Whether anything of a worktree would be lost with it, ignored files aside; false where its directory is gone already. */
export async function isDirty(git: Git, worktree: { path: string; missing: boolean }): Promise<boolean> {
  if (worktree.missing) return false;
  // Whatever the configuration hides: what is not shown would be deleted all the same.
  const answer = await git.ask(worktree.path, ['status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=none']);
  // A status that cannot be had proves nothing: what it would have shown must not be lost.
  return answer.exitCode !== 0 || answer.stdout !== '';
}
