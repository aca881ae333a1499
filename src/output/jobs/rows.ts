/** The listing for programs: the fifteen columns of jobs.md 10, in their order. */
import type { HistoryInvocation, JobRow } from '../../jobs';
import { statusWord } from './status';

export const listingColumns = [
  'invocation_id',
  'invocation_short',
  'worktree',
  'hook_type',
  'trigger_command',
  'invocation_created_at',
  'name',
  'status',
  'background',
  'started_at',
  'finished_at',
  'duration_secs',
  'exit_code',
  'command',
  'size_bytes',
] as const;

export type ListingRow = Record<(typeof listingColumns)[number], string | number | boolean | null>;

/** One flat row per job, in the order of the invocations. */
export function* listingRows(oldestFirst: Iterable<HistoryInvocation>, now: Date): Generator<ListingRow> {
  for (const { invocation, jobs } of oldestFirst) {
    for (const job of jobs) {
      const pending = job.status === 'pending';
      yield {
        invocation_id: invocation.id,
        invocation_short: invocation.id.slice(0, 4),
        worktree: invocation.worktree,
        hook_type: invocation.hookType,
        trigger_command: invocation.trigger,
        invocation_created_at: invocation.createdAt.toISOString(),
        name: job.name,
        status: statusWord(job),
        background: job.background,
        started_at: pending ? null : (job.startedAt?.toISOString() ?? null),
        finished_at: job.finishedAt?.toISOString() ?? null,
        duration_secs: durationSecs(job, now),
        exit_code: job.exitCode,
        command: job.command,
        size_bytes: pending ? null : job.sizeBytes,
      };
    }
  }
}

function durationSecs(job: JobRow, now: Date): number | null {
  const end = job.status === 'running' ? now : job.finishedAt;
  if (end === null || job.startedAt === null || job.status === 'pending') return null;
  return Math.max(0, Math.trunc((end.getTime() - job.startedAt.getTime()) / 1000));
}
