/** How the worktrees of a clone come about, on a terminal. */
export { createCloneTable, type CloneTable } from './table';
