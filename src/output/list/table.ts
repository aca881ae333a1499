import { Chalk, type ChalkInstance } from 'chalk';
import width from 'fast-string-width';
import type { ColumnName, Row, SortKey, SortName, StatMode } from '../../worktree/list';
import { annotationSlots, cellOf, cut, ellipsis, gap, headers, pad } from './cells';
import { formatTreeSize, shortAge } from './units';

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
