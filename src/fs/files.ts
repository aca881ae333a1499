import { closeSync, constants, mkdirSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { unlessMissing } from './errno';

/**
 * Content as UTF-8, or undefined if there is no such file (ENOENT, ENOTDIR). Other errors are thrown. Never blocks: a
 * FIFO that lies there reads as empty or throws EAGAIN.
 */
export function readTextIfExists(path: string): string | undefined {
  const fd = unlessMissing(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** Creates a directory and its parents, new ones with mode 0700. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Removes a file; a missing one is fine. */
export function removeFile(path: string): void {
  unlessMissing(() => unlinkSync(path));
}
