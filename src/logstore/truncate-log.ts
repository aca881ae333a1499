import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { openPlainFile, unlessMissing, writeFileAtomic } from '../fs';
import { outputLogPath, type Store } from './store';
import type { InvocationId } from './types';

const chunkBytes = 1 << 20;

/**
 * Replaces a log by its first `keepBytes` bytes and `footer`, atomically and without holding it. Throws the system error, of
 * a full disk for one, and has changed nothing then.
 *
 * @returns 'gone' if there is no log that long
 */
export function truncateLog(store: Store, id: InvocationId, dir: string, { keepBytes, footer }: { keepBytes: number; footer: string }): 'truncated' | 'gone' {
  const path = outputLogPath(store, id, dir);
  const fd = openLog(path);
  if (fd === undefined) return 'gone';
  try {
    if (fstatSync(fd).size < keepBytes) return 'gone';
    writeFileAtomic(path, headAndFooter(fd, keepBytes, footer));
    return 'truncated';
  } finally {
    closeSync(fd);
  }
}

/** The last bytes of a log as text; empty without one. */
export function readLogEnd(store: Store, id: InvocationId, dir: string, bytes: number): string {
  const fd = openLog(outputLogPath(store, id, dir));
  if (fd === undefined) return '';
  try {
    const end = Buffer.alloc(bytes);
    const read = readSync(fd, end, 0, bytes, Math.max(0, fstatSync(fd).size - bytes));
    return end.toString('utf8', 0, read);
  } finally {
    closeSync(fd);
  }
}

function openLog(path: string): number | undefined {
  return unlessMissing(() => openPlainFile(path, constants.O_RDONLY));
}

function* headAndFooter(fd: number, keepBytes: number, footer: string): Generator<Buffer> {
  for (let at = 0; at < keepBytes; ) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, keepBytes - at));
    const read = readSync(fd, chunk, 0, chunk.length, at);
    if (read === 0) break; // it has become shorter meanwhile
    yield chunk.subarray(0, read);
    at += read;
  }
  yield Buffer.from(footer);
}
