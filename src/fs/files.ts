import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { fault } from '../fault';
import { isErrno, unlessMissing } from './errno';

/** More than anything that is read as a whole; what is larger got there by mistake, or on purpose. */
export const longestBytes = 64 * 1024 * 1024;

/**
 * Content as UTF-8, or undefined if there is no such file (ENOENT, ENOTDIR). Other errors are thrown, and EFBIG for
 * more than 64 MiB. Never blocks and never goes on for ever: a FIFO that lies there reads as empty, or throws EINVAL while
 * somebody has it open, an endless device throws EFBIG.
 */
export function readTextIfExists(path: string): string | undefined {
  const fd = unlessMissing(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    if (found.isDirectory()) throw unfit('EISDIR', 'is a directory', path); // read(2) would not say which
    if (found.size > longestBytes) throw unfit('EFBIG', 'too large', path);
    return found.isFile() ? readFileSync(fd, 'utf8') : readSome(fd, path);
  } finally {
    closeSync(fd);
  }
}

/** More than anybody would put into a device. */
const mostOfDevice = 64 * 1024;

function readSome(fd: number, path: string): string {
  const buffer = Buffer.alloc(mostOfDevice);
  let held = 0;
  for (;;) {
    const read = readFrom(fd, buffer.subarray(held), path);
    if (read === 0) return buffer.toString('utf8', 0, held);
    held += read;
    if (held === buffer.length) throw unfit('EFBIG', 'no end', path);
  }
}

/** EAGAIN would be told of a file that is only busy, too. This one never becomes a file. */
function readFrom(fd: number, buffer: Buffer, path: string): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (isErrno(error, 'EAGAIN')) throw unfit('EINVAL', 'not a file', path);
    throw error;
  }
}

function unfit(code: 'EFBIG' | 'EINVAL' | 'EISDIR', why: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${why}, read '${path}'`), { code, path, syscall: 'read' });
}

/**
 * Creates a directory and its parents, new ones with mode 0700; an existing one is fine. Throws the system error, and
 * EEXIST or ENOTDIR where something else has the name.
 */
export function makePrivateDirectory(path: string): void {
  // Not mkdir's own `recursive`: where the kernel answers ENOENT below an existing parent (/proc), Node asks for ever.
  const missing = [path];
  for (let parent = dirname(path); !existsSync(parent); parent = dirname(parent)) missing.push(parent);
  for (const directory of missing.toReversed()) {
    try {
      if (DAFT_FAULTS) fault('fs: before directory');
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      if (!isErrno(error, 'EEXIST') || !statSync(directory).isDirectory()) throw error; // somebody else made it
    }
  }
}

/** Removes a file; a missing one is fine. */
export function removeFile(path: string): void {
  if (DAFT_FAULTS) fault('fs: before removal');
  unlessMissing(() => unlinkSync(path));
}
