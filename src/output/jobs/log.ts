/** What stands around the output of a job in `hooks jobs logs` (jobs.md 8.2). */
import type { HistoryInvocation, JobRow } from '../../jobs';
import type { Palette } from '../colour';
import { formatAge, formatLocalTime } from './format';
import { printable } from '../printable';
import { durationText, paintStatus } from './status';

const labelWidth = 'worktree:  '.length;

/** The lines above the output of one job, without the empty line after them. */
export function logHeader({ invocation }: HistoryInvocation, job: JobRow, { now, paint }: { now: Date; paint: Palette }): string[] {
  const started = job.status === 'pending' ? null : job.startedAt;
  return [
    `${paintStatus(paint, job.status, job.status.toUpperCase())}  ${printable(job.name)}  [${invocation.id.slice(0, 4)}]`,
    labelled('worktree:', printable(invocation.worktree)),
    labelled('trigger:', printable(invocation.trigger)),
    labelled('started:', startedText(started, now)),
    labelled('duration:', durationText(job, now)),
    ...(job.command === null || job.command === '' ? [] : [labelled('command:', commandText(job.command))]),
  ];
}

/** The lines above the jobs of a whole invocation, without the empty line after them. */
export function invocationHeader({ invocation, jobs }: HistoryInvocation, now: Date): string[] {
  return [
    `${printable(invocation.trigger)}  [${invocation.id.slice(0, 4)}]`,
    labelled('worktree:', printable(invocation.worktree)),
    labelled('started:', startedText(invocation.createdAt, now)),
    labelled('jobs:', String(jobs.length)),
  ];
}

/** `══ COMPLETED  build  (1m32s)` */
export function jobHeading(job: JobRow, { now, paint }: { now: Date; paint: Palette }): string {
  return `══ ${paintStatus(paint, job.status, job.status.toUpperCase())}  ${printable(job.name)}  (${durationText(job, now)})`;
}

function labelled(label: string, text: string): string {
  return label.padEnd(labelWidth) + text;
}

function startedText(at: Date | null, now: Date): string {
  return at === null ? '—' : `${formatAge(at, now)} ago (${formatLocalTime(at)})`;
}

/** A command of several lines keeps them, under one another. */
function commandText(command: string): string {
  return command.trimEnd().split('\n').map(printable).join(`\n${' '.repeat(labelWidth)}`);
}
