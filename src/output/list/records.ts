import type { ColumnName, Row, StatMode } from '../../worktree/list';
import type { Row as StructuredRow, Value } from '../structured';
import { formatTreeSize, shortAge } from './units';

export interface RecordOptions {
  columns: readonly ColumnName[];
  stat: StatMode;
  now: Date;
}

/** The keys of each column, in the order in which they always appear. */
const keysByColumn: readonly { column: ColumnName; summary: readonly string[]; lines?: readonly string[] }[] = [
  { column: 'branch', summary: ['kind', 'name'] },
  { column: 'annotation', summary: ['is_current', 'is_default_branch', 'is_sandbox'] },
  { column: 'path', summary: ['path'] },
  { column: 'size', summary: ['size_bytes', 'size'] },
  { column: 'base', summary: ['ahead', 'behind'], lines: ['base_lines_inserted', 'base_lines_deleted'] },
  {
    column: 'changes',
    summary: ['staged', 'unstaged', 'untracked'],
    lines: ['staged_lines_inserted', 'staged_lines_deleted', 'unstaged_lines_inserted', 'unstaged_lines_deleted'],
  },
  { column: 'remote', summary: ['remote_ahead', 'remote_behind'], lines: ['remote_lines_inserted', 'remote_lines_deleted'] },
  { column: 'age', summary: ['branch_age'] },
  { column: 'owner', summary: ['owner_name', 'owner_email'] },
  { column: 'hash', summary: ['hash'] },
  { column: 'last-commit', summary: ['last_commit_age', 'last_commit_subject'] },
];

export function listKeys({ columns, stat }: Pick<RecordOptions, 'columns' | 'stat'>): readonly string[] {
  return keysByColumn
    .filter(({ column }) => columns.includes(column))
    .flatMap(({ summary, lines = [] }) => (stat === 'lines' ? [...summary, ...lines] : summary));
}

/** One record per row, and with sizes a last one for their sum. */
export function listRecords(rows: readonly Row[], options: RecordOptions): readonly StructuredRow[] {
  const keys = listKeys(options);
  const only = (values: Readonly<Record<string, Value>>): StructuredRow => Object.fromEntries(keys.map((key) => [key, values[key] ?? null]));
  const records = rows.map((row) => only(valuesOf(row, options.now)));
  if (!options.columns.includes('size') || rows.length === 0) return records;
  const total = rows.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return [...records, only({ path: 'TOTAL', size_bytes: total, size: formatTreeSize(total) })];
}

function valuesOf(row: Row, now: Date): Record<string, Value> {
  const { changes, changedLines, commit } = row;
  // Without a worktree nothing can have been changed in it.
  const counted = row.kind === 'worktree' ? changes : { staged: 0, unstaged: 0, untracked: 0 };
  return {
    kind: row.kind,
    name: row.name,
    is_current: row.isCurrent,
    is_default_branch: row.isDefaultBranch,
    is_sandbox: row.isSandbox,
    path: row.shownPath,
    size_bytes: row.sizeBytes,
    size: row.sizeBytes === null ? null : formatTreeSize(row.sizeBytes),
    ahead: row.base?.[0] ?? null,
    behind: row.base?.[1] ?? null,
    base_lines_inserted: row.baseLines?.[0] ?? null,
    base_lines_deleted: row.baseLines?.[1] ?? null,
    staged: counted?.staged ?? null,
    unstaged: counted?.unstaged ?? null,
    untracked: counted?.untracked ?? null,
    staged_lines_inserted: changedLines?.staged[0] ?? null,
    staged_lines_deleted: changedLines?.staged[1] ?? null,
    unstaged_lines_inserted: changedLines?.unstaged[0] ?? null,
    unstaged_lines_deleted: changedLines?.unstaged[1] ?? null,
    remote_ahead: row.remote?.[0] ?? null,
    remote_behind: row.remote?.[1] ?? null,
    remote_lines_inserted: row.remoteLines?.[0] ?? null,
    remote_lines_deleted: row.remoteLines?.[1] ?? null,
    branch_age: row.createdAtSecs === null ? '' : shortAge(row.createdAtSecs, now),
    owner_name: row.owner?.name ?? null,
    owner_email: row.owner?.email ?? null,
    hash: commit?.shortHash ?? null,
    last_commit_age: commit === null ? '' : shortAge(commit.atSecs, now),
    last_commit_subject: commit?.subject ?? '',
  };
}
