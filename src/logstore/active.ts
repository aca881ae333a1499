import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { clearPlace, createExclusive, isErrno, lstatIfExists, removeFile, unlessMissing } from '../fs';
import { changingRepository } from './index-stamp';
import { isHidden, type Store } from './store';
import type { InvocationId } from './types';

/** Ids that have a mark in `.active`: the invocations that may have active jobs (jobs.md 3.10). */
export function listActiveIds(store: Store): InvocationId[] {
  return namesOfMarks(store).filter((name) => !isHidden(name)) as InvocationId[];
}

/**
 * The directory comes with its first mark; who loses against the one that removes it makes it again. Throws ELOOP where
 * somebody has put a link in its place.
 */
export function markActive(store: Store, id: InvocationId): void {
  for (;;) {
    const found = lstatIfExists(activePath(store));
    if (found?.isSymbolicLink() === true) throw Object.assign(new Error(`ELOOP: a link, '${activePath(store)}'`), { code: 'ELOOP', path: activePath(store), syscall: 'open' });
    if (found?.isDirectory() !== true) changingRepository(store, () => makeDirectory(activePath(store)));
    try {
      createExclusive(join(activePath(store), id));
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}

function makeDirectory(path: string): void {
  if (lstatIfExists(path)?.isDirectory() === false) removeFile(path); // it holds no marks
  try {
    if (DAFT_FAULTS) fault('fs: before directory');
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** Removes the mark, and the directory with the last one. */
export function unmarkActive(store: Store, id: InvocationId): void {
  if (!isOurs(store)) return;
  clearPlace(join(activePath(store), id));
  if (DAFT_FAULTS) fault('active: unmarked');
  if (namesOfMarks(store).length > 0) return;
  changingRepository(store, () => {
    try {
      rmdirSync(activePath(store));
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error; // another mark has come, or somebody was first
    }
  });
}

/** When the mark was made; undefined without one. */
export function markedActiveAt(store: Store, id: InvocationId): Date | undefined {
  return lstatIfExists(join(activePath(store), id))?.mtime;
}

function namesOfMarks(store: Store): string[] {
  return isOurs(store) ? (unlessMissing(() => readdirSync(activePath(store))) ?? []) : [];
}

/** Followed, a link would make marks of somebody's files, and unmarking would remove them. */
function isOurs(store: Store): boolean {
  return lstatIfExists(activePath(store))?.isDirectory() === true;
}

function activePath(store: Store): string {
  return join(store.dir, '.active');
}
