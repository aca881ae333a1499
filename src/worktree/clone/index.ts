/** Cloning: what is asked of the remote, which worktrees come of it, and the steps that can be taken back. */
export { cloneRepository } from './clone';
export type { Cloned } from './clone';
export type { CloneAdviser, CloneEvent, CloneRequest } from './cloning';
export { findNamedLayout } from './layout';
