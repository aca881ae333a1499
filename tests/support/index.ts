/**
 * The test house: homes and repositories of their own, puppet jobs, programs, waiting, and proof that nothing is left.
 *
 *     await using repo = await temporaryRepository();
 *     const build = await repo.puppet('build', { background: true });
 *     await repo.daft('hooks', 'run', 'worktree-post-create');   // exitCode, stdout, stderr
 *     await build.exit(0);                                        // waits for its start first
 */
export { checkout, isCoordinator, launcher, temporaryHome, type TemporaryHome } from './home';
export { atEveryPassage, passedPoints, type Blow } from './faults';
export { describeProcesses, findGroup, findTagged, inspect, tagVariable, type FoundProcess } from './processes';
export { openTheatre, type Puppet, type Theatre } from './puppets';
export { readRecords, type StoredJob } from './records';
export { buildRemote, temporaryRepository, writeFiles, type BranchPlan, type Files, type TemporaryRepository } from './repository';
export type { Ran, Running, RunOptions, TerminalOptions } from './run';
export { waitFor, waitForFile, type WaitOptions } from './wait';
