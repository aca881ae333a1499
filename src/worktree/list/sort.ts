import { DaftError } from '../../daft-error';
import type { Row } from './row';

const sortNames = ['branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'activity', 'commit'] as const;
export type SortName = (typeof sortNames)[number];

export interface SortKey {
  name: SortName;
  descending: boolean;
}

export type StatMode = 'summary' | 'lines';

/** What a spec sorts by (worktrees-manage.md 3.2); without one, by branch. Throws DaftError. */
export function parseSort(spec: string | undefined): readonly SortKey[] {
  if (spec === undefined) return [{ name: 'branch', descending: false }];
  const words = spec.split(',').map((word) => word.trim()).filter((word) => word !== '');
  if (words.length === 0) throw new DaftError('no sort columns specified');
  const keys = words.map((word) => parseKey(word, spec));
  const duplicate = keys.find((key, index) => keys.findIndex(({ name }) => name === key.name) < index);
  if (duplicate !== undefined) throw new DaftError(`duplicate sort column '${duplicate.name}'`);
  return keys;
}

function parseKey(word: string, spec: string): SortKey {
  const bare = word.replace(/^[+-]/, '').trim();
  if (bare === '') throw new DaftError(`empty column name in sort spec '${spec}'`);
  const wanted = bare.toLowerCase() === 'last-commit' ? 'commit' : bare.toLowerCase();
  const name = sortNames.find((known) => known === wanted);
  if (name === undefined) {
    throw new DaftError(`unknown sort column '${bare}'`, { hint: `  sortable columns: ${sortNames.join(', ')} (alias: last-commit)` });
  }
  return { name, descending: word.startsWith('-') };
}

/** Rows in the order of the keys, groups apart: worktrees, branches, remotes. */
export function sortRows(rows: readonly Row[], keys: readonly SortKey[], mode: StatMode): readonly Row[] {
  return rows.toSorted((a, b) => {
    if (a.kind !== b.kind) return groups.indexOf(a.kind) - groups.indexOf(b.kind);
    for (const key of keys) {
      const order = compareBy(key, sortValue(a, key.name, mode), sortValue(b, key.name, mode));
      if (order !== 0) return order;
    }
    return compareText(a.name, b.name) || compareText(a.path ?? '', b.path ?? '');
  });
}

const groups: readonly Row['kind'][] = ['worktree', 'branch', 'remote'];

type SortValue = number | readonly string[] | undefined;

/** What is not known stands last, whichever way the rest is turned. */
function compareBy({ descending }: SortKey, a: SortValue, b: SortValue): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === 'number' || typeof b === 'number' ? Number(a) - Number(b) : compareTexts(a, b);
  return descending ? -order : order;
}

/** Smaller is earlier when ascending; times are turned round, for there the latest is first. */
function sortValue(row: Row, name: SortName, mode: StatMode): SortValue {
  switch (name) {
    case 'branch':
      return [row.name.toLowerCase()];
    case 'path':
      return row.shownPath === null ? undefined : [row.shownPath];
    case 'size':
      return row.sizeBytes ?? undefined;
    case 'base':
      return sum(mode === 'lines' ? row.baseLines : row.base);
    case 'remote':
      return sum(mode === 'lines' ? row.remoteLines : row.remote);
    case 'changes':
      if (row.changes === null) return undefined;
      return mode === 'lines' && row.changedLines !== null
        ? (sum(row.changedLines.staged) ?? 0) + (sum(row.changedLines.unstaged) ?? 0) + row.changes.untracked
        : row.changes.staged + row.changes.unstaged + row.changes.untracked;
    case 'age':
      return negative(row.createdAtSecs);
    case 'owner':
      return row.owner === null ? undefined : [row.owner.name.toLowerCase(), row.owner.email.toLowerCase()];
    case 'hash':
      return row.commit === null ? undefined : [row.commit.shortHash];
    case 'activity':
      return row.commit === null && row.touchedAtSecs === null ? undefined : -Math.max(row.commit?.atSecs ?? 0, row.touchedAtSecs ?? 0);
    case 'commit':
      return negative(row.commit?.atSecs ?? null);
  }
}

function sum(pair: readonly [number, number] | null): number | undefined {
  return pair === null ? undefined : pair[0] + pair[1];
}

function negative(value: number | null): number | undefined {
  return value === null ? undefined : -value;
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareText(text, b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
