/** The listing for people (jobs.md 11.1, 11.2): invocations along a spine, one section per worktree. */
import type { HistoryInvocation, JobRow } from '../../jobs';
import type { Palette } from '../colour';
import { HeldText } from '../held-text';
import { formatAge, formatClock, formatSize } from './format';
import { printable } from '../printable';
import { durationText, paintStatus, statusText } from './status';
import { visibleWidth } from './width';

const plain: Style = (text) => text;
const gap = '   ';
/** Below the name of the job, behind its arrow. */
const excerptIndent = ' '.repeat(6);
/** Columns in front of an excerpt. */
export const excerptColumn = 1 + excerptIndent.length;

/** What a listing shows of the invocations it was given. */
export interface Timeline extends Disposable {
  isEmpty: boolean;
  /**
   * Sections by label, invocations in the order they came in.
   *
   * @param options.current label of the current worktree, if any
   */
  lines(options: { current: string | undefined; now: Date; paint: Palette }): Generator<string>;
}

/**
 * Takes in a listing before any of it is shown: the columns are as wide as the widest cell of all. Of a hundred thousand
 * jobs just their cells are held, as bytes.
 *
 * @param options.excerptOf lines of output to be shown below the row of a job
 */
export function layOutTimeline(
  invocations: Iterable<HistoryInvocation>,
  { now, excerptOf = () => undefined }: { now: Date; excerptOf?: ((entry: HistoryInvocation, job: JobRow) => readonly string[] | undefined) | undefined },
): Timeline {
  const widths = headers.map(visibleWidth);
  const held = new HeldText();
  const sections = new Map<string, number[]>();
  for (const entry of invocations) {
    const { worktree, id, trigger, createdAt } = entry.invocation;
    const rows = entry.jobs.map((job): Row => [cellsOf(job, now), job.background !== false, job.status, excerptOf(entry, job) ?? []]);
    for (const [cells] of rows) for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell));
    const shown: Entry = [id.slice(0, 4), trigger, createdAt.getTime(), rows];
    const at = held.add(JSON.stringify(shown));
    const section = sections.get(worktree);
    if (section === undefined) sections.set(worktree, [at, held.length]);
    else section.push(at, held.length);
  }
  return {
    isEmpty: sections.size === 0,
    lines: (options) => linesOf({ held, sections, widths }, options),
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}

/** Short id, trigger, time of creation in milliseconds, jobs; a tuple, since a hundred thousand are held as text. */
type Entry = [short: string, trigger: string, createdMs: number, rows: readonly Row[]];
/** The cells of a job, and what decides about their colours. */
type Row = [cells: readonly string[], background: boolean, status: JobRow['status'], excerpt: readonly string[]];

const headers = ['Job', 'Status', 'Started', 'Duration', 'Size'];
const [jobColumn, statusColumn, sizeColumn] = [0, 1, 4];

function cellsOf(job: JobRow, now: Date): string[] {
  return [
    `${job.background === false ? '→' : '↪'} ${printable(job.name)}`,
    statusText(job),
    job.startedAt === null || job.status === 'pending' ? '—' : formatClock(job.startedAt),
    durationText(job, now),
    job.sizeBytes === null || job.sizeBytes === 0 ? '—' : formatSize(job.sizeBytes),
  ];
}

interface LaidOut {
  /** `Entry` after `Entry`, as JSON. */
  held: HeldText;
  /** By worktree, where its entries begin and end. */
  sections: ReadonlyMap<string, readonly number[]>;
  widths: readonly number[];
}

function* linesOf(
  { held, sections, widths }: LaidOut,
  { current, now, paint }: { current: string | undefined; now: Date; paint: Palette },
): Generator<string> {
  const spine = paint.dim('│');
  const header = align(headers, widths, () => paint.dim.underline);
  for (const [worktree, places] of [...sections].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    yield `${worktree === current ? '> ' : '  '}${paint.bold.cyan(printable(worktree))}`;
    yield '';
    for (let place = 0; place < places.length; place += 2) {
      const [short, trigger, createdMs, rows] = JSON.parse(held.part(places[place] ?? 0, places[place + 1] ?? 0)) as Entry;
      if (place > 0) yield spine;
      yield `${paint.dim('●')} ${paint.dim(`${formatAge(new Date(createdMs), now)} ago`)} · ${printable(trigger)} ${paint.dim(`[${short}]`)}`;
      yield spine;
      yield rows.length === 0 ? `${spine}    ${paint.dim('(no jobs declared)')}` : `${spine}    ${header}`;
      for (const row of rows) {
        const [cells, , , excerpt] = row;
        yield `${spine}    ${align(cells, widths, (column, text) => styleOf(row, column, text, paint))}`;
        for (const line of excerpt) yield `${spine}${excerptIndent}${paint.dim(line)}`;
      }
    }
    yield paint.dim('╰─╴');
    yield '';
  }
}

type Style = (text: string) => string;

function styleOf([, background, status]: Row, column: number, text: string, paint: Palette): Style {
  if (column === jobColumn) return (name) => `${(background ? paint.blue : paint.accent)(name.slice(0, 1))}${name.slice(1)}`;
  if (column === statusColumn) return (word) => paintStatus(paint, status, word);
  return column === sizeColumn && text === '—' ? paint.dim : plain;
}

/** The last column is not padded: lines end where their text ends. */
function align(cells: readonly string[], widths: readonly number[], styleAt: (column: number, text: string) => Style): string {
  return cells
    .map((text, column) => {
      const missing = column === cells.length - 1 ? 0 : (widths[column] ?? 0) - visibleWidth(text);
      return styleAt(column, text)(text) + ' '.repeat(Math.max(0, missing));
    })
    .join(gap);
}
