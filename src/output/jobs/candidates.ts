/** Candidates of completion as shells get them, one per line (jobs.md 14, shell.md 6.6). */
import type { AddressCandidate, Candidates, PlainCandidate } from '../../jobs/complete';
import { formatAge } from './format';
import { printable } from '../printable';
import { statusText } from './status';
import { visibleWidth } from './width';

export function candidateLines(candidates: Candidates, now: Date): string[] {
  switch (candidates.kind) {
    case 'addresses':
      return addressLines(candidates.candidates, now);
    case 'plain':
      return plainLines(candidates.candidates, now);
  }
}

/** `KIND`, value and display between tabs; the display repeats the value, its cells in columns per kind. */
function addressLines(candidates: readonly AddressCandidate[], now: Date): string[] {
  return (['job', 'invocation', 'worktree'] as const).flatMap((kind) => {
    const ofKind = candidates.filter((candidate) => candidate.kind === kind);
    const rows = ofKind.map((candidate) => [printable(candidate.value), ...cells(candidate, now)]);
    const widths = columnWidths(rows);
    return ofKind.map(({ value }, index) => {
      const [shown = '', ...rest] = (rows[index] ?? []).map((cell, column) => pad(cell, widths[column] ?? 0));
      return `${tag(kind)}\t${printable(value)}\t${shown}  ${rest.join(' ')}`;
    });
  });
}

function tag(kind: AddressCandidate['kind']): string {
  switch (kind) {
    case 'job':
      return 'JOB';
    case 'invocation':
      return 'INV';
    case 'worktree':
      return 'WT';
  }
}

function cells(candidate: AddressCandidate, now: Date): string[] {
  switch (candidate.kind) {
    case 'job': {
      const { job, short } = candidate;
      if (short === undefined) return [statusText(job)];
      const age = job.status === 'pending' || job.startedAt === null ? '' : `-- ${formatAge(job.startedAt, now)} ago`;
      return [statusText(job), age, `[${short}]`];
    }
    case 'invocation': {
      const base = [printable(candidate.trigger), `-- ${formatAge(candidate.createdAt, now)} ago`];
      return candidate.jobs === undefined ? base : [...base, `(${counted(candidate.jobs, 'job')})`];
    }
    case 'worktree':
      return ['worktree', `${counted(candidate.invocations, 'invocation')}, ${formatAge(candidate.newest, now)} ago`];
  }
}

/** `value`, a tab, and a text that begins in the same column on every line. */
function plainLines(candidates: readonly PlainCandidate[], now: Date): string[] {
  const values = candidates.map(({ value }) => printable(value));
  const [width = 0] = columnWidths(values.map((value) => [value]));
  return candidates.map((candidate, index) => {
    const value = values[index] ?? '';
    return `${value}\t${' '.repeat(width - visibleWidth(value))}${text(candidate, now)}`;
  });
}

function text(candidate: PlainCandidate, now: Date): string {
  switch (candidate.kind) {
    case 'failed-hook':
      return `hook -- ${candidate.failed} failed across ${counted(candidate.invocations, 'invocation')}`;
    case 'failed-invocation':
      return `invocation -- ${printable(candidate.trigger)}, ${candidate.failed} failed, ${formatAge(candidate.createdAt, now)} ago`;
    case 'failed-job':
      return `job -- failed in ${candidate.short}, ${formatAge(candidate.at, now)} ago`;
    case 'failed-worktree':
      return `worktree\t${candidate.failed} failed, ${formatAge(candidate.newest, now)} ago`;
    case 'recorded-worktree':
      return `worktree\t${counted(candidate.invocations, 'invocation')}, ${formatAge(candidate.newest, now)} ago`;
    case 'recorded-hook':
      return `hook\t${counted(candidate.invocations, 'invocation')}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell));
  return widths;
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - visibleWidth(cell)));
}
