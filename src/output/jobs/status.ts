/** How the status of a job looks (jobs.md 11.2). */
import type { JobRow } from '../../jobs';
import type { Palette } from '../colour';
import { formatDuration } from './format';
import { printable } from '../printable';

type Status = JobRow['status'];

interface Look {
  glyph: string;
  style: 'warning' | 'success' | 'error' | 'dim';
}

function look(status: Status): Look {
  switch (status) {
    case 'pending':
      return { glyph: '○', style: 'warning' };
    case 'running':
      return { glyph: '⟳', style: 'warning' };
    case 'completed':
      return { glyph: '✓', style: 'success' };
    case 'cancelled':
    case 'skipped':
      return { glyph: '—', style: 'dim' };
    case 'failed':
    case 'crashed':
    case 'unknown':
      return { glyph: '✗', style: 'error' };
  }
}

/** `running (stale)` where nobody answers for the job, else the status itself. */
export function statusWord({ status, stale }: Pick<JobRow, 'status' | 'stale'>): string {
  return status === 'running' && stale ? 'running (stale)' : status;
}

/** `✓ completed`, without colour. */
export function statusText(job: Pick<JobRow, 'status' | 'stale'>): string {
  return `${look(job.status).glyph} ${statusWord(job)}`;
}

export function paintStatus(paint: Palette, status: Status, text: string): string {
  return paint[look(status).style](text);
}

/** Milliseconds a job ran, up to `now` while it runs; undefined if it never ran or that is not known. */
export function runningTimeMs(job: Pick<JobRow, 'status' | 'startedAt' | 'finishedAt'>, now: Date): number | undefined {
  if (job.startedAt === null) return undefined;
  switch (job.status) {
    case 'running':
      return now.getTime() - job.startedAt.getTime();
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'crashed':
      return job.finishedAt === null ? undefined : job.finishedAt.getTime() - job.startedAt.getTime();
    case 'pending':
    case 'skipped':
    case 'unknown':
      return undefined;
  }
}

/** `1m32s`, `45s...` while the job runs, `—` where there is no duration. */
export function durationText(job: Pick<JobRow, 'status' | 'startedAt' | 'finishedAt'>, now: Date): string {
  const ms = runningTimeMs(job, now);
  if (ms === undefined) return '—';
  return job.status === 'running' ? `${formatDuration(ms)}...` : formatDuration(ms);
}

/** `✓ build completed (1m32s)`; the duration only if the job ran. */
export function endingLine(job: JobRow, paint: Palette): string {
  const { glyph } = look(job.status);
  const ms = job.finishedAt === null ? undefined : runningTimeMs(job, job.finishedAt);
  // A job that was dropped before its start is recorded as finished when it started.
  const ran = ms !== undefined && (ms > 0 || job.status === 'completed' || job.status === 'failed');
  const duration = ran ? ` (${formatDuration(ms)})` : '';
  return `${paintStatus(paint, job.status, glyph)} ${printable(job.name)} ${paintStatus(paint, job.status, statusWord(job))}${duration}`;
}

/** Of a job whose record vanished while somebody waited for its end. */
export function lostText(name: string): string {
  return `the record of job '${printable(name)}' is gone, and how it ended is not known`;
}

/** `waiting for build (running), test (pending)` */
export function waitingLine(jobs: readonly Pick<JobRow, 'name' | 'status' | 'stale'>[]): string {
  return `waiting for ${jobs.map((job) => `${printable(job.name)} (${statusWord(job)})`).join(', ')}`;
}
