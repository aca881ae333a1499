/** How recorded jobs are told to people: the timeline, log headers, endings, failures of addresses. */
export {
  describeAddressFailure,
  describeMissingJob,
  describeRetryObstacle,
  describeRetrySourceFailure,
  describeRetryTargetFailure,
} from './failures';
export { formatAge, formatClock, formatDuration, formatLocalTime, formatSize } from './format';
export { invocationHeader, jobHeading, logHeader } from './log';
export { createPaint, printable } from './paint';
export { describeRemoval } from './removal';
export { listingColumns, listingRows } from './rows';
export { durationText, endingLine, statusText, statusWord, waitingLine } from './status';
export { renderTimeline } from './timeline';
