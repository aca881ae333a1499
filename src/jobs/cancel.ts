import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../coordinator/client';
import type { Answer } from '../coordinator/client';
import { hasPlanEnv, readJob, requestCancel, settleInvocation, writeFinalRecord } from '../logstore';
import type { JobEntry, JobRecord, Store } from '../logstore';
import { isAlive, terminateGroup } from '../process';
import type { ActiveJob } from './active';
import type { CancelFilter } from './cancel-filter';
import { inspectGroup } from './group';
import { recordNotRun, recordOfPlanned } from './reconcile';

/** How long a command waits for the coordinator before it does the work itself (jobs.md 7.1). */
const answerWithinMs = 200;
/** How long a wrapper may take from its claim to the mark that tells its pid. */
const pidWithinMs = 2000;

export type CancelScope =
  /** The one job that is given with it. */
  | { kind: 'job' }
  | { kind: 'matching'; filter: CancelFilter };

export interface CancelOptions {
  /** How the jobs were chosen, to tell the coordinator. */
  scope: CancelScope;
  /** Begin with SIGKILL instead of asking first. */
  kill?: boolean;
  now: () => Date;
}

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
  { scope, kill = false, now }: CancelOptions,
): Promise<CancelReport> {
  // Those that need others first: should one of the others be seen to end before all is written, they are not merely held back.
  for (const { invocation, entry } of jobs.toReversed()) {
    try {
      requestCancel(store, invocation, entry.dir);
    } catch (error) {
      // No disk, full or broken, keeps a job alive. It may be recorded as failed instead of cancelled.
      if (!isSystemError(error)) throw error;
    }
  }
  const [first] = jobs;
  if (first === undefined) return { cancelled: [], ended: [], failed: [] };

  const answer = await ask(store, messageFor(scope, first, kill), { timeoutMs: answerWithinMs });
  const ours = new Set(leftToUs(answer, jobs));
  const outcomes = await Promise.all(
    jobs.map(async (job): Promise<{ job: string; outcome: Outcome }> => ({
      job: job.row.name,
      outcome: ours.has(job) ? await cancelOrFail(store, job, { kill, now }) : { kind: 'cancelled' },
    })),
  );
  for (const id of new Set([...ours].map(({ invocation }) => invocation.id))) settleInvocation(store, id);
  return {
    cancelled: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'cancelled' ? [job] : [])),
    ended: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'ended' ? [job] : [])),
    failed: outcomes.flatMap(({ job, outcome }) => (outcome.kind === 'failed' ? [{ job, error: outcome.error }] : [])),
  };
}

function messageFor(scope: CancelScope, { invocation, row }: ActiveJob, kill: boolean): Parameters<typeof ask>[1] {
  switch (scope.kind) {
    case 'job':
      return { CancelJob: { name: row.name, invocation_id: invocation.id, kill } };
    case 'matching': {
      const { invocation: id, worktree, hook, olderThanSecs } = scope.filter;
      // Also for all jobs: unlike CancelAll it answers with names.
      return { CancelMatching: { invocation_prefix: id, worktree, hook, older_than_secs: olderThanSecs, kill } };
    }
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

/** One that the disk refuses to let end keeps no other one from it. */
async function cancelOrFail(store: Store, job: ActiveJob, options: { kill: boolean; now: () => Date }): Promise<Outcome> {
  try {
    return await cancelHere(store, job, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'failed', error: error.message };
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

async function cancelHere(store: Store, job: ActiveJob, { kill, now }: { kill: boolean; now: () => Date }): Promise<Outcome> {
  const { invocation, entry } = job;
  if (entry.kind === 'pending' && recordNotRun(store, invocation, entry.planned, { kind: 'cancelled' }, now()) === 'recorded') {
    return { kind: 'cancelled' };
  }
  const found = await findRunning(store, job);
  if (found === undefined) return { kind: 'ended' }; // removed meanwhile, with its record
  if (found.kind === 'recorded' && found.record.status !== 'running') return endedAs(found.record);

  const group = inspectGroup(store, invocation.id, found);
  switch (group.kind) {
    case 'its-own':
      if ((await terminateGroup(group.pgid, { first: kill ? 'SIGKILL' : 'SIGTERM' })) === 'survived') return { kind: 'failed', error: 'it survived SIGKILL' };
      break;
    case 'leaderless':
      return { kind: 'failed', error: 'its leading process is gone, and nothing proves that those left are its own' };
    case 'elsewhere':
      return { kind: 'failed', error: `it runs on another host (${group.host})` };
    case 'unknown':
      if (found.kind === 'started' || (found.record.owner !== null && isAlive(found.record.owner))) {
        return { kind: 'failed', error: 'its process is not known yet' };
      }
      break; // nothing was ever known to run
    case 'gone':
      break;
  }
  const record = found.kind === 'recorded' ? found.record : recordOfPlanned(invocation, found.planned, found.marks.startedAt ?? now());
  const written = writeFinalRecord(store, invocation, entry.dir, { ...record, status: 'cancelled', exitCode: null, finishedAt: now() });
  if (written === 'written') return { kind: 'cancelled' };
  const last = readEntry(store, job); // a coordinator that woke up meanwhile was first
  return last?.kind === 'recorded' ? endedAs(last.record) : { kind: 'ended' };
}

function endedAs(record: JobRecord): Outcome {
  return { kind: record.status === 'cancelled' ? 'cancelled' : 'ended' };
}

/** The job as it lies on disk once its process is known, which for one that was just claimed takes a moment. */
async function findRunning(store: Store, job: ActiveJob): Promise<Extract<JobEntry, { kind: 'recorded' | 'started' }> | undefined> {
  const deadline = performance.now() + pidWithinMs;
  for (;;) {
    const entry = readEntry(store, job);
    if (entry === undefined || entry.kind === 'unreadable') return undefined;
    if (entry.kind === 'recorded' || (entry.kind === 'started' && (entry.marks.pid !== null || performance.now() >= deadline))) return entry;
    if (performance.now() >= deadline) return undefined;
    await sleep(20);
  }
}

function readEntry(store: Store, { invocation: { id }, entry }: ActiveJob): JobEntry | undefined {
  const planned = entry.kind === 'unreadable' ? undefined : entry.planned;
  return readJob(store, id, entry.dir, { planned, mayPend: hasPlanEnv(store, id) });
}
