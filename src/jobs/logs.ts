import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isErrno, unlessMissing } from '../fs';

const chunkBytes = 256 * 1024;

/**
 * Reads a log of any size in pieces, each of which lasts until the next.
 *
 * @returns 'missing' if there is no file; else whether the log ends as a text does, with a newline (or is empty)
 */
export function* readLog(path: string): Generator<Buffer, 'missing' | 'whole-lines' | 'open-line'> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'missing';
    throw error;
  }
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    let last = newline;
    for (;;) {
      // Synchronous: a round through the thread pool costs more than a piece.
      const length = readSync(fd, buffer);
      if (length === 0) return last === newline ? 'whole-lines' : 'open-line';
      last = buffer[length - 1] ?? newline;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** The end of a log, at most `maxBytes` of it; undefined if there is no file. */
export function readLogTail(path: string, { maxBytes }: { maxBytes: number }): { bytes: Buffer; beginsWithin: boolean } | undefined {
  const fd = unlessMissing(() => openSync(path, 'r'));
  if (fd === undefined) return undefined;
  try {
    const start = Math.max(0, fstatSync(fd).size - maxBytes);
    const buffer = Buffer.alloc(maxBytes);
    const length = readSync(fd, buffer, 0, maxBytes, start);
    return { bytes: buffer.subarray(0, length), beginsWithin: start > 0 };
  } finally {
    closeSync(fd);
  }
}

const newline = '\n'.charCodeAt(0);
