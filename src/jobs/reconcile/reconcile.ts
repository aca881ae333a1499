import {
  listActiveIds,
  noticeActive,
  readPolicy,
  settleInvocation,
  writeFinalRecord,
  type Invocation,
  type InvocationId,
  type Store,
} from '../../logstore';
import { bootId, hostName } from '../../process';
import { examine, type ExaminedInvocation, type ExaminedJob, type Examiner } from './examine';
import { excessText, failureOf, failureOfNotRun, keepFailure, type Failure } from './failure';
import type { Verdict } from './judge';
import { finishNotRun, recordNotRun, type NotRun } from './not-run';
import { outputAfter, recordOfEnd } from './records';

export interface ReconcileReport {
  /** Invocations with pending jobs that may be taken up, or with survivors to adopt. */
  needCoordinator: InvocationId[];
  ended: number;
}

/** Pending jobs are taken up within this time of their dispatch, or while a job they need runs. */
const takeUpLimitMs = 3_600_000;
const defaultStaleRunningAfterSeconds = 86_400;

/**
 * Judges every job of the invocations marked active, or of those in `among`, and records what ended.
 *
 * @param options.tellBadPolicy gets a whole line, `warn` a text, as `examinerOf` and `repair` do
 */
export function reconcile(
  store: Store,
  options: {
    now: Date;
    coordinatorLive: boolean;
    among?: readonly InvocationId[];
    warn: (text: string) => void;
    tellBadPolicy: (line: string) => void;
  },
): ReconcileReport {
  const report: ReconcileReport = { needCoordinator: [], ended: 0 };
  if (options.among === undefined) noticeActive(store);
  const ids = options.among ?? listActiveIds(store);
  if (ids.length === 0) return report;
  const examiner = examinerOf(store, options);
  for (const id of ids) {
    try {
      const examined = examine(store, id, examiner);
      if (examined === 'gone') continue;
      const tell = (failure: Failure) => keepFailure(store, id, failure, options.warn);
      const { ended, needsCoordinator } = repair(store, examined, { now: options.now, warn: options.warn, tell });
      report.ended += ended;
      // One without a socket cannot be found; a further one each time somebody looks would be a host of them.
      const isLookedAfter = examined.jobs.some(isOwned);
      if (needsCoordinator && !isLookedAfter) report.needCoordinator.push(id);
      else settleInvocation(store, id);
    } catch (error) {
      options.warn(`cannot reconcile invocation ${id}: ${String(error)}`); // one bad record never stops the others
    }
  }
  return report;
}

/** Here and now, with the policy of this repository. */
export function examinerOf(store: Store, options: { now: Date; coordinatorLive: boolean; tellBadPolicy: (line: string) => void }): Examiner {
  return {
    now: options.now,
    coordinatorLive: options.coordinatorLive,
    boot: bootId(),
    host: hostName(),
    staleRunningAfterSeconds: readPolicy(store, options.tellBadPolicy).staleRunningAfterSeconds ?? defaultStaleRunningAfterSeconds,
  };
}

/**
 * Records what has ended, drops what nobody may start any more, and says whether something is left to do.
 *
 * @param options.tell gets each failure that was found, once its record is there
 */
export function repair(
  store: Store,
  examined: ExaminedInvocation,
  options: { now: Date; warn: (text: string) => void; tell: (failure: Failure) => void },
): { ended: number; needsCoordinator: boolean } {
  const { invocation, jobs } = examined;
  const tooLate = isTooLate(examined, options.now);
  let ended = 0;
  let needsCoordinator = false;
  for (const job of jobs) {
    if (job.kind === 'ended') continue;
    try {
      const outcome = repairJob(store, invocation, { job, now: options.now, tooLate });
      if (outcome === 'needs-coordinator') needsCoordinator = true;
      if (typeof outcome === 'string') continue;
      ended += 1;
      if (outcome.failure !== undefined) options.tell(outcome.failure);
    } catch (error) {
      options.warn(`cannot reconcile job '${nameOf(job)}' of invocation ${invocation.id}: ${String(error)}`);
    }
  }
  return { ended, needsCoordinator };
}

type ActiveJob = Extract<ExaminedJob, { kind: 'active' }>;

/** What was recorded; `failure` where somebody is to hear of it. */
interface Ended {
  failure: Failure | undefined;
}

function repairJob(
  store: Store,
  invocation: Invocation,
  { job, now, tooLate }: { job: ActiveJob; now: Date; tooLate: (name: string) => boolean },
): Ended | 'needs-coordinator' | 'left' {
  const { verdict, planned } = job;
  const recordUnlessTaken = (why: NotRun): Ended | 'left' => {
    if (planned === undefined || recordNotRun(store, invocation, planned, why, now) === 'taken') return 'left';
    return { failure: failureOfNotRun(planned, why) };
  };
  switch (verdict.kind) {
    case 'leave':
    case 'stale':
      return 'left';
    case 'claimed':
    case 'adopt':
      return 'needs-coordinator';
    case 'pending':
      if (job.marks.cancelRequested) return recordUnlessTaken({ kind: 'cancelled' });
      if (planned === undefined) return 'left';
      return tooLate(planned.name) ? recordUnlessTaken({ kind: 'never-started' }) : 'needs-coordinator';
    case 'not-run':
      if (planned === undefined) return 'left';
      finishNotRun(store, invocation, planned, verdict.why, now);
      return { failure: failureOfNotRun(planned, verdict.why) };
    case 'end':
      if (job.record === undefined && job.marks.startedAt === null && job.marks.exit === null && planned !== undefined) {
        return recordUnlessTaken({ kind: 'never-started' });
      }
      return recordEnd(store, invocation, job, verdict);
  }
}

function recordEnd(store: Store, invocation: Invocation, job: ActiveJob, verdict: Extract<Verdict, { kind: 'end' }>): Ended {
  const record = recordOfEnd(invocation, job, verdict);
  if (record === undefined) return { failure: undefined };
  const error = verdict.excess && excessText(verdict.excess);
  const written = writeFinalRecord(store, invocation, job.dir, record, error === undefined ? outputAfter(record) : { appendLine: error });
  return { failure: written === 'written' ? failureOf(job.dir, record, error) : undefined };
}

/** Which pending jobs nobody may start any more (jobs.md 6.2): last week's build must not begin by surprise. */
function isTooLate({ plan, jobs }: ExaminedInvocation, now: Date): (name: string) => boolean {
  if (plan === undefined || now.getTime() - plan.dispatchedAt.getTime() <= takeUpLimitMs) return () => false;
  // It was taken up in time, and is his to finish who did.
  if (jobs.some(isOwned)) return () => false;

  const running = new Set(jobs.filter((job) => job.kind === 'active' && job.verdict.kind !== 'pending' && job.verdict.kind !== 'end').map(nameOf));
  const needsOf = new Map(plan.jobs.map(({ name, needs, after = [] }) => [name, [...needs, ...after]]));
  const seen = new Map<string, boolean>();
  const waitsForRunning = (name: string): boolean => {
    const known = seen.get(name);
    if (known !== undefined) return known;
    seen.set(name, false); // stands while its needs are asked: a cycle waits for nothing that runs
    const waits = (needsOf.get(name) ?? []).some((need) => running.has(need) || waitsForRunning(need));
    seen.set(name, waits);
    return waits;
  };
  return (name) => !waitsForRunning(name);
}

/** Whether a living coordinator has it: then it has taken up the whole plan. */
function isOwned(job: ExaminedJob): boolean {
  return job.kind === 'active' && job.ownerAlive === true;
}

function nameOf(job: ExaminedJob): string {
  return job.kind === 'ended' ? job.record.name : (job.record?.name ?? job.planned?.name ?? job.dir);
}
