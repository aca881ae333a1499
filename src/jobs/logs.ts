import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { isErrno, openPlainFile } from '../fs';

const chunkBytes = 256 * 1024;

/** Opens a log for reading; undefined if there is none, or something else in its place: a FIFO would be waited for for ever. */
export function openLog(path: string): number | undefined {
  try {
    return openPlainFile(path, constants.O_RDONLY);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO')) return undefined;
    throw error;
  }
}

/**
 * Reads a log of any size in pieces, each of which lasts until the next.
 *
 * @returns 'missing' if there is no file; else whether the log ends as a text does, with a newline (or is empty)
 */
export function* readLog(path: string): Generator<Buffer, 'missing' | 'whole-lines' | 'open-line'> {
  const fd = openLog(path);
  if (fd === undefined) return 'missing';
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
  const fd = openLog(path);
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
