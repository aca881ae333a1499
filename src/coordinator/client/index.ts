/** What everybody else needs of the coordinator: reach it, wake it, start it. Small, without zod. */
export { ask, isLive } from './ask';
export type { Answer } from './ask';
export { knock } from './exchange';
export { electionDirectories } from './socket-path';
export { start, wakeOrStart } from './start';
export type { Launcher, Started } from './start';
