import { claimJob, writeFinalRecord, type Invocation, type JobRecord, type PlannedJob, type Store } from '../../logstore';
import { recordOfPlanned } from './records';

/** Why a planned job will never run (jobs.md 4.3, 6.4). */
export type NotRun =
  | { kind: 'held-back'; reason: 'dependency failed' | 'previous job failed' | 'cancelled' }
  /** Dropped by a cancel. */
  | { kind: 'cancelled' }
  /** Nobody took it up in time. */
  | { kind: 'never-started' }
  /** The system refused; the reason is for the user. */
  | { kind: 'could-not-start'; reason: string };

/**
 * Records that a planned job will not run, after taking its claim.
 *
 * @returns 'taken' if somebody else holds the claim: the record is theirs to write
 */
export function recordNotRun(store: Store, invocation: Invocation, planned: PlannedJob, why: NotRun, now: Date): 'recorded' | 'taken' {
  if (claimJob(store, invocation, planned.jobDir, formatPurpose(why)) === 'taken') return 'taken';
  finishNotRun(store, invocation, planned, why, now);
  return 'recorded';
}

/** Writes the record of a claim for this purpose: by its holder, or for him. */
export function finishNotRun(store: Store, invocation: Invocation, planned: PlannedJob, why: NotRun, now: Date): void {
  const ended: Pick<JobRecord, 'status' | 'finishedAt'> = statusOf(why, now);
  const log = why.kind === 'could-not-start' ? { appendLine: why.reason } : { replaceBy: textOf(why) };
  writeFinalRecord(store, invocation, planned.jobDir, { ...recordOfPlanned(invocation, planned, now), ...ended }, log);
}

function statusOf(why: NotRun, now: Date): Pick<JobRecord, 'status' | 'finishedAt'> {
  switch (why.kind) {
    case 'held-back':
      return { status: 'skipped', finishedAt: null };
    case 'cancelled':
      return { status: 'cancelled', finishedAt: now };
    case 'never-started':
      return { status: 'crashed', finishedAt: now };
    case 'could-not-start':
      return { status: 'failed', finishedAt: now };
  }
}

function textOf(why: Exclude<NotRun, { kind: 'could-not-start' }>): string {
  switch (why.kind) {
    case 'held-back':
      return why.reason;
    case 'cancelled':
      return 'cancelled before start';
    case 'never-started':
      return 'never started';
  }
}

/** As it stands in the claim. */
function formatPurpose(why: NotRun): string {
  return 'reason' in why ? `${why.kind}: ${why.reason}\n` : `${why.kind}\n`;
}

/** Undefined where the claim is a wrapper's, or of a later version. */
export function parsePurpose(text: string): NotRun | undefined {
  const [, kind, reason = ''] = /^([a-z-]+)(?:: ([\s\S]*))?\n$/.exec(text) ?? [];
  switch (kind) {
    case 'held-back':
      return reason === 'dependency failed' || reason === 'previous job failed' || reason === 'cancelled' ? { kind, reason } : undefined;
    case 'cancelled':
    case 'never-started':
      return { kind };
    case 'could-not-start':
      return { kind, reason };
    case undefined:
    default:
      return undefined;
  }
}
