/** The listing for people (jobs.md 11.1, 11.2): invocations along a spine, one section per worktree. */
import type { HistoryInvocation, JobRow } from '../../jobs';
import type { Palette } from '../colour';
import { formatAge, formatClock, formatSize } from './format';
import { printable } from '../printable';
import { durationText, paintStatus, statusText } from './status';
import { visibleWidth } from './width';

/** A cell keeps its style apart from its text, so that widths are measured on what is visible. */
interface Cell {
  text: string;
  style: (text: string) => string;
}

const plain = (text: string): string => text;
const gap = '   ';
/** Below the name of the job, behind its arrow. */
const excerptIndent = ' '.repeat(6);
/** Columns in front of an excerpt. */
export const excerptColumn = 1 + excerptIndent.length;

/**
 * Lines of the whole listing, in the order given by the caller: sections by label, invocations oldest first.
 *
 * @param options.current label of the current worktree, if any
 * @param options.excerpts lines of output to be shown below the row of a job
 */
export function renderTimeline(
  invocations: readonly HistoryInvocation[],
  options: { current: string | undefined; now: Date; paint: Palette; excerpts?: ReadonlyMap<JobRow, readonly string[]> | undefined },
): string[] {
  const { current, now, paint, excerpts } = options;
  const headers = ['Job', 'Status', 'Started', 'Duration', 'Size'].map((text): Cell => ({ text, style: paint.dim.underline }));
  const tables = new Map(invocations.map((entry) => [entry, entry.jobs.map((job) => ({ job, row: cells(job, now, paint) }))]));
  const widths = columnWidths(headers, [...tables.values()].flatMap((rows) => rows.map(({ row }) => row)));
  const spine = paint.dim('│');

  const lines: string[] = [];
  for (const [worktree, entries] of byWorktree(invocations)) {
    lines.push(`${worktree === current ? '> ' : '  '}${paint.bold.cyan(printable(worktree))}`, '');
    for (const [index, entry] of entries.entries()) {
      const { createdAt, trigger, id } = entry.invocation;
      if (index > 0) lines.push(spine);
      lines.push(`${paint.dim('●')} ${paint.dim(`${formatAge(createdAt, now)} ago`)} · ${printable(trigger)} ${paint.dim(`[${id.slice(0, 4)}]`)}`, spine);
      const rows = tables.get(entry) ?? [];
      if (rows.length === 0) {
        lines.push(`${spine}    ${paint.dim('(no jobs declared)')}`);
        continue;
      }
      lines.push(`${spine}    ${align(headers, widths)}`);
      for (const { job, row } of rows) {
        lines.push(`${spine}    ${align(row, widths)}`);
        for (const line of excerpts?.get(job) ?? []) lines.push(`${spine}${excerptIndent}${paint.dim(line)}`);
      }
    }
    lines.push(paint.dim('╰─╴'), '');
  }
  return lines;
}

function byWorktree(invocations: readonly HistoryInvocation[]): [string, HistoryInvocation[]][] {
  const sections = new Map<string, HistoryInvocation[]>();
  for (const entry of invocations) {
    const section = sections.get(entry.invocation.worktree);
    if (section === undefined) sections.set(entry.invocation.worktree, [entry]);
    else section.push(entry);
  }
  return [...sections].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function cells(job: JobRow, now: Date, paint: Palette): Cell[] {
  const arrow = job.background === false ? '→' : '↪';
  const arrowColour = job.background === false ? paint.accent : paint.blue;
  return [
    { text: `${arrow} ${printable(job.name)}`, style: (text) => `${arrowColour(arrow)}${text.slice(arrow.length)}` },
    { text: statusText(job), style: (text) => paintStatus(paint, job.status, text) },
    { text: job.startedAt === null || job.status === 'pending' ? '—' : formatClock(job.startedAt), style: plain },
    { text: durationText(job, now), style: plain },
    job.sizeBytes === null || job.sizeBytes === 0 ? { text: '—', style: paint.dim } : { text: formatSize(job.sizeBytes), style: plain },
  ];
}

function columnWidths(headers: readonly Cell[], rows: readonly (readonly Cell[])[]): number[] {
  const widths = headers.map((cell) => visibleWidth(cell.text));
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell.text));
  }
  return widths;
}

/** The last column is not padded: lines end where their text ends. */
function align(row: readonly Cell[], widths: readonly number[]): string {
  return row
    .map(({ text, style }, column) => {
      const missing = column === row.length - 1 ? 0 : (widths[column] ?? 0) - visibleWidth(text);
      return style(text) + ' '.repeat(Math.max(0, missing));
    })
    .join(gap);
}
