import type { Survey, Worktree } from '../../git';
import { isWithin } from '../../layout';

/** Where somebody goes who stands in a worktree that is removed (worktrees-manage.md 1.5). */
export function leavingFor(
  removed: Worktree,
  { repository, worktrees }: Survey,
  { preference, defaultBranch }: { preference: 'root' | 'default-branch'; defaultBranch: string },
): string {
  switch (preference) {
    case 'root':
      return repository.projectRoot;
    case 'default-branch':
      return worktrees.find(({ branch, path, missing }) => branch === defaultBranch && path !== removed.path && !missing)?.path ?? repository.projectRoot;
  }
}

/** Whether somebody in `cwd` loses the ground with it. */
export function containsCurrent({ path }: Worktree, cwd: string): boolean {
  return isWithin(cwd, path);
}
