import { readdirSync, renameSync } from 'node:fs';
import { isErrno, lstatIfExists, moveToTrash } from '../fs';
import { holdsPin } from './pins';
import { invocationPath, isJobDir, jobDirPath, type Store } from './store';
import type { InvocationId } from './types';

/**
 * Takes an invocation out of everybody's sight; undefined if somebody else was first, or has pinned it since. Index and mark
 * go on naming it until they are mended.
 *
 * @param modifiedMs time of its directory when it was read, and not pinned
 * @returns what is to be deleted, and names of the job directories that went with it, or 'as-known' if they are those that were read
 */
export function trashInvocation(store: Store, id: InvocationId, modifiedMs: number): { path: string; jobDirs: readonly string[] | 'as-known' } | undefined {
  const path = moveToTrash(invocationPath(store, id));
  if (path === undefined) return undefined;
  // rename(2) leaves the time of the directory that is renamed alone; whoever pins it, or adds or removes a job, does not.
  if (lstatIfExists(path)?.mtimeMs === modifiedMs) return { path, jobDirs: 'as-known' };
  if (holdsPin(path) && putBack(path, invocationPath(store, id)) === 'put-back') return undefined;
  return { path, jobDirs: readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && isJobDir(entry.name) ? [entry.name] : [])) };
}

function putBack(trash: string, path: string): 'put-back' | 'taken' {
  try {
    renameSync(trash, path);
    return 'put-back';
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return 'taken'; // who writes there has made it anew meanwhile
    throw error;
  }
}

/** Takes a job out of everybody's sight; the path of what is to be deleted, or undefined if somebody else was first. */
export function trashJob(store: Store, id: InvocationId, dir: string): string | undefined {
  return moveToTrash(jobDirPath(store, id, dir));
}
