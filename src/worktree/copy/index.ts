/** Ignored paths that a worktree gets from another one, on its creation or on demand: build caches, local settings. */
export { copyIntoNewWorktree, describeFailure } from './new-worktree';
export { warmWorktree } from './warm';
export type { Warmed } from './warm';
