/** Processes as the kernel sees them: identities, groups, signals, the termination ladder, spawning, the job wrapper. */
export { closeLeakedDescriptors, inheritedDescriptorLimit, leakedDescriptors } from './descriptors';
export { type ForegroundExit, type ForegroundOptions, killForeground, runForeground } from './foreground';
export { groupState, inspectJobGroup, type JobGroup, leaderlessGroups, signalGroup, terminateGroup } from './group';
export { ageMs, bootId, currentIdentity, hostName, identityOf, isAlive, lockHolder, type ProcessIdentity, startToken } from './identity';
export { quoteForPosix, quoteIfNeeded } from './quote';
export { anyStartedWith } from './search';
export { directoryProblem, spawnDetached } from './spawn';
export { parseExitMark, parsePidMark, type RunningWrapper, spawnWrapper, type WrapperExit, type WrapperOptions } from './wrapper';
export { keepHeapSmall } from './small-heap';
