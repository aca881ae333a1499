/**
 * What lives on of jobs that were killed from outside: their record has its end, which is final, but members of their
 * group go on without a leader. Only a cancel stops them; what a job left behind in good order is not touched.
 */
import { uptime } from 'node:os';
import { jobDirPath, outputLogPath, readJobs, readPlan } from '../logstore';
import type { Invocation, JobEntry, JobRecord, Store } from '../logstore';
import { bootId, hostName, inspectJobGroup, leaderlessGroups, terminateGroup } from '../process';
import type { CancelReport } from './cancel';
import type { History, HistoryInvocation, JobRow } from './types';

export interface Survivors {
  job: string;
  pgid: number;
  invocation: Invocation;
  /** The job as it is recorded: ended. */
  row: JobRow;
}

/** Survivors of these jobs of an invocation. */
export function survivorsOf(store: Store, { invocation }: HistoryInvocation, jobs: readonly JobRow[]): Survivors[] {
  return among(store, invocation, jobs, leaderlessGroups());
}

/** Survivors of all jobs that were recorded since the machine was started, of one worktree or of all. */
export function findSurvivors(store: Store, history: History, { worktree, now }: { worktree?: string | undefined; now: Date }): Survivors[] {
  const groups = leaderlessGroups();
  if (groups.size === 0) return []; // spares us the history
  const bootedAt = new Date(now.getTime() - uptime() * 1000);
  const found: Survivors[] = [];
  for (const { invocation, jobs } of history.newestFirst(worktree)) {
    if (invocation.createdAt < bootedAt) break;
    found.push(...among(store, invocation, jobs, groups));
  }
  return found;
}

/** Walks the ladder with each of these groups; their records stay as they are. */
export async function stopSurvivors(survivors: readonly Survivors[], { kill = false }: { kill?: boolean } = {}): Promise<CancelReport> {
  const stubborn: string[] = [];
  await Promise.all(
    survivors.map(async ({ job, pgid }) => {
      if ((await terminateGroup(pgid, { first: kill ? 'SIGKILL' : 'SIGTERM' })) === 'survived') stubborn.push(job);
    }),
  );
  return {
    cancelled: survivors.filter(({ job }) => !stubborn.includes(job)).map(({ job }) => job),
    ended: [],
    failed: stubborn.map((job) => ({ job, error: 'it survived SIGKILL' })),
  };
}

function among(store: Store, invocation: Invocation, jobs: readonly JobRow[], groups: ReadonlySet<number>): Survivors[] {
  const killed = new Map(jobs.filter(wasKilled).map((row) => [row.dir, row]));
  if (killed.size === 0 || groups.size === 0) return [];
  return readJobs(store, invocation.id).flatMap((entry) => {
    const row = killed.get(entry.dir);
    if (entry.kind !== 'recorded' || row === undefined) return [];
    const { dir, record } = entry;
    if (record.pid === null || !groups.has(record.pid) || !isOfThisBoot(store, invocation, record)) return [];
    const group = inspectJobGroup(record.pid, {
      start: record.pidStart,
      jobDir: jobDirPath(store, invocation.id, dir),
      markedAt: null,
      traces: { log: outputLogPath(store, invocation.id, dir), env: record.env, startedAt: record.startedAt, leaderGoneAt: leaderGoneAt(entry) },
    });
    return group === 'bereft' ? [{ job: record.name, pgid: record.pid, invocation, row }] : [];
  });
}

/** Ended by a signal, or without leaving a word: by somebody else, who may not have met all of the group. */
function wasKilled({ background, status, exitCode }: JobRow): boolean {
  return background === true && (status === 'crashed' || (status === 'failed' && exitCode !== null && exitCode > 128));
}

/** Of a job whose end nobody saw, the last word in its log tells; without a log, it may have been long before the record. */
function leaderGoneAt({ record, logSizeBytes }: Extract<JobEntry, { kind: 'recorded' }>): Date | null {
  return record.status === 'crashed' && logSizeBytes === null ? null : record.finishedAt;
}

/** A record without owner was written from the plan alone. */
function isOfThisBoot(store: Store, invocation: Invocation, { owner }: JobRecord): boolean {
  const { boot, host } = owner ?? readPlan(store, invocation.id) ?? {};
  return boot === bootId() && host === hostName();
}
