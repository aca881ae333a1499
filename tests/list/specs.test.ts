import { expect, test } from 'vitest';
import { DaftError } from '../../src/daft-error';
import { parseColumns, parseSort, sortRows } from '../../src/worktree/list';
import { row } from './rows';

/** What the user is told, hint included. */
function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DaftError) return [error.message, ...(error.hint === undefined ? [] : [error.hint])].join('\n');
    throw error;
  }
  throw new Error('nothing to complain about');
}

const defaults = ['annotation', 'branch', 'path', 'base', 'changes', 'remote', 'age', 'owner', 'last-commit'];

test.each([
  [undefined, defaults],
  ['path, Branch', ['path', 'branch']],
  ['+size', [...defaults.slice(0, 3), 'size', ...defaults.slice(3)]],
  ['-owner,+hash,+hash,-hash', defaults.filter((name) => name !== 'owner')],
  ['+branch,-size', defaults],
])('columns of %s', (spec, names) => {
  expect(parseColumns(spec)).toEqual(names);
});

test('modifiers change the defaults of the command', () => {
  expect(parseColumns(undefined, ['branch', 'age'])).toEqual(['branch', 'age']);
  expect(parseColumns('+path,-age', ['branch', 'age'])).toEqual(['branch', 'path']);
});

const valid = 'annotation, branch, path, size, base, changes, remote, age, owner, hash, last-commit';

test.each([
  ['branch,+size', 'cannot mix column names with +/- modifiers\n  these columns: --columns branch,path,age\n  changed defaults: --columns +size,-owner'],
  ['foo', `unknown column 'foo'\n  valid columns: ${valid}`],
  ['+foo', `unknown column 'foo'\n  valid columns: ${valid}`],
  ['status', `unknown column 'status'\n  valid columns: ${valid}`],
  ['branch,path,BRANCH', "duplicate column 'branch'"],
  ['', 'no columns specified'],
  [' , ', 'no columns specified'],
  [defaults.map((name) => `-${name}`).join(','), `no columns remaining after applying modifiers\n  modifiers: ${defaults.map((name) => `-${name}`).join(',')}`],
])('columns of %j are refused', (spec, text) => {
  expect(complaint(() => parseColumns(spec))).toBe(text);
});

test.each([
  ['x', "unknown sort column 'x'\n  sortable columns: branch, path, size, base, changes, remote, age, owner, hash, activity, commit (alias: last-commit)"],
  ['commit,-last-commit', "duplicate sort column 'commit'"],
  ['+', "empty column name in sort spec '+'"],
  ['', 'no sort columns specified'],
])('sorting by %j is refused', (spec, text) => {
  expect(complaint(() => parseSort(spec))).toBe(text);
});

const commit = (atSecs: number, shortHash = 'abc') => ({ atSecs, shortHash, subject: 's' });
const owner = (name: string, email = 'e@x') => ({ name, email });

/** Names of three rows in the order of a spec. */
function order(spec: string, rows: Parameters<typeof row>[0][], mode: 'summary' | 'lines' = 'summary'): string {
  return sortRows(rows.map((values) => row(values)), parseSort(spec), mode)
    .map(({ name }) => name)
    .join(' ');
}

test.each([
  ['branch', [{ name: 'b' }, { name: 'C' }, { name: 'a' }], 'a b C'],
  ['-branch', [{ name: 'b' }, { name: 'C' }, { name: 'a' }], 'C b a'],
  ['size', [{ name: 'none' }, { name: 'big', sizeBytes: 9 }, { name: 'small', sizeBytes: 1 }], 'small big none'],
  ['-size', [{ name: 'none' }, { name: 'big', sizeBytes: 9 }, { name: 'small', sizeBytes: 1 }], 'big small none'],
  ['base', [{ name: 'far', base: [1, 9] as const }, { name: 'near', base: [2, 0] as const }, { name: 'none' }], 'near far none'],
  ['remote', [{ name: 'far', remote: [1, 9] as const }, { name: 'near', remote: [2, 0] as const }], 'near far'],
  ['changes', [{ name: 'much', changes: { staged: 1, unstaged: 1, untracked: 1 } }, { name: 'little', changes: { staged: 2, unstaged: 0, untracked: 0 } }], 'little much'],
  ['age', [{ name: 'old', createdAtSecs: 1 }, { name: 'young', createdAtSecs: 9 }, { name: 'none' }], 'young old none'],
  ['-age', [{ name: 'old', createdAtSecs: 1 }, { name: 'young', createdAtSecs: 9 }, { name: 'none' }], 'old young none'],
  ['owner', [{ name: 'a', owner: owner('Bob') }, { name: 'b', owner: owner('alice', 'z@x') }, { name: 'c', owner: owner('Alice', 'a@x') }], 'c b a'],
  ['hash', [{ name: 'a', commit: commit(1, 'f') }, { name: 'b', commit: commit(1, '0') }], 'b a'],
  ['commit', [{ name: 'old', commit: commit(1) }, { name: 'new', commit: commit(9) }], 'new old'],
  ['activity', [{ name: 'committed', commit: commit(5) }, { name: 'touched', commit: commit(1), touchedAtSecs: 9 }], 'touched committed'],
  ['-activity', [{ name: 'committed', commit: commit(5) }, { name: 'touched', commit: commit(1), touchedAtSecs: 9 }, { name: 'none' }], 'committed touched none'],
  ['age', [{ name: 'b', createdAtSecs: 1 }, { name: 'a', createdAtSecs: 1 }], 'a b'],
  ['branch', [{ name: 'a', kind: 'remote' as const }, { name: 'c', kind: 'worktree' as const }, { name: 'b', kind: 'branch' as const }], 'c b a'],
])('sorted by %s', (spec, rows, names) => {
  expect(order(spec, rows)).toBe(names);
});

test('lines mode sorts by lines', () => {
  const rows = [
    { name: 'many', base: [1, 0] as const, baseLines: [90, 1] as const },
    { name: 'few', base: [9, 0] as const, baseLines: [2, 1] as const },
  ];
  expect(order('base', rows, 'lines')).toBe('few many');
  expect(order('base', rows)).toBe('many few');
});
