import { renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fault } from '../fault';
import { isErrno, lstatIfExists } from './errno';
import { removeFile } from './files';
import { randomBytes } from './random';

/**
 * Renames a directory to `.deleting-<name>` (unique suffix if taken) beside itself, then removes it recursively. From
 * the rename on it is gone for every reader; what cannot be removed yet stays as trash for the clean-up.
 *
 * @returns 'gone' if somebody else was first
 */
export function moveToTrashAndRemove(path: string): 'removed' | 'gone' {
  const trash = moveToTrash(path);
  if (trash === undefined) return 'gone';
  if (DAFT_FAULTS) fault('fs: moved to trash');
  removeTrash(trash);
  return 'removed';
}

/** The rename alone: path of the trash, or undefined if somebody else was first. */
export function moveToTrash(path: string): string | undefined {
  const plain = `${dirname(path)}/.deleting-${basename(path)}`;
  for (let trash = plain; ; trash = `${plain}-${randomBytes(4).toString('hex')}`) {
    try {
      if (DAFT_FAULTS) fault('fs: before trash');
      renameSync(path, trash);
      return trash;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
    }
  }
}

/** Removes trash recursively, as far as that is possible now. */
export function removeTrash(trash: string): void {
  try {
    rmSync(trash, { recursive: true, force: true });
  } catch (error) {
    // Somebody still writes there, or another clean-up removes the same trash: the next one finishes it.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Removes a file that is ours, or whatever has its name; a missing one is fine. */
export function clearPlace(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    // POSIX has EPERM for what Linux calls EISDIR. Never through a link: what it leads to is not ours.
    if (!isErrno(error, 'EISDIR', 'EPERM') || !isDirectory(path) || !isDirectory(dirname(path))) throw error;
    moveToTrashAndRemove(path);
  }
}

function isDirectory(path: string): boolean {
  return lstatIfExists(path)?.isDirectory() === true;
}
