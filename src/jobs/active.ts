import { listActiveIds, readInvocation, readJobs } from '../logstore';
import type { Invocation, InvocationId, JobEntry, Store } from '../logstore';
import { rowOf } from './rows';
import { isActive } from './types';
import type { JobRow } from './types';

/** A job that is pending or running, with what a canceller needs to know of it. */
export interface ActiveJob {
  invocation: Invocation;
  entry: JobEntry;
  row: JobRow;
}

/** Where a job is, to look at it again. */
export interface JobRef {
  id: InvocationId;
  dir: string;
}

/** The active jobs of the repository, of one worktree, or of one invocation. */
export function readActiveJobs(
  store: Store,
  options: { coordinatorLive: boolean; worktree?: string | undefined; invocation?: InvocationId | undefined },
): ActiveJob[] {
  const ids = options.invocation === undefined ? listActiveIds(store) : [options.invocation];
  return ids.flatMap((id) => {
    const invocation = readInvocation(store, id);
    if (invocation === 'gone') return [];
    if (options.worktree !== undefined && invocation.worktree !== options.worktree) return [];
    return readJobs(store, id)
      .map((entry) => ({ invocation, entry, row: rowOf(store, id, entry, options) }))
      .filter(({ row }) => isActive(row));
  });
}

/** Looks at some jobs again; a job whose record is gone is undefined. */
export function readJobsAgain(store: Store, refs: readonly JobRef[], options: { coordinatorLive: boolean }): (JobRow | undefined)[] {
  const byInvocation = new Map<InvocationId, Map<string, JobRow>>();
  return refs.map(({ id, dir }) => {
    let rows = byInvocation.get(id);
    if (rows === undefined) {
      rows = new Map(readJobs(store, id).map((entry) => [entry.dir, rowOf(store, id, entry, options)]));
      byInvocation.set(id, rows);
    }
    return rows.get(dir);
  });
}
