import { closeSync, fstatSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault, faultyBytes } from '../fault';
import { clearPlace, isErrno, lstatIfExists, lstatIfReachable, randomBytes, removeFile, unlessMissing } from '../fs';
import { markActive } from './active';
import { indexInvocation, invocationLine, jobLine } from './index-append';
import { eachLine, invocationIdOf, isInvocationLine, jobDirOf, openIndex, readRange, type IndexFile } from './index-lines';
import { parseRow, seenOf } from './index-row';
import { dropSegments } from './index-segments';
import { indexPath, isIndexComplete, stampIndex, unusable } from './index-stamp';
import { listInvocationIds, readInvocation } from './invocations';
import { isActive, readJobs } from './jobs';
import { invocationPath, type Store } from './store';
import type { Invocation, InvocationId } from './types';

/**
 * Makes sure that the index knows every invocation there is and nothing else, at flat cost when nobody but us has changed
 * the repository directory since. Invocations that other tools brought are read from their files; those with active jobs
 * get the mark that they lack.
 *
 * @returns 'incomplete' where the index cannot be written: what it says must not be relied on then
 */
export function refreshIndex(store: Store): 'complete' | 'incomplete' {
  if (isIndexComplete(store)) return 'complete';
  const before = timeOf(store);
  if (before === undefined) return 'complete'; // no store, nothing to know
  try {
    if (knowsExactly(store, listInvocationIds(store))) stampIndex(store, before);
    else rebuildIndex(store);
    return 'complete';
  } catch (error) {
    if (isErrno(error, ...unusable)) return 'incomplete';
    throw error;
  }
}

/**
 * Writes the index anew, oldest invocation first: what went is dropped, lines of the old index are taken over, and what it
 * did not know is read. Throws the system error where it cannot be written.
 */
export function rebuildIndex(store: Store): void {
  using old = openIndex(store);
  const known = old === undefined ? new Map<string, number[]>() : scan(old).lines;
  const entries = listInvocationIds(store)
    .flatMap((id) => {
      const entry = entryOf(store, id, old, known.get(id));
      return entry === undefined ? [] : [entry];
    })
    .toSorted((a, b) => a.invocation.createdAt.getTime() - b.invocation.createdAt.getTime());

  const temp = join(store.dir, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    writeLines(temp, linesOf(store, old, entries));
    if (DAFT_FAULTS) fault('index: rebuilt');
    if (lstatIfExists(indexPath(store))?.isDirectory() === true) clearPlace(indexPath(store));
    renameSync(temp, indexPath(store));
    dropSegments(store);
  } catch (error) {
    removeFile(temp);
    throw error;
  }

  // The stamp may say only what has been looked at: whatever came while we wrote is looked for once more.
  stampIndex(store, 0n);
  const time = timeOf(store) ?? 0n;
  const indexed = new Set<string>(entries.map(({ invocation }) => invocation.id));
  for (const id of listInvocationIds(store)) {
    if (indexed.has(id)) continue;
    const invocation = readInvocation(store, id);
    if (invocation !== 'gone' && !indexInvocation(store, invocation)) return;
  }
  stampIndex(store, time);
}

/** Whether the index is whole and has a line for each of these invocations, and for no other. */
function knowsExactly(store: Store, ids: readonly InvocationId[]): boolean {
  using index = openIndex(store);
  if (index === undefined) return false;
  const known = new Set<string>();
  let sound = true;
  const end = eachLine(index, 0, index.stats.size, ({ bytes }) => {
    const id = invocationIdOf(bytes);
    if (id !== undefined && isInvocationLine(bytes)) known.add(id);
    else if (id === undefined || !known.has(id)) sound = false; // the line of an invocation comes before those of its jobs
  });
  return sound && end === index.stats.size && known.size === ids.length && ids.every((id) => known.has(id));
}

/** Where the lines of each invocation begin and end, as pairs. */
function scan(index: IndexFile): { lines: Map<string, number[]> } {
  const lines = new Map<string, number[]>();
  eachLine(index, 0, index.stats.size, ({ bytes, start, end }) => {
    const id = invocationIdOf(bytes);
    if (id === undefined) return;
    const places = lines.get(id);
    if (places === undefined) lines.set(id, [start, end]);
    else places.push(start, end);
  });
  return { lines };
}

interface Entry {
  invocation: Invocation;
  /** Places of its lines in the old index; undefined: to be read from its files. */
  places: readonly number[] | undefined;
}

function entryOf(store: Store, id: InvocationId, old: IndexFile | undefined, places: readonly number[] | undefined): Entry | undefined {
  const invocation = old !== undefined && places !== undefined ? unchangedInvocation(store, id, old, places) : undefined;
  if (invocation !== undefined) return { invocation, places };
  const read = readInvocation(store, id);
  return read === 'gone' ? undefined : { invocation: read, places: undefined };
}

/** The invocation as its first line says, if the file has not changed since. */
function unchangedInvocation(store: Store, id: InvocationId, old: IndexFile, [start = 0, end = 0]: readonly number[]): Invocation | undefined {
  const row = parseRow(readRange(old, start, end).toString());
  const file = lstatIfReachable(join(invocationPath(store, id), 'invocation.json'));
  return row !== undefined && row.job === null && file !== undefined && row.seen === seenOf(file) ? row.invocation : undefined;
}

function* linesOf(store: Store, old: IndexFile | undefined, entries: readonly Entry[]): Generator<string | Buffer> {
  for (const { invocation, places } of entries) {
    if (old !== undefined && places !== undefined) yield* newestLines(old, places);
    else yield* freshLines(store, invocation);
  }
}

/** The lines of an invocation without those that a later one of the same job has replaced. */
function* newestLines(old: IndexFile, places: readonly number[]): Generator<Buffer> {
  const kept = new Map<string, Buffer>();
  for (let at = 0; at < places.length; ) {
    const from = places[at] ?? 0;
    const first = at;
    do at += 2;
    while (at < places.length && places[at] === places[at - 1]); // lines that follow one another are read at once
    const bytes = Buffer.from(readRange(old, from, places[at - 1] ?? from)); // a copy: they are held until they are written
    for (let line = first; line < at; line += 2) {
      const text = bytes.subarray((places[line] ?? 0) - from, (places[line + 1] ?? 0) - from);
      kept.set(jobDirOf(text), text);
    }
  }
  yield* kept.values();
}

function* freshLines(store: Store, invocation: Invocation): Generator<string> {
  yield invocationLine(store, invocation);
  const entries = readJobs(store, invocation.id);
  for (const entry of entries) {
    if (entry.kind !== 'recorded' || isActive(entry)) continue;
    const line = jobLine(store, invocation, entry.dir, entry.record);
    if (line !== undefined) yield line;
  }
  if (entries.some(isActive)) markActive(store, invocation.id);
}

function writeLines(path: string, lines: Iterable<string | Buffer>): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    let written = 0;
    let held: Buffer[] = [];
    let heldBytes = 0;
    const flush = (): void => {
      const bytes = Buffer.concat(held);
      writeFileSync(fd, DAFT_FAULTS ? faultyBytes('index: write', bytes) : bytes);
      written += heldBytes;
      held = [];
      heldBytes = 0;
    };
    for (const line of lines) {
      const bytes = typeof line === 'string' ? Buffer.from(line) : line;
      held.push(bytes);
      heldBytes += bytes.length;
      if (heldBytes > 1 << 20) flush();
    }
    flush();
    if (fstatSync(fd).size !== written) throw Object.assign(new Error(`EIO: short write of '${path}'`), { code: 'EIO' });
  } finally {
    closeSync(fd);
  }
}

function timeOf(store: Store): bigint | undefined {
  return unlessMissing(() => statSync(store.dir, { bigint: true, throwIfNoEntry: false }))?.mtimeNs;
}
