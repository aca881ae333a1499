/** Makes new repositories (worktrees-create.md 7). */
export { initRepository } from './init';
export type { InitAdviser, Initialized, InitRequest } from './init';
