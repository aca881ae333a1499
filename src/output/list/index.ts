/** Rows of worktrees and branches for people and for programs (worktrees-manage.md 3.3-4.5). */
export { annotationSlots, cellOf, cut, gap, headers, pad } from './cells';
export { formatTreeSize, shortAge } from './units';
export { listKeys, listRecords } from './records';
export { emptyListing, renderListing, type ListingStyle } from './table';
