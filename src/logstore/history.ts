import { join } from 'node:path';
import { clearPlace, isErrno, lstatIfExists } from '../fs';
import { invocationIdOf, isInvocationLine, linesBackwards, openIndex, worktreeNeedle, type IndexFile } from './index-lines';
import { refreshIndex } from './index-refresh';
import { parseRow, seenOf } from './index-row';
import { rangesOf, readSegments } from './index-segments';
import { indexPath, stampIndex, unusable } from './index-stamp';
import { listInvocationIds, listJobDirs, readInvocation } from './invocations';
import { readJob, readJobs, sortJobs } from './jobs';
import { hasPlanEnv, readPlan } from './read-plan';
import { metaPath, readLogSize } from './read-record';
import { invocationPath, type Store } from './store';
import type { IndexRow, Invocation, InvocationId, JobSummary, PlannedJob } from './types';

/** An invocation of the past or present, its jobs read when they are asked for. */
export interface StoredInvocation {
  readonly invocation: Invocation;
  /** In order of start, then name; pending ones last in plan order. */
  readonly jobs: () => JobSummary[];
  /** How many those are, for less than it takes to read them. */
  readonly countJobs: () => number;
}

/**
 * The invocations of a store, or of one worktree, newest first, read as far as the caller goes on asking. What it costs
 * depends on how many are asked for, not on how many there are: the index says which they are, their directories say
 * what became of them. Where the index cannot be kept, all are read from their files.
 */
export function* readHistory(store: Store, worktree?: string): Generator<StoredInvocation> {
  const complete = refreshIndex(store) === 'complete';
  using index = complete ? openIndex(store) : undefined;
  if (index === undefined) yield* readFromFiles(store, worktree);
  else yield* readFromIndex(store, index, worktree);
}

/** Invocations whose id begins with `prefix`, newest first. */
export function findInvocations(store: Store, prefix: string): StoredInvocation[] {
  return fromFiles(
    store,
    listInvocationIds(store).filter((id) => id.startsWith(prefix)),
  );
}

/** What the worktrees of a store hold, deleted ones included, unordered. */
export function summariseWorktrees(store: Store): { worktree: string; invocations: number; newest: Date }[] {
  const complete = refreshIndex(store) === 'complete';
  using index = complete ? openIndex(store) : undefined;
  if (index !== undefined) {
    return [...readSegments(store, index).worktrees].map(([worktree, { invocations, newestMs }]) => ({ worktree, invocations, newest: new Date(newestMs) }));
  }
  const summaries = new Map<string, { worktree: string; invocations: number; newest: Date }>();
  for (const { invocation } of readFromFiles(store, undefined)) {
    const { worktree, createdAt } = invocation;
    const summary = summaries.get(worktree);
    if (summary === undefined) summaries.set(worktree, { worktree, invocations: 1, newest: createdAt });
    else summary.invocations += 1; // the newest came first
  }
  return [...summaries.values()];
}

function* readFromFiles(store: Store, worktree: string | undefined): Generator<StoredInvocation> {
  for (const stored of fromFiles(store, listInvocationIds(store))) {
    if (worktree === undefined || stored.invocation.worktree === worktree) yield stored;
  }
}

function fromFiles(store: Store, ids: readonly InvocationId[]): StoredInvocation[] {
  return ids
    .flatMap((id) => {
      const invocation = readInvocation(store, id);
      return invocation === 'gone' ? [] : [{ invocation, jobs: () => readJobs(store, id), countJobs: () => countJobs(store, id) }];
    })
    .toSorted((a, b) => b.invocation.createdAt.getTime() - a.invocation.createdAt.getTime());
}

/**
 * Backwards through the index: the rows of an invocation's jobs come before its own line, which was written at its birth;
 * with that one its story is complete. An index that turns out to be damaged hides nothing: what it did not tell of is read
 * from its files at the end, and it is made anew for the next reader.
 */
function* readFromIndex(store: Store, index: IndexFile, worktree: string | undefined): Generator<StoredInvocation> {
  const needle = worktree === undefined ? undefined : worktreeNeedle(worktree);
  const rows = new Map<string, Map<string, IndexRow>>();
  const told = new Set<string>();
  let sound = true;
  let gone = 0;
  for (const { from, to } of rangesOf(readSegments(store, index), worktree)) {
    for (const line of linesBackwards(index, from, to, needle)) {
      const id = invocationIdOf(line);
      if (id !== undefined && told.has(id)) continue;
      const row = id === undefined ? undefined : parseRow(line.toString());
      if (id === undefined || row === undefined) {
        sound &&= line.length === 0; // as it is after a torn line
        continue;
      }
      if (!isInvocationLine(line)) {
        const ofInvocation = rows.get(id) ?? new Map<string, IndexRow>();
        rows.set(id, ofInvocation);
        // Backwards, the first one is the newest.
        if (row.job !== null && !ofInvocation.has(row.job.dir)) ofInvocation.set(row.job.dir, row);
        continue;
      }
      told.add(id);
      const invocation = verify(store, row);
      const ofInvocation = rows.get(id) ?? new Map<string, IndexRow>();
      rows.delete(id);
      if (invocation === 'gone') gone += 1;
      if (invocation === 'gone' || (worktree !== undefined && invocation.worktree !== worktree)) continue;
      yield { invocation, jobs: () => readJobsBeside(store, invocation.id, ofInvocation), countJobs: () => countJobs(store, invocation.id) };
    }
  }
  if (sound && rows.size === 0 && gone === 0) return;
  distrustIndex(store, { sound });
  const rest = listInvocationIds(store).filter((id) => !told.has(id));
  for (const stored of fromFiles(store, rest)) if (worktree === undefined || stored.invocation.worktree === worktree) yield stored;
}

/** Has the next reader look into the directory itself; lines that are no lines are not to be taken over into a new index. */
function distrustIndex(store: Store, { sound }: { sound: boolean }): void {
  try {
    if (sound) stampIndex(store, 0n);
    else clearPlace(indexPath(store));
  } catch (error) {
    if (!isErrno(error, ...unusable)) throw error; // where nothing can be written, every reader helps himself
  }
}

function verify(store: Store, { invocation, seen }: IndexRow): Invocation | 'gone' {
  const file = lstatIfExists(join(invocationPath(store, invocation.id), 'invocation.json'));
  return file !== undefined && seenOf(file) === seen ? invocation : readInvocation(store, invocation.id);
}

/** Without a pending job there are as many as directories. */
function countJobs(store: Store, id: InvocationId): number {
  return hasPlanEnv(store, id) ? readJobs(store, id).length : listJobDirs(store, id).length;
}

/** The jobs that are there, each by its row if that was taken from the record as it is now. */
function readJobsBeside(store: Store, id: InvocationId, rows: ReadonlyMap<string, IndexRow>): JobSummary[] {
  if (hasPlanEnv(store, id)) return readJobs(store, id);
  let planned: Map<string, PlannedJob> | undefined;
  const jobs = listJobDirs(store, id).flatMap((dir): JobSummary[] => {
    const row = rows.get(dir);
    const meta = row?.job == null ? undefined : lstatIfExists(metaPath(store, id, dir));
    if (row?.job != null && meta !== undefined && seenOf(meta) === row.seen) {
      return [{ kind: 'indexed', dir, job: { ...row.job, sizeBytes: readLogSize(store, id, dir) } }];
    }
    planned ??= new Map(readPlan(store, id)?.jobs.map((job) => [job.jobDir, job]));
    const entry = readJob(store, id, dir, { planned: planned.get(dir), mayPend: false });
    return entry === undefined ? [] : [entry];
  });
  return sortJobs(jobs, []);
}
