import { lstatIfExists } from '../fs';
import { examine, recordOfEnd, type Examiner } from '../jobs/reconcile';
import {
  hasPlanEnv,
  inspectInvocation,
  invocationPath,
  isActive,
  isPinned,
  readInvocation,
  readJobs,
  readPlan,
  type InvocationHoldings,
  type InvocationId,
  type JobEntry,
  type Store,
} from '../logstore';
import { capOf } from './truncation';
import type { InvocationFacts, JobFacts } from './types';

/** What is known of an invocation, and what lies in it that is nobody's any more. */
export interface Survey {
  facts: InvocationFacts;
  leftovers: readonly string[];
  /** It has active jobs, or what only those need. */
  unsettled: boolean;
}

/**
 * Reads one invocation; undefined if it is gone. Changes nothing.
 *
 * @param foresee judges active jobs as reconciliation would, for who may not let it happen
 */
export function survey(store: Store, id: InvocationId, { now, foresee }: { now: Date; foresee: Examiner | undefined }): Survey | undefined {
  const modifiedMs = lstatIfExists(invocationPath(store, id))?.mtimeMs;
  const invocation = readInvocation(store, id);
  const holdings = inspectInvocation(store, id, now);
  if (invocation === 'gone' || holdings === undefined || modifiedMs === undefined) return undefined;
  const found = readJobs(store, id);
  const entries = foresee !== undefined && found.some(isActive) ? foreseeEnds(store, id, found, foresee) : found;
  const untouchable = findUntouchable(store, id, entries);
  const starts = entries.map(startOf).filter((start) => start !== undefined);
  const facts: InvocationFacts = {
    id,
    worktree: invocation.worktree,
    createdAtMs: invocation.createdAt.getTime(),
    recencyMs: starts.length > 0 ? Math.max(...starts) : invocation.createdAt.getTime(),
    modifiedMs,
    pinned: isPinned(store, id),
    jobs: entries.map((entry) => factsOf(entry, { untouchable: untouchable.has(entry.dir), holdings })),
    ownBytes: holdings.bytes,
  };
  return { facts, leftovers: holdings.leftovers, unsettled: entries.some(isActive) || hasPlanEnv(store, id) };
}

/** One literal, with its fields in one order: a hundred thousand of them are to be held at once. */
function factsOf(entry: JobEntry, { untouchable, holdings }: { untouchable: boolean; holdings: InvocationHoldings }): JobFacts {
  const { dir } = entry;
  const active = isActive(entry);
  const record = entry.kind === 'recorded' ? entry.record : undefined;
  const name = nameOf(entry);
  return {
    dir,
    name: name === dir ? dir : name,
    active,
    untouchable,
    failed: record?.status === 'failed' || record?.status === 'crashed',
    sinceMs: sinceOf(entry),
    retentionSeconds: record?.retentionSeconds ?? null,
    bytes: holdings.jobBytes.get(dir) ?? 0,
    log: record === undefined || active || record.logTruncated ? null : excessOf(entry.logSizeBytes, capOf(record.maxLogSizeBytes)),
  };
}

function nameOf(entry: JobEntry): string {
  switch (entry.kind) {
    case 'recorded':
      return entry.record.name;
    case 'pending':
    case 'started':
      return entry.planned.name;
    case 'unreadable':
      return entry.dir;
  }
}

function sinceOf(entry: JobEntry): number {
  switch (entry.kind) {
    case 'recorded':
      return entry.record.startedAt.getTime();
    case 'unreadable':
      return entry.modifiedAt.getTime();
    case 'pending':
    case 'started':
      return Number.POSITIVE_INFINITY; // active, and so not old
  }
}

function excessOf(bytes: number | null, capBytes: number): JobFacts['log'] {
  return bytes === null || bytes < capBytes ? null : { bytes, capBytes };
}

/** The active jobs, and with one of a plan all others of that plan: their records are what it goes on by. */
function findUntouchable(store: Store, id: InvocationId, entries: readonly JobEntry[]): ReadonlySet<string> {
  const active = new Set(entries.filter(isActive).map(({ dir }) => dir));
  if (active.size === 0) return active;
  const planned = readPlan(store, id)?.jobs.map(({ jobDir }) => jobDir) ?? [];
  return planned.some((dir) => active.has(dir)) ? new Set([...active, ...planned]) : active;
}

function startOf(entry: JobEntry): number | undefined {
  switch (entry.kind) {
    case 'recorded':
      return entry.record.startedAt.getTime();
    case 'started':
      return entry.marks.startedAt?.getTime();
    case 'pending':
    case 'unreadable':
      return undefined;
  }
}

/** The jobs with those ended whose end reconciliation would record. */
function foreseeEnds(store: Store, id: InvocationId, entries: readonly JobEntry[], examiner: Examiner): readonly JobEntry[] {
  const examined = examine(store, id, examiner);
  if (examined === 'gone') return entries;
  const judged = new Map(examined.jobs.map((job) => [job.dir, job]));
  return entries.map((entry): JobEntry => {
    const job = judged.get(entry.dir);
    if (job?.kind !== 'active' || job.verdict.kind !== 'end') return entry;
    const record = recordOfEnd(examined.invocation, job, job.verdict);
    return record === undefined ? entry : { kind: 'recorded', dir: entry.dir, record, planned: job.planned, logSizeBytes: entry.logSizeBytes };
  });
}
