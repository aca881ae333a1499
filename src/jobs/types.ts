import type { Invocation, JobStatus } from '../logstore';

/** A job as the listing, addresses and completion see it: one row of jobs.md 10. Null where a value is unknown. */
export interface JobRow {
  /** Directory name below the invocation. */
  dir: string;
  name: string;
  status: JobStatus;
  /** Recorded as running, but nobody answers for it (jobs.md 6.8 rule 7). */
  stale: boolean;
  background: boolean | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  exitCode: number | null;
  command: string | null;
  /** Null when there is no `output.log`. */
  sizeBytes: number | null;
}

/** One invocation with its jobs in order of start, then name; pending ones last, in plan order. */
export interface HistoryInvocation {
  invocation: Invocation;
  jobs: readonly JobRow[];
  /** Of `jobs`, for who needs no more of them. */
  jobCount: number;
}

/** What is remembered of a repository, read only as far as a question needs. */
export interface History {
  /** Newest first; only those of `worktree`, if given. */
  newestFirst(worktree?: string): Iterable<HistoryInvocation>;
  /** The same the other way round: for who goes through all of them, and holds on to none. */
  oldestFirst(worktree?: string): Iterable<HistoryInvocation>;
  /** Invocations whose id begins with `prefix`, newest first; only those of `worktree`, if given. */
  withPrefix(prefix: string, worktree?: string): readonly HistoryInvocation[];
  /** What each worktree holds, deleted ones included, unordered. */
  worktrees(): readonly { worktree: string; invocations: number; newest: Date }[];
}

export function isActive(job: Pick<JobRow, 'status'>): boolean {
  return job.status === 'pending' || job.status === 'running';
}

/** jobs.md 3.4; a `skipped` job with a command was held back, one without was taken out by its condition (4.3). */
export function isRetryable(job: Pick<JobRow, 'status' | 'command'>): boolean {
  switch (job.status) {
    case 'failed':
    case 'cancelled':
    case 'crashed':
      return true;
    case 'skipped':
      return job.command !== null && job.command !== '';
    case 'pending':
    case 'running':
    case 'completed':
    case 'unknown':
      return false;
  }
}
