/** A table of worktrees that fills while work goes on, one row for each, and their hooks (worktrees-manage.md 4.4, 11). */
export { createHookLog, phaseOf, type HookLog } from './hook-log';
export { renderLiveTable, type LiveRow, type LiveTableStyle, type RowStatus } from './live-table';
