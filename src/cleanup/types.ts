import type { InvocationId } from '../logstore';

/** All that clean-up decides on: what the records of one repository say, and how much room they take. */
export interface Snapshot {
  invocations: readonly InvocationFacts[];
  /** Of files that belong to no invocation. */
  otherBytes: number;
}

export interface InvocationFacts {
  id: InvocationId;
  worktree: string;
  createdAtMs: number;
  /** Latest start of its jobs; of one without, when it came to be. */
  recencyMs: number;
  /** Time of its directory when it was read. */
  modifiedMs: number;
  /** Its user wants to keep it. */
  pinned: boolean;
  jobs: readonly JobFacts[];
  /** Of files that belong to no job. */
  ownBytes: number;
}

export interface JobFacts {
  dir: string;
  name: string;
  active: boolean;
  /** Active, or of a plan that has an active job. */
  untouchable: boolean;
  /** Its start; of a job without readable record, the time of its directory. */
  sinceMs: number;
  retentionSeconds: number | null;
  failed: boolean;
  /** Of all its files. */
  bytes: number;
  /** Null where nothing can be cut: no log, a short one, still active, no record to note it in, or cut before. */
  log: { bytes: number; capBytes: number } | null;
}
