import { fault } from '../fault';
import { isErrno } from '../fs';
import {
  invocationPath,
  isActive,
  isPinned,
  jobDirPath,
  listActiveIds,
  readInvocation,
  readJobs,
  readLogEnd,
  rewriteRecord,
  trashInvocation,
  trashJob,
  truncateLog,
  unmarkActive,
  type Store,
} from '../logstore';
import type { Removal } from './retention';
import { contentOfCut, footerWithinBytes, readFooter, type Cut } from './truncation';

/** What went wrong with single items; the others go on. */
export type Failures = string[];

/**
 * Cuts logs and notes it in their records. One that cannot be cut, for want of room, stays as it is.
 *
 * @returns those that have the length of a cut log now, and how many of them were cut here
 */
export function applyCuts(store: Store, cuts: readonly Cut[], failures: Failures): { applied: Cut[]; truncated: number } {
  const applied: Cut[] = [];
  let truncated = 0;
  for (const cut of cuts) {
    try {
      const outcome = applyCut(store, cut);
      if (outcome === 'gone') continue;
      applied.push(cut);
      if (outcome === 'truncated') truncated += 1;
    } catch (error) {
      if (isErrno(error, 'ENOSPC', 'EDQUOT')) continue; // removal needs no room; the next run may find some
      failures.push(`cannot truncate the log of job '${cut.job.name}' in ${jobDirPath(store, cut.invocation.id, cut.job.dir)}: ${messageOf(error)}`);
    }
  }
  return { applied, truncated };
}

function applyCut(store: Store, { invocation: { id }, job: { dir }, capBytes, kind }: Cut): 'truncated' | 'noted' | 'gone' {
  const invocation = readInvocation(store, id);
  const entry = readJobs(store, id).find((candidate) => candidate.dir === dir);
  // Looked at again: since the plan was made it may have been removed, cut by somebody else, or set back to running.
  if (invocation === 'gone' || entry?.kind !== 'recorded' || entry.record.status === 'running' || entry.record.logTruncated) return 'gone';
  if (kind === 'verify') {
    const originalSizeBytes = readFooter(readLogEnd(store, id, dir, footerWithinBytes));
    if (originalSizeBytes !== undefined) rewriteRecord(store, invocation, dir, { ...entry.record, logTruncated: true, originalSizeBytes });
    return 'noted';
  }
  const originalSizeBytes = entry.logSizeBytes ?? 0;
  if (originalSizeBytes <= capBytes || truncateLog(store, id, dir, contentOfCut(originalSizeBytes, capBytes)) === 'gone') return 'gone';
  if (DAFT_FAULTS) fault('cleanup: log cut');
  rewriteRecord(store, invocation, dir, { ...entry.record, logTruncated: true, originalSizeBytes });
  return 'truncated';
}

export interface Removed {
  jobs: number;
  invocations: number;
  bytes: number;
  /** Paths that are out of sight, and to be deleted. */
  trash: string[];
}

/** Puts what is to go out of everybody's sight. Of two who do this at once, each item counts for the one who renamed it. */
export function applyRemovals(store: Store, removals: readonly Removal[], failures: Failures): Removed {
  const removed: Removed = { jobs: 0, invocations: 0, bytes: 0, trash: [] };
  const marked = new Set(listActiveIds(store));
  for (const removal of removals) {
    const { id } = removal.invocation;
    try {
      // A plan that was published, or a pin that was set, since the invocation was read must not go under.
      if (marked.has(id) && hasBecomeActive(store, removal)) continue;
      if (removal.whole) removeInvocation(store, removal, removed);
      else removeJobs(store, removal, removed);
      if (removal.whole && marked.has(id)) unmarkActive(store, id);
      if (DAFT_FAULTS) fault('cleanup: removed');
    } catch (error) {
      failures.push(`cannot remove ${invocationPath(store, id)}: ${messageOf(error)}`);
    }
  }
  return removed;
}

function hasBecomeActive(store: Store, { invocation }: Removal): boolean {
  const wasActive = new Set(invocation.jobs.filter(({ active }) => active).map(({ dir }) => dir));
  return readJobs(store, invocation.id).some((entry) => isActive(entry) && !wasActive.has(entry.dir));
}

function removeInvocation(store: Store, { invocation, jobs }: Removal, removed: Removed): void {
  const trash = trashInvocation(store, invocation.id, invocation.modifiedMs);
  if (trash === undefined) return;
  const { path, jobDirs } = trash;
  removed.trash.push(path);
  removed.invocations += 1;
  removed.jobs += jobDirs === 'as-known' ? jobs.length : jobDirs.length;
  removed.bytes += jobs.reduce((sum, { dir, bytes }) => (jobDirs === 'as-known' || jobDirs.includes(dir) ? sum + bytes : sum), invocation.ownBytes);
}

function removeJobs(store: Store, { invocation, jobs }: Removal, removed: Removed): void {
  if (isPinned(store, invocation.id)) return;
  for (const { dir, bytes } of jobs) {
    const trash = trashJob(store, invocation.id, dir);
    if (trash === undefined) continue;
    removed.trash.push(trash);
    removed.jobs += 1;
    removed.bytes += bytes;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
