import { join } from 'node:path';
import { clearPlace, isErrno, readPlainTextIfExists, writeFileAtomic } from '../fs';
import { asFields, asInteger, asText, parseFields } from './fields';
import { eachLine, isInvocationLine, worktreeOf, type IndexFile } from './index-lines';
import { parseRow } from './index-row';
import { changingRepository, unusable } from './index-stamp';
import type { Store } from './store';

/**
 * Which parts of the index speak of which worktree, so that a question about one of them reads its own parts only. Kept
 * in `.index-worktrees` for all of the index but what has been added lately, and derived from it.
 */
export interface Segments {
  /** Where the parts end, each behind a line; the last one where the last whole line does. */
  ends: number[];
  worktrees: Map<string, WorktreeSegments>;
}

export interface WorktreeSegments {
  invocations: number;
  newestMs: number;
  /**
   * Positions in `ends`, as pairs of first and last: `0 3 7 7` for 0 to 3 and 7. A text, since of hundreds of worktrees a
   * reader asks for one.
   */
  runs: string;
  /** The last of them. */
  last: number;
}

const segmentBytes = 1 << 18;

/** The segments of an index; what is not known of it yet is read, and kept once it is worth it. */
export function readSegments(store: Store, index: IndexFile): Segments {
  const segments = load(store, index) ?? { ends: [], worktrees: new Map<string, WorktreeSegments>() };
  const knownTo = segments.ends.at(-1) ?? 0;
  extend(segments, index, knownTo);
  if (index.stats.size - knownTo >= segmentBytes) save(store, index, segments);
  return segments;
}

/** The parts that speak of a worktree, or all of them, as places in the index, last to first. */
export function* rangesOf({ ends, worktrees }: Segments, worktree: string | undefined): Generator<{ from: number; to: number }> {
  const noted = worktree === undefined ? undefined : worktrees.get(worktree);
  if (worktree !== undefined && noted === undefined) return;
  // Should the text be damaged, all parts are looked at.
  const runs = asAscending(noted?.runs.split(' ').map(Number)) ?? [0, ends.length - 1];
  for (let run = runs.length - 2; run >= 0; run -= 2) {
    for (let at = runs[run + 1] ?? -1; at >= (runs[run] ?? 0); at -= 1) yield { from: ends[at - 1] ?? 0, to: ends[at] ?? 0 };
  }
}

/** Forgets what was derived from an index that has been replaced. */
export function dropSegments(store: Store): void {
  clearPlace(pathOf(store));
}

function extend({ ends, worktrees }: Segments, index: IndexFile, from: number): void {
  let begun = from;
  const end = eachLine(index, from, index.stats.size, ({ bytes, start }) => {
    const worktree = worktreeOf(bytes);
    if (worktree === undefined) return;
    if (start - begun >= segmentBytes) {
      ends.push(start);
      begun = start;
    }
    const born = isInvocationLine(bytes) ? parseRow(bytes.toString())?.invocation.createdAt : undefined;
    note(worktrees, worktree, { segment: ends.length, born });
  });
  if (end > begun) ends.push(end);
}

function note(worktrees: Segments['worktrees'], worktree: string, { segment, born }: { segment: number; born: Date | undefined }): void {
  let noted = worktrees.get(worktree);
  if (noted === undefined) {
    noted = { invocations: 0, newestMs: 0, runs: `${segment} ${segment}`, last: segment };
    worktrees.set(worktree, noted);
  }
  if (noted.last === segment - 1) noted.runs = `${noted.runs.slice(0, noted.runs.lastIndexOf(' '))} ${segment}`;
  else if (noted.last !== segment) noted.runs += ` ${segment} ${segment}`;
  noted.last = segment;
  if (born === undefined) return;
  noted.invocations += 1;
  noted.newestMs = Math.max(noted.newestMs, born.getTime());
}

function save(store: Store, index: IndexFile, { ends, worktrees }: Segments): void {
  const file = {
    index: index.stats.ino,
    ends,
    worktrees: [...worktrees].map(([worktree, { invocations, newestMs, runs, last }]) => ({ worktree, invocations, newest_ms: newestMs, runs, last })),
  };
  try {
    changingRepository(store, () => writeFileAtomic(pathOf(store), `${JSON.stringify(file)}\n`));
  } catch (error) {
    if (!isErrno(error, ...unusable)) throw error; // it is derived anew next time
  }
}

/** What is kept, if it is of this index and sound. */
function load(store: Store, index: IndexFile): Segments | undefined {
  let text: string | undefined;
  try {
    text = readPlainTextIfExists(pathOf(store));
  } catch (error) {
    if (isErrno(error, ...unusable)) return undefined;
    throw error;
  }
  const file = text === undefined ? undefined : parseFields(text);
  const ends = asAscending(file?.['ends']);
  if (file === undefined || ends === undefined || file['index'] !== index.stats.ino || !Array.isArray(file['worktrees'])) return undefined;
  if ((ends.at(-1) ?? 0) > index.stats.size) return undefined;
  const worktrees = new Map<string, WorktreeSegments>();
  for (const item of file['worktrees']) {
    const fields = asFields(item);
    const worktree = asText(fields?.['worktree']);
    const newestMs = asInteger(fields?.['newest_ms']);
    const invocations = asInteger(fields?.['invocations']);
    const runs = asText(fields?.['runs']);
    const last = asInteger(fields?.['last']);
    if (worktree === undefined || newestMs === null || invocations === null || runs === undefined || last === null) return undefined;
    worktrees.set(worktree, { invocations, newestMs, runs, last });
  }
  return { ends, worktrees };
}

function asAscending(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers: number[] = [];
  for (const item of value) {
    if (typeof item !== 'number' || !Number.isSafeInteger(item) || item < (numbers.at(-1) ?? 0)) return undefined;
    numbers.push(item);
  }
  return numbers;
}

function pathOf(store: Store): string {
  return join(store.dir, '.index-worktrees');
}
