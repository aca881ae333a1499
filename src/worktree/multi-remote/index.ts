/** Worktrees grouped by remote: `<container>/<remote>/<branch>` (worktrees-create.md 13). */
export { disable, enable, planDisabling, planEnabling } from './migrate';
export type { Migration } from './migrate';
export { bringBranchAlong, moveToRemote, planMove } from './move-branch';
export type { MoveServices } from './move-worktrees';
export type { FolderMove } from './plan';
export { folderOf, readMultiRemote, requireRemote } from './state';
export type { MultiRemote } from './state';
export { turnOnMultiRemote } from './turn-on';
