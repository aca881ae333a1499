import type { ProcessIdentity } from '../process';

/** UUID of a clone, verbatim from `<common dir>/daft-id`. */
export type RepoId = string & { readonly __brand: 'RepoId' };
/** 16 lower-case hex digits. */
export type InvocationId = string & { readonly __brand: 'InvocationId' };

/** `invocation.json`, jobs.md 3.3. */
export interface Invocation {
  id: InvocationId;
  trigger: string;
  hookType: string;
  /** Worktree label: branch, or directory name of a branchless worktree. */
  worktree: string;
  createdAt: Date;
}

/** A status as stored. `pending` is derived from the plan and never stored; `unknown` is what a later version wrote. */
export type StoredStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'skipped' | 'crashed' | 'unknown';
export type JobStatus = 'pending' | StoredStatus;

/** `meta.json`, jobs.md 3.4. */
export interface JobRecord {
  name: string;
  hookType: string;
  worktree: string;
  command: string;
  workingDir: string;
  env: Readonly<Record<string, string>>;
  startedAt: Date;
  status: StoredStatus;
  exitCode: number | null;
  pid: number | null;
  background: boolean;
  finishedAt: Date | null;
  needs: readonly string[];
  retentionSeconds: number | null;
  maxLogSizeBytes: number | null;
  logTruncated: boolean;
  originalSizeBytes: number | null;
  backgroundOutput: 'log' | 'silent' | null;
  pidStart: string | null;
  owner: ProcessIdentity | null;
  timeoutSecs: number | null;
}

/** One job of `plan.json`, jobs.md 3.8. */
export interface PlannedJob {
  name: string;
  /** Directory name below the invocation. */
  jobDir: string;
  command: string;
  workingDir: string;
  /** Hook variables and the job's own `env`, never the inherited environment. */
  env: Readonly<Record<string, string>>;
  /** Names within the plan. */
  needs: readonly string[];
  /** Names within the plan whose end it awaits whatever their outcome (sequential groups); absent where there are none. */
  after?: readonly string[] | undefined;
  /** What `meta.json` gets. */
  declaredNeeds: readonly string[];
  backgroundOutput: 'log' | 'silent';
  /** Null: none. */
  timeoutSecs: number | null;
  retentionSeconds: number | null;
  maxLogSizeBytes: number | null;
  /** Reason under which the dispatching command has recorded it as not run; null if it is to run. */
  heldBack: string | null;
}

export interface Plan {
  dispatchedAt: Date;
  boot: string;
  host: string;
  daftVersion: string;
  /** Device of the dispatching command's stderr, if that was a terminal. */
  notifyTty: string | null;
  fdLimit: number | null;
  umask: number;
  /** git config `daft.jobs.maxParallel` of the dispatching command; null: the default. */
  maxParallel: number | null;
  /** git config `daft.jobs.logLimit` of the dispatching command: a job whose log is larger is stopped; null: none is. */
  logLimitBytes: number | null;
  jobs: readonly PlannedJob[];
}

/** `repo-policy.json`, jobs.md 3.6; null where nothing was ever set. */
export interface RepoPolicy {
  maxTotalSizeBytes: number | null;
  keepLast: number | null;
  staleRunningAfterSeconds: number | null;
}

/**
 * A job as a reader meets it: recorded, planned, or both. Derived per jobs.md 3.8; unreadable records (12.4) come as
 * 'unreadable' and are shown, never thrown.
 */
export type JobEntry =
  | { kind: 'recorded'; dir: string; record: JobRecord; planned: PlannedJob | undefined; logSizeBytes: number | null }
  | { kind: 'pending'; dir: string; planned: PlannedJob; logSizeBytes: number | null }
  /** Claimed, no record yet: about to be recorded as running, or left by a dead coordinator. */
  | { kind: 'started'; dir: string; planned: PlannedJob; marks: JobMarks; logSizeBytes: number | null }
  | { kind: 'unreadable'; dir: string; modifiedAt: Date; logSizeBytes: number | null };

/** The private marks in a job directory, jobs.md 3.9. */
export interface JobMarks {
  /** mtime of `started`. */
  startedAt: Date | null;
  /** Content of `started`: what its holder is about to record without running the job; empty where it runs it. */
  purpose: string;
  /** Content of `pid`; a mark that is not whole counts as missing. */
  pid: number | null;
  /** mtime of `pid`: the process cannot have started later. */
  pidMarkedAt: Date | null;
  exit: { exitCode: number; at: Date } | null;
  cancelRequested: boolean;
  /** Content of `because`; null where no limit has told the job to end. */
  excess: Excess | null;
}

/** Of what a running job took more than it may: it is told to end, and has failed by that. */
export type Excess = { kind: 'timeout'; afterSecs: number } | { kind: 'log-limit'; bytes: number };

/** A job that has ended, as the index knows it. */
export interface IndexedJob {
  dir: string;
  name: string;
  status: StoredStatus;
  background: boolean;
  startedAt: Date;
  finishedAt: Date | null;
  exitCode: number | null;
  command: string;
  sizeBytes: number | null;
}

/** A job in a listing: as the index has it, where that is as good as the record. */
export type JobSummary = JobEntry | { kind: 'indexed'; dir: string; job: IndexedJob };

/** One line of `.index.jsonl`. */
export interface IndexRow {
  invocation: Invocation;
  /** Null in the line that every invocation has, with or without jobs. */
  job: IndexedJob | null;
  /** What the file looked like that it was taken from. */
  seen: string;
}
