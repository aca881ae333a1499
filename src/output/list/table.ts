import { Chalk, type ChalkInstance } from 'chalk';
import truncate from 'fast-string-truncated-width';
import width from 'fast-string-width';
import type { ColumnName, Pair, Row, SortKey, SortName, StatMode } from '../../worktree/list';
import { stripControlSequences } from '../control-sequences';
import { formatTreeSize, isOld, shortAge } from './units';

export interface ListingStyle {
  columns: readonly ColumnName[];
  stat: StatMode;
  /** Keys that somebody asked for; empty where the order is the usual one. */
  sort: readonly SortKey[];
  now: Date;
  colour: boolean;
  /** Of the terminal; undefined: lines are as long as they are. */
  width: number | undefined;
}

const headers: Readonly<Record<ColumnName, string>> = {
  annotation: '',
  branch: 'Branch',
  path: 'Path',
  size: 'Size',
  base: 'Base',
  changes: 'Changes',
  remote: 'Remote',
  age: 'Age',
  owner: 'Owner',
  hash: 'Hash',
  'last-commit': 'Commit',
};

/** What is printed where there is nothing to list. */
export const emptyListing = 'No worktrees yet.\n\n  daft go <branch>     switch to an existing branch\n  daft start <branch>  create a new branch\n';

/** The one-shot table, its leading blank line included. */
export function renderListing(rows: readonly Row[], style: ListingStyle): string {
  const paint = new Chalk({ level: style.colour ? 2 : 0 });
  const plain = new Chalk({ level: 0 });
  const slots = annotationSlots(rows);
  const columns = style.columns.filter((column) => column !== 'annotation' || slots.length > 0);
  const commitAgeWidth = Math.max(0, ...rows.map(({ commit }) => (commit === null ? 0 : shortAge(commit.atSecs, style.now).length)));

  const header = columns.map((column) => headerCell(column, style.sort, paint));
  const body = rows.map((row) => {
    const faint = row.path === null;
    const cells = columns.map((column) => cellOf(row, column, { style, slots, commitAgeWidth, paint: faint ? plain : paint }));
    return { cells, faint };
  });
  if (columns.includes('size')) {
    const total = rows.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    body.push({ cells: columns.map(() => ''), faint: true }, { cells: columns.map((column) => (column === 'size' ? formatTreeSize(total) : '')), faint: true });
  }

  const widths = columns.map((_, index) => Math.max(...[header, ...body.map(({ cells }) => cells)].map((cells) => width(cells[index] ?? ''))));
  const fitted = style.width === undefined ? widths : fitWidths(widths, columns, style.width);
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => pad(cut(cell, fitted[index] ?? 0), fitted[index] ?? 0) + (index === cells.length - 1 ? '' : gap(index))).join('').trimEnd();

  const lines = [
    '',
    ...sortLine(style.sort, columns, paint),
    line(header),
    ...body.map(({ cells, faint }) => (faint ? paint.dim(line(cells)) : line(cells))),
  ];
  return lines.map((text) => `${text}\n`).join('');
}

function gap(index: number): string {
  return index === 0 ? '  ' : '   ';
}

/** Shrinks the widest column, again and again, until a line fits. */
function fitWidths(widths: readonly number[], columns: readonly ColumnName[], available: number): number[] {
  const fitted = [...widths];
  const gaps = columns.slice(0, -1).reduce((sum, _, index) => sum + gap(index).length, 0);
  for (let surplus = fitted.reduce((sum, one) => sum + one, gaps) - available; surplus > 0; surplus -= 1) {
    const shrinkable = fitted.map((one, index) => (columns[index] === 'size' ? 0 : one));
    const widest = Math.max(...shrinkable);
    if (widest <= ellipsis.length + 1) break;
    fitted[shrinkable.indexOf(widest)] = widest - 1;
  }
  return fitted;
}

const ellipsis = '...';
const reset = '\u001B[0m';

function cut(cell: string, limit: number): string {
  const { truncated, index } = truncate(cell, { limit, ellipsis });
  return truncated ? `${cell.slice(0, index)}${ellipsis}${cell.includes('\u001B') ? reset : ''}` : cell;
}

function pad(cell: string, wanted: number): string {
  return cell + ' '.repeat(Math.max(0, wanted - width(cell)));
}

const rankGreys = [255, 249, 243];

function headerCell(column: ColumnName, sort: readonly SortKey[], paint: ChalkInstance): string {
  const label = headers[column];
  if (label === '') return '';
  const rank = sort.findIndex(({ name }) => columnOf(name) === column);
  const key = sort[rank];
  const title = paint.dim.underline(label);
  return key === undefined ? title : `${title} ${paint.ansi256(rankGreys[rank] ?? rankGreys.at(-1)!)(arrow(key))}`;
}

function arrow({ descending }: SortKey): string {
  return descending ? '↑' : '↓';
}

function columnOf(name: SortName): ColumnName | undefined {
  if (name === 'commit') return 'last-commit';
  return name === 'activity' ? undefined : name;
}

/** Says in words what the arrows cannot: many keys, or a key without a column. */
function sortLine(sort: readonly SortKey[], columns: readonly ColumnName[], paint: ChalkInstance): string[] {
  const hidden = sort.some(({ name }) => !columns.some((column) => column === columnOf(name)));
  if (sort.length < 4 && !hidden) return [];
  const words = sort.map((key) => `${sortTitle(key.name)} ${arrow(key)}`);
  return [paint.dim(` Sorted by ${words.join(', ')}`), ''];
}

function sortTitle(name: SortName): string {
  const column = columnOf(name);
  return column === undefined ? 'Activity' : headers[column];
}

interface Slot {
  glyph: string;
  applies: (row: Row) => boolean;
  style: (paint: ChalkInstance) => ChalkInstance;
}

const allSlots: readonly Slot[] = [
  { glyph: '>', applies: (row) => row.isCurrent, style: (paint) => paint.cyan },
  { glyph: '✦', applies: (row) => row.isDefaultBranch, style: (paint) => paint.magentaBright },
  { glyph: '○', applies: (row) => row.isSandbox, style: (paint) => paint.dim },
];

/** Those that some row uses. */
function annotationSlots(rows: readonly Row[]): readonly Slot[] {
  return allSlots.filter(({ applies }) => rows.some((row) => applies(row)));
}

interface CellContext {
  style: ListingStyle;
  slots: readonly Slot[];
  commitAgeWidth: number;
  paint: ChalkInstance;
}

function cellOf(row: Row, column: ColumnName, { style, slots, commitAgeWidth, paint }: CellContext): string {
  const { now, stat } = style;
  const aged = (atSecs: number, text = shortAge(atSecs, now)) => (isOld(atSecs, now) ? paint.dim(text) : text);
  switch (column) {
    case 'annotation':
      return slots.map(({ glyph, applies, style: styleOf }) => (applies(row) ? styleOf(paint)(glyph) : ' ')).join('');
    case 'branch':
      return row.name;
    case 'path':
      return stripControlSequences(row.shownPath ?? '');
    case 'size':
      return row.sizeBytes === null ? '' : formatTreeSize(row.sizeBytes);
    case 'base':
      return signed(stat === 'lines' ? row.baseLines : row.base, ['+', '-'], paint);
    case 'remote':
      return stat === 'lines' ? signed(row.remoteLines, ['+', '-'], paint) : signed(row.remote, ['⇡', '⇣'], paint);
    case 'changes':
      return changesCell(row, stat, paint);
    case 'age':
      return row.createdAtSecs === null ? '' : aged(row.createdAtSecs);
    case 'owner':
      return stripControlSequences(row.owner?.name ?? '');
    case 'hash':
      return row.commit?.shortHash ?? '';
    case 'last-commit': {
      if (row.commit === null) return '';
      const { atSecs, subject } = row.commit;
      return `${aged(atSecs, shortAge(atSecs, now).padEnd(commitAgeWidth))} ${stripControlSequences(subject)}`;
    }
  }
}

function changesCell({ changes, changedLines }: Row, stat: StatMode, paint: ChalkInstance): string {
  if (changes === null) return '';
  const counted: Pair =
    stat === 'lines' && changedLines !== null
      ? [changedLines.staged[0] + changedLines.unstaged[0], changedLines.staged[1] + changedLines.unstaged[1]]
      : [changes.staged, changes.unstaged];
  return [signed(counted, ['+', '-'], paint), changes.untracked > 0 ? paint.dim(`?${changes.untracked}`) : ''].filter((part) => part !== '').join(' ');
}

function signed(pair: Pair | null, [more, less]: readonly [string, string], paint: ChalkInstance): string {
  if (pair === null) return '';
  const [first, second] = pair;
  return [first > 0 ? paint.green(`${more}${first}`) : '', second > 0 ? paint.red(`${less}${second}`) : ''].filter((part) => part !== '').join(' ');
}
