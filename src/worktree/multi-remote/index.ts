/** Worktrees grouped by remote: `<container>/<remote>/<branch>` (worktrees-create.md 13). */
export { turnOnMultiRemote } from './turn-on';
