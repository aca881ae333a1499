/** Whose a branch is: one author of its own commits (worktrees-manage.md 5). Pure. */
export { findOwner, parseOwnershipStrategy, type Author, type OwnershipStrategy } from './owner';
