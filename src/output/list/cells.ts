import type { ChalkInstance } from 'chalk';
import truncate from 'fast-string-truncated-width';
import width from 'fast-string-width';
import type { ColumnName, Pair, Row, StatMode } from '../../worktree/list';
import { stripControlSequences } from '../control-sequences';
import { formatTreeSize, isOld, shortAge } from './units';

export const headers: Readonly<Record<ColumnName, string>> = {
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

export function gap(index: number): string {
  return index === 0 ? '  ' : '   ';
}

export const ellipsis = '...';
const reset = '\u001B[0m';

export function cut(cell: string, limit: number): string {
  const { truncated, index } = truncate(cell, { limit, ellipsis });
  return truncated ? `${cell.slice(0, index)}${ellipsis}${cell.includes('\u001B') ? reset : ''}` : cell;
}

export function pad(cell: string, wanted: number): string {
  return cell + ' '.repeat(Math.max(0, wanted - width(cell)));
}

export interface Slot {
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
export function annotationSlots(rows: readonly Row[]): readonly Slot[] {
  return allSlots.filter(({ applies }) => rows.some((row) => applies(row)));
}

export interface CellStyle {
  stat: StatMode;
  now: Date;
}

export interface CellContext {
  style: CellStyle;
  slots: readonly Slot[];
  commitAgeWidth: number;
  paint: ChalkInstance;
}

export function cellOf(row: Row, column: ColumnName, { style, slots, commitAgeWidth, paint }: CellContext): string {
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
