/** What there is in a repository: its worktrees and branches, with whatever the columns ask for (worktrees-manage.md 3-5). */
export { surveyBranches, type BranchSurvey } from '../branches';
export { collectRows, type ListRequest } from './collect';
export { type ColumnName, columnNames, parseColumns } from './columns';
export type { Pair, Row } from './row';
export { parseSort, type SortKey, type SortName, sortRows, type StatMode } from './sort';
export { emptyRow } from './skeleton';
