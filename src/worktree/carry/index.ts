/** Uncommitted changes on their way between worktrees: `daft carry`, and the carrying that creation does. */
export { carryChanges } from './carry';
export type { CarryOutcome } from './carry';
export { isStashed, returnChanges, unstashChanges } from './changes';
export type { CarriedChanges } from './changes';
export { isPaused } from './paused';
export { takeAlong } from './take-along';
export { findTarget, nameOf } from './targets';
