import { closeSync, constants, fstatSync, readSync, type Stats } from 'node:fs';
import { isErrno, openPlainFile } from '../fs';
import { parseFields } from './fields';
import { indexPath, unusable } from './index-stamp';
import type { Store } from './store';
import type { InvocationId } from './types';

/** The index, open for reading. */
export interface IndexFile extends Disposable {
  readonly fd: number;
  /** As it was opened; lines that come later are somebody else's concern. */
  readonly stats: Stats;
  /** Where parts of it are read into, one after the other. */
  scratch: Buffer;
}

/** Undefined where there is no index that can be read. */
export function openIndex(store: Store): IndexFile | undefined {
  try {
    const fd = openPlainFile(indexPath(store), constants.O_RDONLY);
    return { fd, stats: fstatSync(fd), scratch: Buffer.alloc(0), [Symbol.dispose]: () => closeSync(fd) };
  } catch (error) {
    if (isErrno(error, ...unusable)) return undefined;
    throw error;
  }
}

export interface Line {
  /** Without its newline; valid until the next line is looked at. */
  bytes: Buffer;
  /** Where it begins and ends in the file, newline included. */
  start: number;
  end: number;
}

const chunkBytes = 1 << 20;
/** Longer than the command of any job that can be run. What has no newline for so long is no index. */
const longestLineBytes = 1 << 24;

/**
 * The whole lines between two places, first to last, without holding more than one of them and a chunk.
 *
 * @returns where the last whole line ends: less than `to` if something unfinished follows it, or a line that cannot be ours
 */
export function eachLine({ fd }: Pick<IndexFile, 'fd'>, from: number, to: number, look: (line: Line) => void): number {
  let buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(1, to - from)));
  let held = 0; // bytes of an unfinished line at the beginning of the buffer
  let place = from; // of the first byte of the buffer
  while (place + held < to) {
    if (held > longestLineBytes) break;
    if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const read = readSync(fd, buffer, held, Math.min(buffer.length - held, to - place - held), place + held);
    if (read === 0) break;
    const filled = held + read;
    let start = 0;
    for (let newline = buffer.indexOf(0x0a, held); newline !== -1 && newline < filled; newline = buffer.indexOf(0x0a, start)) {
      look({ bytes: buffer.subarray(start, newline), start: place + start, end: place + newline + 1 });
      start = newline + 1;
    }
    buffer.copy(buffer, 0, start, filled);
    held = filled - start;
    place += start;
  }
  return place;
}

/**
 * The lines between two places where lines begin, last to first, or those of them that hold the bytes `needle`: the others
 * are passed over without being looked at one by one. Reads all of it at once: meant for one segment.
 */
export function* linesBackwards(index: IndexFile, from: number, to: number, needle?: Buffer): Generator<Line> {
  const buffer = readRange(index, from, to);
  let end = buffer.length;
  if (buffer[end - 1] === 0x0a) end -= 1;
  while (end > 0) {
    if (needle !== undefined) {
      const found = buffer.lastIndexOf(needle, end - 1);
      if (found === -1) return;
      const next = buffer.indexOf(0x0a, found);
      if (next !== -1 && next < end) end = next;
    }
    const newline = buffer.lastIndexOf(0x0a, end - 1);
    yield { bytes: buffer.subarray(newline + 1, end), start: from + newline + 1, end: from + end + 1 };
    end = newline;
  }
}

/** The bytes between two places; they last until the next are read. */
export function readRange(index: IndexFile, from: number, to: number): Buffer {
  const size = to - from;
  // One for all: buffers are outside of the heap, and come in faster than they are collected.
  if (index.scratch.length < size) index.scratch = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const read = readSync(index.fd, index.scratch, filled, size - filled, from + filled);
    if (read === 0) break;
    filled += read;
  }
  return index.scratch.subarray(0, filled);
}

const head = Buffer.from('{"invocation_id":"');

/** The invocation a line speaks of, without parsing it; undefined for a line that is not one of ours, or torn. */
export function invocationIdOf(line: Buffer): string | undefined {
  if (line.at(-1) !== 0x7d || !line.subarray(0, head.length).equals(head)) return undefined;
  const end = line.indexOf(0x22, head.length);
  return end === -1 ? undefined : line.toString('latin1', head.length, end);
}

const beforeCreation = Buffer.from(',"invocation_created_at":"');

/** When the invocation of a line was created; NaN where it does not say so. */
export function createdMsOf(line: Buffer): number {
  const start = line.indexOf(beforeCreation) + beforeCreation.length;
  return Date.parse(line.toString('latin1', start, line.indexOf(0x22, start)));
}

/** Whether it is the line that every invocation has. In a text of the row the quotes would be escaped. */
export function isInvocationLine(line: Buffer): boolean {
  return line.includes(',"name":null,');
}

/** The directory of the job a line speaks of, as it is spelled there; the line of the invocation itself has `null`. */
export function jobDirOf(line: Buffer): string {
  return line.toString('utf8', line.lastIndexOf(',"job_dir":'), line.lastIndexOf(',"seen":'));
}

/** Which job a line speaks of, and what its record looked like, without parsing the rest; undefined for any other line. */
export function placeOf(line: Buffer): { id: InvocationId; dir: string; seen: string } | undefined {
  const id = invocationIdOf(line);
  const at = line.lastIndexOf(',"job_dir":');
  if (id === undefined || at === -1 || isInvocationLine(line)) return undefined;
  const { job_dir: dir, seen } = parseFields(`{${line.toString('utf8', at + 1)}`) ?? {};
  return typeof dir === 'string' && typeof seen === 'string' ? { id: id as InvocationId, dir, seen } : undefined;
}

/** The bytes that are in each line of a worktree, and in no other worktree's. */
export function worktreeNeedle(worktree: string): Buffer {
  return Buffer.from(`,"worktree":${JSON.stringify(worktree)},"hook_type":`);
}

/** The worktree of a line, without parsing all of it. */
export function worktreeOf(line: Buffer): string | undefined {
  const start = line.indexOf(',"worktree":');
  const end = line.indexOf(',"hook_type":', start);
  if (start === -1 || end === -1) return undefined;
  try {
    const label: unknown = JSON.parse(line.toString('utf8', start + 12, end));
    return typeof label === 'string' ? label : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
