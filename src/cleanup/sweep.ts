import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { electionDirectories, knock } from '../coordinator/client';
import { isErrno, isTemporaryName, lstatIfExists, removeFile, removeTrash } from '../fs';
import { parseRepoId, sweepNotices, type RepoId } from '../logstore';

/** A moment of the monotonic clock (`performance.now()`) from which on deletion is left to somebody else. */
export type Deadline = number;

/**
 * Deletes what nobody sees any more, as long as there is time.
 *
 * @returns how many of these paths are left
 */
export function deleteUntil(deadline: Deadline, paths: readonly string[]): number {
  for (const [index, path] of paths.entries()) {
    if (performance.now() > deadline) return paths.length - index;
    removeTrash(path);
  }
  return 0;
}

/** The same for leftovers inside records, whose age may be told by nothing but the time of their directory. */
export function deleteLeftovers(deadline: Deadline, paths: readonly string[]): number {
  const before = new Map(paths.map((path) => [dirname(path), lstatIfExists(dirname(path))]));
  const left = deleteUntil(deadline, paths);
  for (const [directory, stats] of before) {
    try {
      if (stats !== undefined) utimesSync(directory, stats.atime, stats.mtime);
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'EPERM', 'EACCES', 'EROFS')) throw error; // it is kept for longer, nothing else
    }
  }
  return left;
}

const dayMs = 24 * 60 * 60 * 1000;
const deadNameAfterMs = dayMs;
const abandonedAfterMs = dayMs;
const oldLogAfterMs = 7 * dayMs;
const oldNoticeAfterMs = 7 * dayMs;

/**
 * Removes what coordinators left in the state directory: names of elections that nobody listens on, old diagnostics, and
 * notices that nobody came to read (jobs.md 12.3, pass 0).
 *
 * @param options.repoId whose diagnostics; undefined: everybody's
 */
export async function sweepStateDirectory(stateDir: string, options: { repoId: RepoId | undefined; now: Date }): Promise<void> {
  for (const directory of electionDirectories(stateDir)) {
    for (const name of namesIn(directory)) {
      const path = join(directory, name);
      if (name.startsWith('.coordinator-') && isOlderThan(path, deadNameAfterMs, options.now) && (await isDeadSocket(path))) removeFile(path);
    }
  }
  sweepTemporaries([stateDir], options.now);
  sweepNotices(stateDir, new Date(options.now.getTime() - oldNoticeAfterMs));
  for (const name of namesIn(stateDir)) {
    const id = parseRepoId(/^coordinator-(.*)\.log$/.exec(name)?.[1] ?? '');
    if (id === undefined || (options.repoId !== undefined && id !== options.repoId)) continue;
    if (isOlderThan(join(stateDir, name), oldLogAfterMs, options.now)) removeFile(join(stateDir, name));
  }
}

/** Where daft writes inside the git directory of a repository. */
export function placesInGitDirectory(commonDir: string): string[] {
  const ours = join(commonDir, '.daft');
  const cache = join(ours, 'cache');
  return [commonDir, ours, ...namesIn(cache).map((kind) => join(cache, kind))];
}

/** Removes what a command was writing when it was killed, directly in these directories. */
export function sweepTemporaries(directories: readonly string[], now: Date): void {
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      const path = join(directory, name);
      if (!isTemporaryName(name) || !isOlderThan(path, abandonedAfterMs, now)) continue;
      try {
        removeFile(path);
      } catch (error) {
        if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw error; // somebody else's, in a place that we share
      }
    }
  }
}

/** A refused connection means that this inode is dead for good; anything else may live. */
async function isDeadSocket(path: string): Promise<boolean> {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true && (await knock(path)) === 'refused';
}

function isOlderThan(path: string, ageMs: number, now: Date): boolean {
  const found = lstatIfExists(path);
  return found !== undefined && now.getTime() - found.mtimeMs > ageMs;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}
