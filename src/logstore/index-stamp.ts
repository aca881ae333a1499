import { closeSync, constants, fstatSync, readSync, statSync, writeFileSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { clearPlace, isErrno, openPlainFile, readPlainTextIfExists, unlessMissing } from '../fs';
import type { Store } from './store';

/**
 * How a reader knows at flat cost that the index knows every invocation: `.index-seen` holds the time of the repository
 * directory after the last change of its names that was one of ours, and the size the index had then. Whoever changes
 * the names renews the stamp if it was good before. A change by anybody else, or two of ours at once, leaves a stamp that
 * does not fit, and the next reader looks into the directory itself.
 */
export function isIndexComplete(store: Store): boolean {
  const directory = look(store.dir);
  if (directory === undefined) return true; // nothing is there, and nothing is known
  const [time, size] = (readStamp(store) ?? '').trim().split(' ');
  if (time !== String(directory.mtimeNs)) return false;
  return size !== undefined && /^\d+$/.test(size) && isWholeFrom(indexPath(store), Number(size));
}

/** Whether a file of lines has at least this size and was not torn at its end, by a full disk or a power loss. */
function isWholeFrom(path: string, size: number): boolean {
  try {
    const fd = openPlainFile(path, constants.O_RDONLY);
    try {
      return fstatSync(fd).size >= size && endsWhole(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isErrno(error, ...unusable)) return false;
    throw error;
  }
}

/** Whether what is in a file ends with a newline. */
export function endsWhole(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}

/**
 * Says that the index knows what was there at `time` of the directory, by default now. Call it only while nothing but what
 * is in the index can have been there.
 */
export function stampIndex(store: Store, time?: bigint): void {
  try {
    if (DAFT_FAULTS) fault('index: stamp');
    // Opened before the look, as its creation changes the directory; written in place, as a rename would change it after.
    const fd = openPlainFile(stampPath(store), constants.O_WRONLY | constants.O_CREAT);
    try {
      const size = look(indexPath(store))?.size ?? 0n;
      writeFileSync(fd, `${time ?? look(store.dir)?.mtimeNs ?? 0n} ${size}`.padEnd(50));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!isErrno(error, ...unusable)) throw error; // a stamp that does not fit costs time, nothing else
    if (isErrno(error, 'EISDIR', 'ENXIO', 'EINVAL', 'ELOOP')) clearPlace(stampPath(store)); // one that is no file would cost it for ever
  }
}

/** A change of ours to the names in the repository directory that adds no invocation, or one that is in the index. */
export function changingRepository<T>(store: Store, change: () => T): T {
  const complete = isIndexComplete(store);
  const result = change();
  if (complete) stampIndex(store);
  return result;
}

export function indexPath(store: Store): string {
  return join(store.dir, '.index.jsonl');
}

/** What keeps us from writing what can be derived again; nobody's work depends on it. */
export const unusable = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EISDIR', 'ENOENT', 'ENOTDIR', 'EFBIG', 'ELOOP', 'EINVAL', 'ENXIO'];

function stampPath(store: Store): string {
  return join(store.dir, '.index-seen');
}

function readStamp(store: Store): string | undefined {
  try {
    return readPlainTextIfExists(stampPath(store));
  } catch (error) {
    if (isErrno(error, ...unusable)) return undefined;
    throw error;
  }
}

function look(path: string): BigIntStats | undefined {
  return unlessMissing(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
}
