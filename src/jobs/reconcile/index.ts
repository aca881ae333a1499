/** Repairs what dead coordinators left behind (jobs.md 6.8): a pure verdict per job, and the pass that applies it. */

import type { InvocationId, JobMarks, JobRecord, Plan, PlannedJob, Store } from '../../logstore';

export interface Evidence {
  record: JobRecord | undefined;
  planned: PlannedJob | undefined;
  plan: Pick<Plan, 'boot' | 'host' | 'dispatchedAt'> | undefined;
  marks: JobMarks;
  /** Whether the group of the recorded or marked pid lives and is that very group; null where there is no pid. */
  group: 'alive' | 'dead' | null;
  ownerAlive: boolean | null;
  coordinatorLive: boolean;
  /** mtime of output.log. */
  logModifiedAt: Date | null;
}

export type Verdict =
  | { kind: 'leave' }
  | { kind: 'stale' } // rule 7: stays running, displayed as stale
  | { kind: 'pending' } // to be taken up (again)
  | { kind: 'adopt'; pgid: number } // lives without its coordinator
  | { kind: 'end'; status: 'completed' | 'failed' | 'cancelled' | 'crashed'; exitCode: number | null; finishedAt: Date };

/** Rules 1-7 of jobs.md 6.8, first match wins. Pure. */
export declare function judge(evidence: Evidence, here: { boot: string; host: string; now: Date; staleRunningAfterSeconds: number }): Verdict;

export interface ReconcileReport {
  /** Invocations with pending jobs that may be taken up, or with survivors to adopt. */
  needCoordinator: InvocationId[];
  ended: number;
}

/** Judges every job of the invocations marked active (or of all, with `everywhere`) and records what ended. */
export declare function reconcile(
  store: Store,
  options: { now: Date; coordinatorLive: boolean; everywhere?: boolean; warn: (text: string) => void },
): ReconcileReport;
