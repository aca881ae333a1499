import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { privateGitDir, type Repository, type Worktree } from '../../git';

/** A merge, rebase, am, cherry-pick, revert or bisect is under way: its half-done state belongs where it is. */
export function isPaused(worktree: Pick<Worktree, 'path' | 'main'>, repository: Repository): boolean {
  const gitDir = privateGitDir(worktree, repository);
  return ['MERGE_HEAD', 'rebase-merge', 'rebase-apply', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'BISECT_LOG', 'sequencer'].some((mark) =>
    existsSync(join(gitDir, mark)),
  );
}
