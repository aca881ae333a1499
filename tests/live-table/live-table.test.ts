import { expect, test } from 'vitest';
import { renderLiveTable, type LiveRow, type LiveTableStyle } from '../../src/output/live-table';
import { row } from '../list/rows';

const now = new Date('2026-04-10T12:00:00Z');
const nowSecs = now.getTime() / 1000;
const style: LiveTableStyle = { columns: ['branch', 'path', 'base', 'age', 'last-commit'], now, elapsedMs: 0, ended: false, colour: false, width: 100 };

function live(name: string, values: Partial<LiveRow> = {}): LiveRow {
  const commit = { atSecs: nowSecs - 60, shortHash: 'abc1234', subject: `work on ${name}` };
  return {
    row: row({ name, shownPath: `app/${name}`, base: [1, 0], createdAtSecs: nowSecs - 7200, commit, sizeBytes: 2048 }),
    status: { kind: 'waiting' },
    filled: false,
    details: [],
    ...values,
  };
}

test('what is known stands there at once, the rest are bars until it has come in', () => {
  const rows = [
    live('main', { status: { kind: 'done', what: 'created', warned: true }, filled: true }),
    live('feat/basket', { status: { kind: 'working', doing: 'creating' } }),
    live('dev'),
  ];
  expect(renderLiveTable(rows, style)).toEqual([
    'Status         Branch        Path              Base   Age   Commit',
    '✓ created ⚠    main          app/main          +1     2h    1m work on main',
    '⠋ creating     feat/basket   app/feat/basket   ▬▬▬▬   ▬▬▬   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬',
    'waiting        dev           app/dev           ▬▬▬▬   ▬▬▬   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬',
  ]);
});

test('where nothing will come there is a stroke: of a row that failed, and of all when it is over', () => {
  const rows = [live('a', { status: { kind: 'failed', what: 'hook failed' } }), live('b')];
  const columns = ['branch', 'base'] as const;
  expect(renderLiveTable(rows, { ...style, columns })).toEqual(['Status         Branch   Base', '✗ hook failed  a         —', 'waiting        b        ▬▬▬▬']);
  expect(renderLiveTable(rows, { ...style, columns, ended: true }).at(-1)).toBe('waiting        b         —');
});

function greyAt(elapsedMs: number): string | undefined {
  const lines = renderLiveTable([live('a')], { ...style, columns: ['base'], colour: true, elapsedMs });
  return /38;5;(\d+)m▬/.exec(lines.join('\n'))?.[1];
}

test('bars breathe: sixteen ticks from dark to bright and back', () => {
  expect([0, 8 * 80, 16 * 80].map(greyAt)).toEqual(['234', '253', '234']);
  expect(new Set(Array.from({ length: 16 }, (_, tick) => greyAt(tick * 80))).size).toBe(9);
});

test('on a narrow terminal branch, path and commit give way, down to their least; no column goes', () => {
  const rows = [live('feature/a-very-long-name-of-a-branch', { filled: true })];
  const narrow = renderLiveTable(rows, { ...style, width: 80 });
  expect(narrow.every((line) => line.length <= 80)).toBe(true);
  expect(narrow[1]).toMatch(/^waiting {8}feature\S*\.\.\. +app\S*\.\.\. +\+1 +2h +1m work\S*/);
  const least = renderLiveTable(rows, { ...style, width: 20 });
  expect(least[0]).toBe('Status         Branch         Path       Base   Age   Commit');
  expect(least[1]).toBe('waiting        feature/a...   app/f...   +1     2h    1m work on fe...');
});

test('details hang below their row', () => {
  const rows = [live('a', { details: ['one', 'two'] }), live('b', { details: ['three'] })];
  expect(renderLiveTable(rows, { ...style, columns: ['branch'] })).toEqual(['Status         Branch', 'waiting        a', '  ├ one', '  └ two', 'waiting        b', '  └ three']);
});

test('sizes have a sum below them', () => {
  const rows = [live('a', { filled: true }), live('b', { filled: true })];
  expect(renderLiveTable(rows, { ...style, columns: ['branch', 'size'] }).slice(-2)).toEqual(['', '                        4K']);
});
