/** Log maintenance (jobs.md 12): which records, logs and leftovers go, and letting them go. */
export { cleanAutomatically } from './automatic';
export { cleanRepository, finishCleanup, forecastCleanup } from './clean-repository';
export type { CleanupForecast, CleanupOptions, CleanupReport } from './clean-repository';
export { freedBy } from './budget';
export { readLastCleanup } from './last-cleanup';
export type { CleanupSummary, LastCleanup } from './last-cleanup';
export type { Removal } from './retention';
export { placesInGitDirectory, sweepTemporaries } from './sweep';
