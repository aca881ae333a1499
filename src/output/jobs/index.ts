/** How recorded jobs are told to people: the timeline, log headers, endings, failures of addresses. */
export { formatAge, formatClock, formatDuration, formatLocalTime, formatSize } from './format';
export { describeRemoval } from './removal';
