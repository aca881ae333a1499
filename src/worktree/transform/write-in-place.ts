import { closeSync, constants, fchmodSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * Writes a small file without a temporary one beside it: that would lie in the user's worktree, and stay there if we were
 * killed. At no moment is the file empty that had content before.
 */
export function writeInPlace(path: string, content: string, mode: number): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, mode);
  try {
    const bytes = Buffer.from(content);
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written, bytes.length - written, written);
    ftruncateSync(fd, bytes.length);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}
