/** The moments at which hooks fire, in the order of a worktree's life. */
export const hookNames = [
  'post-clone',
  'worktree-pre-create',
  'worktree-post-create',
  'worktree-pre-remove',
  'worktree-post-remove',
] as const;
export type HookName = (typeof hookNames)[number];
