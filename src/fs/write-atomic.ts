import { closeSync, fstatSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fault, faultyBytes } from '../fault';
import { isErrno } from './errno';
import { randomBytes } from './random';

export interface WriteOptions {
  /** Waits until the content is on the medium before it gets its name. */
  fsync?: boolean;
  /** Default: 0600. */
  mode?: number;
}

/** What a file gets; pieces are for what is too large to be held whole. */
export type Content = string | Buffer | Iterable<Buffer>;

/**
 * Replaces `path` by `content` atomically: temp file `.tmp-*` in the same directory, whole write, rename.
 * The temp file is removed on failure. Throws the system error (ENOSPC, EIO, ENOENT of the directory, ...).
 */
export function writeFileAtomic(path: string, content: Content, options: WriteOptions = {}): void {
  const temp = writeTemp(dirname(path), content, options);
  try {
    if (DAFT_FAULTS) fault('fs: temp written');
    renameSync(temp, path);
    if (DAFT_FAULTS) fault('fs: renamed');
  } catch (error) {
    discard(temp);
    throw error;
  }
}

/**
 * Publishes `content` under `path` unless that exists: temp file, whole write, fsync if asked, link(2), unlink of the
 * temp name. A reader sees nothing or everything.
 */
export function publishExclusive(path: string, content: string | Buffer, options: WriteOptions = {}): 'published' | 'exists' {
  const temp = writeTemp(dirname(path), content, options);
  try {
    if (DAFT_FAULTS) fault('fs: temp written');
    linkSync(temp, path);
    if (DAFT_FAULTS) fault('fs: linked');
    return 'published';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'exists';
    throw error;
  } finally {
    discard(temp);
  }
}

/** Creates an empty file (mode 0600) that must not exist yet: the cheap atomic claim. */
export function createExclusive(path: string): 'created' | 'exists' {
  try {
    if (DAFT_FAULTS) fault('fs: before creation');
    closeSync(openSync(path, 'wx', 0o600));
    if (DAFT_FAULTS) fault('fs: created');
    return 'created';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'exists';
    throw error;
  }
}

/** Whether a file of this name is one that has not been published yet, or will not be any more: nobody else gives such names. */
export function isTemporaryName(name: string): boolean {
  return /^\.tmp-\d+-[\da-f]{12}$/.test(name);
}

function writeTemp(directory: string, content: Content, options: WriteOptions): string {
  // The temp file is a sibling: rename(2) and link(2) work only within one file system.
  const temp = join(directory, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
  if (DAFT_FAULTS) fault('fs: before temp');
  const fd = openSync(temp, 'wx', options.mode ?? 0o600);
  try {
    try {
      let expected = 0;
      for (const bytes of piecesOf(content)) {
        // writeFileSync goes on after a short write, writeSync would not.
        writeFileSync(fd, DAFT_FAULTS ? faultyBytes('fs: write', bytes) : bytes);
        expected += bytes.length;
      }
      const { size } = fstatSync(fd);
      if (size !== expected) throw shortWrite(temp, size, expected);
      if (options.fsync === true) {
        if (DAFT_FAULTS) fault('fs: fsync');
        fsyncSync(fd);
      }
    } finally {
      closeSync(fd); // may throw as well: some file systems report a full disk only here
    }
  } catch (error) {
    discard(temp);
    throw error;
  }
  return temp;
}

function piecesOf(content: Content): Iterable<Buffer> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return Buffer.isBuffer(content) ? [content] : content;
}

function shortWrite(path: string, size: number, expected: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`EIO: short write, ${size} of ${expected} bytes reached '${path}'`), { code: 'EIO', path, syscall: 'write' });
}

/** Removes a temp file of ours while something more important is under way: what stays behind is swept by the clean-up. */
function discard(temp: string): void {
  try {
    unlinkSync(temp);
  } catch {
    // the error that brought us here, or the success, is what the caller must hear of
  }
}
