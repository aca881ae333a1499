import { expect, test } from 'vitest';
import { formatTreeSize, renderListing, shortAge, type ListingStyle } from '../../src/output/list';
import { parseColumns, parseSort } from '../../src/worktree/list';
import { row } from './rows';

const now = new Date('2026-04-10T12:00:00Z');
const nowSecs = now.getTime() / 1000;
const style: ListingStyle = { columns: parseColumns(undefined), stat: 'summary', sort: [], now, colour: false, width: undefined };

const main = row({
  name: 'main',
  shownPath: '.',
  isCurrent: true,
  isDefaultBranch: true,
  base: [0, 0],
  changes: { staged: 0, unstaged: 0, untracked: 0 },
  remote: [0, 3],
  createdAtSecs: nowSecs - 86_400 * 40,
  commit: { atSecs: nowSecs - 30, shortHash: 'abc1234', subject: 'start' },
});
const feature = row({
  name: 'feature/x',
  shownPath: '../feature/x',
  sizeBytes: 2048,
  base: [2, 1],
  changes: { staged: 1, unstaged: 2, untracked: 3 },
  remote: [1, 0],
  createdAtSecs: nowSecs - 3600,
  owner: { name: 'Ada', email: 'ada@x' },
  commit: { atSecs: nowSecs - 86_400 * 8, shortHash: 'def5678', subject: 'the work' },
});
const loose = row({ kind: 'branch', name: 'loose', path: null, shownPath: null, base: [0, 4] });

test('columns are aligned, and what is nought is left out', () => {
  expect(renderListing([main, feature, loose], style)).toBe(
    [
      '',
      '    Branch      Path           Base    Changes    Remote   Age   Owner   Commit',
      '>✦  main        .                                 ⇣3       1mo           30s start',
      '    feature/x   ../feature/x   +2 -1   +1 -2 ?3   ⇡1       1h    Ada     1w  the work',
      '    loose                      -4',
      '',
    ].join('\n'),
  );
});

test('annotations take no more room than is needed', () => {
  const columns = parseColumns('annotation,branch');
  expect(renderListing([feature], { ...style, columns })).toBe('\nBranch\nfeature/x\n');
  expect(renderListing([row({ name: '(detached)', isSandbox: true })], { ...style, columns })).toBe('\n   Branch\n○  (detached)\n');
});

test('sizes have a sum below them', () => {
  expect(renderListing([main, feature], { ...style, columns: parseColumns('branch,size') })).toBe('\nBranch     Size\nmain\nfeature/x  2K\n\n           2K\n');
});

test('lines mode counts lines, untracked files as ever', () => {
  const counted = row({ changes: { staged: 1, unstaged: 1, untracked: 2 }, changedLines: { staged: [3, 1], unstaged: [4, 0] }, remoteLines: [5, 6], baseLines: [7, 0] });
  expect(renderListing([counted], { ...style, stat: 'lines', columns: parseColumns('base,changes,remote') })).toBe('\nBase  Changes    Remote\n+7    +7 -1 ?2   +5 -6\n');
});

test('a sort that was asked for shows in the headers, and in words where they do not do', () => {
  const columns = parseColumns('branch,age');
  expect(renderListing([feature], { ...style, columns, sort: parseSort('-age,branch') })).toBe('\nBranch ↓   Age ↑\nfeature/x  1h\n');
  expect(renderListing([feature], { ...style, columns, sort: parseSort('branch,-activity') })).toBe('\n Sorted by Branch ↓, Activity ↑\n\nBranch ↓   Age\nfeature/x  1h\n');
});

test('on a terminal the widest column gives way until lines fit, sizes never', () => {
  const wide = row({ name: 'x'.repeat(40), shownPath: 'p'.repeat(20), sizeBytes: 5000 });
  const lines = renderListing([wide], { ...style, columns: parseColumns('branch,path,size'), width: 30 }).split('\n');
  expect(lines[2]).toBe(`${'x'.repeat(7)}...  ${'p'.repeat(8)}...   4K`);
  expect(lines.every((line) => line.length <= 30)).toBe(true);
});

test('rows without worktree are dim as a whole, and control characters of a subject harmless', () => {
  const text = renderListing([row({ ...loose, commit: { atSecs: nowSecs, shortHash: 'a', subject: 'e\u001B[2Jvil' } })], { ...style, colour: true, columns: parseColumns('branch,base,last-commit') });
  expect(text.split('\n')[2]).toBe('\u001B[2mloose   -4     0s evil\u001B[22m');
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3600, '1h'],
  [86_400 * 6.9, '6d'],
  [86_400 * 7, '1w'],
  [86_400 * 29, '4w'],
  [86_400 * 30, '1mo'],
  [86_400 * 364, '12mo'],
  [86_400 * 365, '1y'],
])('%d seconds ago is %s', (secs, text) => {
  expect(shortAge(nowSecs - secs, now)).toBe(text);
});

test.each([
  [0, '<1K'],
  [1023, '<1K'],
  [1024, '1K'],
  [1024 ** 2 - 1, '1023K'],
  [1024 ** 2 * 1.5, '1.5M'],
  [1024 ** 3, '1.0G'],
  [1024 ** 4 * 2, '2.0T'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatTreeSize(bytes)).toBe(text);
});
