/** Invocations, plans, records, marks and index on disk; the one module that knows their formats (jobs.md 2 and 3). */
export type {
  IndexRow,
  Invocation,
  InvocationId,
  JobEntry,
  JobMarks,
  JobRecord,
  JobStatus,
  Plan,
  PlannedJob,
  RepoId,
  RepoPolicy,
  StoredStatus,
} from './types';
import type { Invocation, InvocationId, JobEntry, JobMarks, JobRecord, Plan, RepoId, RepoPolicy } from './types';

/** Reads `<common dir>/daft-id`; undefined if absent. Throws DaftError `Corrupt repo identity file at ...`. */
export declare function readRepoId(commonDir: string): RepoId | undefined;
/** Reads or creates it, race-free (jobs.md 2.2). */
export declare function ensureRepoId(commonDir: string): RepoId;

/** Where one repository's records are. Opening touches nothing. */
export interface Store {
  readonly stateDir: string;
  readonly repoId: RepoId;
  /** `<state>/jobs/<repo-id>` */
  readonly dir: string;
}
export declare function openStore(stateDir: string, repoId: RepoId): Store;

// Invocations -------------------------------------------------------------------------------------------------------

/** Creates the directory exclusively (id redrawn on collision) and writes `invocation.json`. */
export declare function createInvocation(store: Store, fields: Omit<Invocation, 'id'>): Invocation;
/** All invocation ids by directory name, unordered; hidden names skipped. */
export declare function listInvocationIds(store: Store): InvocationId[];
/** 'gone' if the directory vanished; unreadable files are pieced together from the jobs (jobs.md 12.4). */
export declare function readInvocation(store: Store, id: InvocationId): Invocation | 'gone';
/** Jobs in order of start, then name; pending ones last in plan order. Never throws for a bad record. */
export declare function readJobs(store: Store, id: InvocationId): JobEntry[];
/** Ids that have a mark in `.active`. */
export declare function listActiveIds(store: Store): InvocationId[];

// Job directories ---------------------------------------------------------------------------------------------------

/** Directory names for these job names (jobs.md 3.2), in the same order; collisions get `~2`, `~3`, ... */
export declare function jobDirNames(names: readonly string[]): string[];
export declare function jobDirPath(store: Store, id: InvocationId, dir: string): string;
export declare function outputLogPath(store: Store, id: InvocationId, dir: string): string;
/** Creates the job directory; re-creates a vanished invocation including `invocation.json` (jobs.md 3.1). */
export declare function ensureJobDir(store: Store, invocation: Invocation, dir: string): void;
export declare function readMarks(store: Store, id: InvocationId, dir: string): JobMarks;
/** Takes the claim `started`; whoever records a planned job as not run takes it first. */
export declare function claimJob(store: Store, invocation: Invocation, dir: string): 'claimed' | 'taken';
/** Writes the durable `cancel` mark. */
export declare function requestCancel(store: Store, invocation: Invocation, dir: string): void;

/** Writes a `running` record unless a terminal one is there (jobs.md 6.4). Unknown fields are kept. */
export declare function writeRunningRecord(store: Store, invocation: Invocation, dir: string, record: JobRecord): 'written' | 'already-ended';
/**
 * Writes the terminal record, its index line, and removes `pid`, `exit` and `cancel`. `log` replaces `output.log`, is
 * appended as last line, or removes it *before* the record is written (silent and completed).
 *
 * @returns 'already-ended', and touches nothing, if there is a terminal record: it is never overwritten
 */
export declare function writeFinalRecord(
  store: Store,
  invocation: Invocation,
  dir: string,
  record: JobRecord,
  log?: { replaceBy: string } | { appendLine: string } | 'remove',
): 'written' | 'already-ended';
/** Removes `env.json` and the `.active` mark once no job of the plan is active. Harmless to call early. */
export declare function settleInvocation(store: Store, id: InvocationId): 'settled' | 'active';

/** A foreground record in the making: output is spooled to `.writing-<dir>/output.log`, then renamed with `meta.json`. */
export interface RecordInTheMaking {
  append(chunk: Buffer): void;
  /** Publishes the record and its index line. */
  publish(record: JobRecord): void;
  discard(): void;
}
export declare function beginRecord(store: Store, invocation: Invocation, dir: string): RecordInTheMaking;
/** Adds the index line of an invocation that ended without jobs. */
export declare function recordJoblessInvocation(store: Store, invocation: Invocation): void;

// Plans -------------------------------------------------------------------------------------------------------------

/** Mark in `.active`, `env.json`, then `plan.json` (fsync each, link). The jobs exist from the moment this returns. */
export declare function publishPlan(store: Store, invocation: Invocation, plan: Plan, env: Readonly<Record<string, string>>): void;
export declare function readPlan(store: Store, id: InvocationId): Plan | undefined;
export declare function readPlanEnv(store: Store, id: InvocationId): Readonly<Record<string, string>> | undefined;
/** Takes a plan back whose coordinator could not be started: claims its jobs, then removes plan, env.json and marks. */
export declare function withdrawPlan(store: Store, invocation: Invocation): { claimed: string[] };

// Policy ------------------------------------------------------------------------------------------------------------

/** Stored policy, nulls for what was never set; a corrupt file is told through `warn` and counts as all null. */
export declare function readPolicy(store: Store, warn: (text: string) => void): RepoPolicy;
/** Merges per field with what is stored: a value given wins, null keeps. */
export declare function mergePolicy(store: Store, given: RepoPolicy, warn: (text: string) => void): void;
