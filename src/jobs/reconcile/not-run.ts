import { claimJob, writeFinalRecord, type Invocation, type JobRecord, type PlannedJob, type Store } from '../../logstore';
import { recordOfPlanned } from './records';

/** Why a planned job will never run (jobs.md 4.3). */
export type NotRun =
  | { kind: 'held-back'; reason: 'dependency failed' | 'previous job failed' | 'cancelled' }
  /** Dropped by a cancel. */
  | { kind: 'cancelled' }
  /** Nobody took it up in time. */
  | { kind: 'never-started' };

/**
 * Records that a planned job will not run, after taking its claim.
 *
 * @returns 'taken' if somebody else holds the claim: the record is theirs to write
 */
export function recordNotRun(store: Store, invocation: Invocation, planned: PlannedJob, why: NotRun, now: Date): 'recorded' | 'taken' {
  if (claimJob(store, invocation, planned.jobDir) === 'taken') return 'taken';
  const record = recordOfPlanned(invocation, planned, now);
  const ended = ((): { status: JobRecord['status']; finishedAt: Date | null; log: string } => {
    switch (why.kind) {
      case 'held-back':
        return { status: 'skipped', finishedAt: null, log: why.reason };
      case 'cancelled':
        return { status: 'cancelled', finishedAt: now, log: 'cancelled before start' };
      case 'never-started':
        return { status: 'crashed', finishedAt: now, log: 'never started' };
    }
  })();
  const { status, finishedAt, log } = ended;
  writeFinalRecord(store, invocation, planned.jobDir, { ...record, status, finishedAt }, { replaceBy: log });
  return 'recorded';
}
