/** How recorded jobs are told to people: the timeline, log headers, endings, failures of addresses. */
export { candidateLines } from './candidates';
export { excerptOf } from './excerpt';
export { cleanupLine, type Forecast, forecastLines, lastCleanupLines } from './cleanup';
export {
  describeAddressFailure,
  describeMissingJob,
  describeRetryObstacle,
  describeRetrySourceFailure,
  describeRetryTargetFailure,
} from './failures';
export type { Told } from './failures';
export { formatAge, formatClock, formatDuration, formatLocalTime, formatSize } from './format';
export { LiveLine } from './live-line';
export { invocationHeader, jobHeading, logHeader } from './log';
export { printable } from '../printable';
export { describeRemoval } from './removal';
export { describeRetryRefusal, retriedLine } from './retry';
export { listingColumns, listingRows } from './rows';
export { durationText, endingLine, lostText, statusText, statusWord, waitingLine } from './status';
export { Tamer } from './tame';
export { layOutTimeline } from './timeline';
