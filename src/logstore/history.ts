import { join } from 'node:path';
import { clearPlace, isErrno, lstatIfExists, lstatIfReachable } from '../fs';
import { keepHeapSmall } from '../process';
import { createdMsOf, invocationIdOf, isInvocationLine, linesBackwards, openIndex, readRange, worktreeNeedle, type IndexFile, type Line } from './index-lines';
import { refreshIndex } from './index-refresh';
import { parseRow, seenOf } from './index-row';
import { rangesOf, readSegments, type Segments } from './index-segments';
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

/**
 * The same, oldest first, for who wants all of them: however many there are, little more is held than their names. The jobs
 * are read as the index knew them when their invocation came.
 */
export function* readHistoryOldestFirst(store: Store, worktree?: string): Generator<StoredInvocation> {
  const complete = refreshIndex(store) === 'complete';
  using index = complete ? openIndex(store) : undefined;
  const segments = index && readSegments(store, index);
  const bytes = segments === undefined ? 0 : [...rangesOf(segments, worktree)].reduce((sum, { from, to }) => sum + to - from, 0);
  using _ = bytes > little ? keepHeapSmall() : undefined; // from here on: looking for the places makes as much garbage as reading them
  const located = index && segments && locate(store, index, segments, worktree);
  if (index === undefined || segments === undefined || located === undefined) {
    yield* [...readFromFiles(store, worktree)].toReversed();
    return;
  }
  let sound = true;
  for (const [id, places] of located) {
    const { born, rows, torn } = readRows(index, places);
    sound &&= !torn;
    const invocation = born === undefined ? readInvocation(store, id) : verify(store, born);
    if (invocation === 'gone' || (worktree !== undefined && invocation.worktree !== worktree)) continue;
    yield { invocation, jobs: () => readJobsBeside(store, id, rows), countJobs: () => countJobs(store, id) };
  }
  if (!sound) distrustIndex(store, { sound });
}

/** So many bytes of index are read without a thought of memory. */
const little = 1 << 20;

/** Invocations whose id begins with `prefix`, newest first; none where it is empty: it comes of a variable that is not set. */
export function findInvocations(store: Store, prefix: string): StoredInvocation[] {
  if (prefix === '') return [];
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
    for (const { bytes: line } of linesBackwards(index, from, to, needle)) {
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

/** Where the lines of one invocation are, as pairs of beginning and end, last to first. */
type Places = number[];

/**
 * The places of each invocation, in the order of their creation. Nothing that is parsed is held: V8 notices what lives long,
 * and makes more of the kind where it is seldom collected.
 *
 * @returns undefined for an index that would not tell of all of them: it is made anew for the next reader
 */
function locate(store: Store, index: IndexFile, segments: Segments, worktree: string | undefined): [InvocationId, Places][] | undefined {
  const needle = worktree === undefined ? undefined : worktreeNeedle(worktree);
  const located = new Map<string, { createdMs: number; places: Places; isBorn: boolean }>();
  let sound = true;
  for (const { from, to } of rangesOf(segments, worktree)) {
    for (const line of linesBackwards(index, from, to, needle)) {
      const id = invocationIdOf(line.bytes);
      if (id === undefined) {
        sound &&= line.bytes.length === 0; // as it is after a torn line
        continue;
      }
      let known = located.get(id);
      if (known === undefined) located.set(id, (known = { createdMs: createdMsOf(line.bytes), places: [], isBorn: false }));
      known.isBorn ||= isInvocationLine(line.bytes);
      addPlace(known.places, line);
    }
  }
  const isThere = (id: string): boolean => lstatIfExists(invocationPath(store, id as InvocationId)) !== undefined;
  if (!sound || ![...located].every(([id, { createdMs, isBorn }]) => isBorn && !Number.isNaN(createdMs) && isThere(id))) {
    distrustIndex(store, { sound });
    return undefined;
  }
  return [...located]
    .toReversed()
    .toSorted(([, a], [, b]) => a.createdMs - b.createdMs)
    .map(([id, { places }]) => [id as InvocationId, places]);
}

/** Lines that follow one another are one place. */
function addPlace(places: Places, { start, end }: Line): void {
  if (places.at(-2) === end) places[places.length - 2] = start;
  else places.push(start, end);
}

/** The row of the invocation itself, and the newest of each of its jobs by its directory; some are missing where one is torn. */
function readRows(index: IndexFile, places: Places): { born: IndexRow | undefined; rows: Map<string, IndexRow>; torn: boolean } {
  const rows = new Map<string, IndexRow>();
  let born: IndexRow | undefined;
  let torn = false;
  for (let at = places.length - 2; at >= 0; at -= 2) {
    for (const line of readRange(index, places[at] ?? 0, places[at + 1] ?? 0).toString().split('\n')) {
      if (line === '') continue;
      const row = parseRow(line);
      if (row === undefined) torn = true;
      else if (row.job === null) born = row;
      else rows.set(row.job.dir, row);
    }
  }
  return { born, rows, torn };
}

function verify(store: Store, { invocation, seen }: IndexRow): Invocation | 'gone' {
  const file = lstatIfReachable(join(invocationPath(store, invocation.id), 'invocation.json'));
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
    const meta = row?.job == null ? undefined : lstatIfReachable(metaPath(store, id, dir));
    if (row?.job != null && meta !== undefined && seenOf(meta) === row.seen) {
      return [{ kind: 'indexed', dir, job: { ...row.job, sizeBytes: readLogSize(store, id, dir) } }];
    }
    planned ??= new Map(readPlan(store, id)?.jobs.map((job) => [job.jobDir, job]));
    const entry = readJob(store, id, dir, { planned: planned.get(dir), mayPend: false });
    return entry === undefined ? [] : [entry];
  });
  return sortJobs(jobs, []);
}
