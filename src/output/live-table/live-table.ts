import { Chalk, type ChalkInstance } from 'chalk';
import width from 'fast-string-width';
import type { ColumnName, Row } from '../../worktree/list';
import { annotationSlots, cellOf, cut, formatTreeSize, gap, headers, pad, shortAge } from '../list';
import { spinnerFrame } from '../live';

export type RowStatus =
  | { kind: 'waiting' }
  | { kind: 'working'; doing: string }
  /** `warned`: a hook had something to complain about. */
  | { kind: 'done'; what: string; warned: boolean }
  | { kind: 'failed'; what: string };

export interface LiveRow {
  row: Row;
  status: RowStatus;
  /** What had to be found out about the row has been; until then there is a bar in its place. */
  filled: boolean;
  /** Shown below the row. */
  details: readonly string[];
}

export interface LiveTableStyle {
  columns: readonly ColumnName[];
  now: Date;
  /** Since the table was first drawn; what moves in it moves by this. */
  elapsedMs: number;
  /** Nothing will come any more. */
  ended: boolean;
  colour: boolean;
  /** Of the terminal. */
  width: number;
}

/** The lines of the table at this moment. */
export function renderLiveTable(rows: readonly LiveRow[], style: LiveTableStyle): string[] {
  const paint = new Chalk({ level: style.colour ? 2 : 0 });
  const known = rows.map(({ row }) => row);
  const slots = annotationSlots(known);
  const columns = style.columns.filter((column) => column !== 'annotation' || slots.length > 0);
  const commitAgeWidth = Math.max(0, ...known.map(({ commit }) => (commit === null ? 0 : shortAge(commit.atSecs, style.now).length)));
  const context = { style: { stat: 'summary' as const, now: style.now }, slots, commitAgeWidth, paint };

  const header = ['Status', ...columns.map((column) => headers[column])].map((title) => (title === '' ? '' : paint.dim.underline(title)));
  const cells = rows.map(({ row, status, filled }) => [
    statusCell(status, style, paint),
    // undefined: not known
    ...columns.map((column) => (filled || isKnownFromTheStart(column) ? cellOf(row, column, context) : undefined)),
  ]);
  const sum = columns.includes('size') ? paint.dim(formatTreeSize(known.reduce((bytes, { sizeBytes }) => bytes + (sizeBytes ?? 0), 0))) : undefined;
  const widths = header.map((title, index) =>
    Math.max(index === 0 ? statusWidth : 0, columns[index - 1] === 'size' ? width(sum ?? '') : 0, width(title), ...cells.map((line) => width(line[index] ?? ''))),
  );
  const fitted = fitWidths(widths, columns, style.width);
  const line = (texts: readonly (string | undefined)[], { final }: { final: boolean }): string =>
    texts
      .map((text, index) => {
        const room = fitted[index] ?? 0;
        return pad(text === undefined ? emptyCell(room, { final, elapsedMs: style.elapsedMs, paint }) : cut(text, room), room);
      })
      .reduce((before, cell, index) => `${before}${gap(index - 1)}${cell}`)
      .trimEnd();

  return [
    line(header, { final: true }),
    ...rows.flatMap(({ details, status }, index) => [
      line(cells[index] ?? [], { final: style.ended || status.kind === 'failed' }),
      ...details.map((text, at) => detailLine(text, at === details.length - 1, paint)),
    ]),
    ...(sum === undefined ? [] : ['', line(['', ...columns.map((column) => (column === 'size' ? sum : ''))], { final: true })]),
  ];
}

function isKnownFromTheStart(column: ColumnName): boolean {
  return column === 'annotation' || column === 'branch' || column === 'path';
}

function statusCell(status: RowStatus, { elapsedMs }: LiveTableStyle, paint: ChalkInstance): string {
  switch (status.kind) {
    case 'waiting':
      return paint.dim('waiting');
    case 'working':
      return `${paint.yellow(spinnerFrame(elapsedMs))} ${status.doing}`;
    case 'done':
      return `${paint.green('✓')} ${status.what}${status.warned ? ` ${paint.yellow('⚠')}` : ''}`;
    case 'failed':
      return `${paint.red('✗')} ${status.what}`;
  }
}

/** Of the longest status there is as a rule, so that the other columns stand still. */
const statusWidth = width('✗ hook failed');

const tickMs = 80;
const ticksPerBreath = 16;
const darkest = 234;
const brightest = 253;

/** A bar that breathes; where nothing will come any more, a stroke in the middle. */
function emptyCell(room: number, { final, elapsedMs, paint }: { final: boolean; elapsedMs: number; paint: ChalkInstance }): string {
  if (final) return `${' '.repeat(Math.max(0, Math.floor((room - 1) / 2)))}${paint.ansi256(243)('—')}`;
  const tick = Math.floor(elapsedMs / tickMs) % ticksPerBreath;
  const brightness = 1 - Math.abs(tick - ticksPerBreath / 2) / (ticksPerBreath / 2);
  return paint.ansi256(Math.round(darkest + (brightest - darkest) * brightness))('▬'.repeat(room));
}

function detailLine(text: string, last: boolean, paint: ChalkInstance): string {
  return `  ${paint.dim(last ? '└' : '├')} ${text}`;
}

/** What a column keeps when the terminal is too narrow for all; the others keep everything. */
const leastWidths: Partial<Record<ColumnName, number>> = { branch: 12, path: 8, 'last-commit': 16 };

/** Shrinks the widest of the columns that may shrink, again and again, until a line fits or none can give more. */
function fitWidths(widths: readonly number[], columns: readonly ColumnName[], available: number): number[] {
  const fitted = [...widths];
  const gaps = columns.reduce((sum, _, index) => sum + gap(index).length, 0);
  const surplusOf = (index: number): number => {
    const column = columns[index - 1]; // in front of them stands the status
    const least = column === undefined ? undefined : leastWidths[column];
    return least === undefined || fitted[index]! <= least ? 0 : fitted[index]!;
  };
  for (let surplus = fitted.reduce((sum, one) => sum + one, gaps) - available; surplus > 0; surplus -= 1) {
    const shrinkable = fitted.map((_, index) => surplusOf(index));
    const widest = Math.max(...shrinkable);
    if (widest === 0) break;
    fitted[shrinkable.indexOf(widest)] = widest - 1;
  }
  return fitted;
}
