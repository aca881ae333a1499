import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../coordinator/client';
import type { Answer } from '../coordinator/client';
import { isErrno } from '../fs';
import { readJobs, readMarks, requestCancel, settleInvocation, writeFinalRecord } from '../logstore';
import type { InvocationId, JobEntry, JobRecord, Store } from '../logstore';
import { terminateGroup } from '../process';
import type { ActiveJob } from './active';
import { recordNotRun } from './reconcile';
import { verifyGroup } from './rows';

/** How long a command waits for the coordinator before it does the work itself (jobs.md 7.1). */
const answerWithinMs = 200;
/** How long a job that has just been claimed may take to be recorded as running. */
const recordWithinMs = 2000;

export type CancelScope =
  /** The one job that is given with it. */
  | { kind: 'job' }
  | { kind: 'invocation'; id: InvocationId }
  | { kind: 'worktree'; worktree: string }
  | { kind: 'all' };

export interface CancelReport {
  /** Names of the jobs that were told to end, or that we ended. */
  cancelled: readonly string[];
  /** Names of those that ended by themselves meanwhile. */
  ended: readonly string[];
  /** Those that live on, with the reason. */
  failed: readonly { job: string; error: string }[];
}

type Outcome = { kind: 'cancelled' } | { kind: 'ended' } | { kind: 'failed'; error: string };

/**
 * Cancels active jobs: writes the durable request first, then tells the coordinator, which sends the first signal before
 * it answers. What no coordinator takes upon itself in time is done here: pending jobs are dropped, running ones walk the
 * whole ladder (jobs.md 6.6).
 */
export async function cancelJobs(
  store: Store,
  jobs: readonly ActiveJob[],
  { scope, now }: { scope: CancelScope; now: () => Date },
): Promise<CancelReport> {
  for (const { invocation, entry } of jobs) {
    try {
      requestCancel(store, invocation, entry.dir);
    } catch (error) {
      // A full disk must not keep a job alive. It may be recorded as failed instead of cancelled.
      if (!isErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES')) throw error;
    }
  }
  const [first] = jobs;
  if (first === undefined) return { cancelled: [], ended: [], failed: [] };

  const answer = await ask(store, messageFor(scope, first), { timeoutMs: answerWithinMs });
  const ours = new Set(leftToUs(answer, jobs));
  const outcomes = await Promise.all(
    jobs.map(async (job): Promise<{ job: string; outcome: Outcome }> => ({
      job: job.row.name,
      outcome: ours.has(job) ? await cancelHere(store, job, now) : { kind: 'cancelled' },
    })),
  );
  return {
    cancelled: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'cancelled' ? [job] : [])),
    ended: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'ended' ? [job] : [])),
    failed: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'failed' ? [{ job, error: outcome.error }] : [])),
  };
}

function messageFor(scope: CancelScope, { invocation, row }: ActiveJob): Parameters<typeof ask>[1] {
  switch (scope.kind) {
    case 'job':
      return { CancelJob: { name: row.name, invocation_id: invocation.id } };
    case 'invocation':
      return { CancelMatching: { invocation_prefix: scope.id } };
    case 'worktree':
      return { CancelMatching: { worktree: scope.worktree } };
    case 'all':
      return { CancelMatching: {} }; // unlike CancelAll it answers with names
  }
}

/**
 * The jobs that the coordinator did not take upon itself: all, if it does not answer; else those it does not know, which
 * belong to a coordinator without socket, or have ended.
 */
function leftToUs(answer: Answer, jobs: readonly ActiveJob[]): readonly ActiveJob[] {
  if (answer.kind !== 'answered') return jobs;
  const { response } = answer;
  if ('Ack' in response) return [];
  if (!('Cancelled' in response)) return jobs;
  const taken = response.Cancelled.names;
  const asked = jobs.map(({ row }) => row.name);
  return jobs.filter(({ row }) => count(row.name, taken) < count(row.name, asked));
}

function count(name: string, names: readonly string[]): number {
  return names.filter((other) => other === name).length;
}

async function cancelHere(store: Store, job: ActiveJob, now: () => Date): Promise<Outcome> {
  const { invocation, entry } = job;
  if (entry.kind === 'pending' && recordNotRun(store, invocation, entry.planned, { kind: 'cancelled' }, now()) === 'recorded') {
    settleInvocation(store, invocation.id);
    return { kind: 'cancelled' };
  }
  const record = await readWhenRecorded(store, job);
  if (record === undefined) return { kind: 'failed', error: 'it has just been started, and its process is not known yet' };
  if (record.status !== 'running') return endedAs(record);

  if (record.pid === null && readMarks(store, invocation.id, entry.dir).pid !== null) {
    return { kind: 'failed', error: 'its process is not recorded' };
  }
  if (record.pid !== null) {
    switch (verifyGroup(record)) {
      case 'unknown':
        return { kind: 'failed', error: `nothing proves that process ${record.pid} is still that job` };
      case 'alive':
        if ((await terminateGroup(record.pid)) === 'survived') return { kind: 'failed', error: 'it survived SIGKILL' };
        break;
      case 'extinct':
        break;
    }
  }
  const written = writeFinalRecord(store, invocation, entry.dir, { ...record, status: 'cancelled', exitCode: null, finishedAt: now() });
  settleInvocation(store, invocation.id);
  // A coordinator that woke up meanwhile may have been first.
  return written === 'written' ? { kind: 'cancelled' } : endedAs(findRecord(store, job) ?? record);
}

function endedAs(record: JobRecord): Outcome {
  return { kind: record.status === 'cancelled' ? 'cancelled' : 'ended' };
}

/** The record of a job; a claimed one gets it a moment after its claim. */
async function readWhenRecorded(store: Store, job: ActiveJob): Promise<JobRecord | undefined> {
  const deadline = performance.now() + recordWithinMs;
  for (;;) {
    const record = findRecord(store, job);
    if (record !== undefined || performance.now() >= deadline) return record;
    await sleep(20);
  }
}

function findRecord(store: Store, { invocation, entry }: ActiveJob): JobRecord | undefined {
  const found = readJobs(store, invocation.id).find((other): other is Extract<JobEntry, { kind: 'recorded' }> => {
    return other.kind === 'recorded' && other.dir === entry.dir;
  });
  return found?.record;
}
