import { findInvocations, readHistory, summariseWorktrees } from '../logstore';
import type { Store, StoredInvocation } from '../logstore';
import { rowOf } from './rows';
import type { History, HistoryInvocation, JobRow } from './types';

/** The recorded history of a repository, read as far as it is asked for. */
export function openHistory(store: Store, options: { coordinatorLive: boolean }): History {
  const withJobs = ({ invocation, jobs, countJobs }: StoredInvocation): HistoryInvocation => {
    let rows: JobRow[] | undefined;
    return {
      invocation,
      get jobs() {
        rows ??= jobs().map((job) => rowOf(store, invocation.id, job, options)); // many questions are about invocations alone
        return rows;
      },
      get jobCount() {
        return rows?.length ?? countJobs();
      },
    };
  };
  return {
    *newestFirst(worktree) {
      for (const stored of readHistory(store, worktree)) yield withJobs(stored);
    },
    withPrefix(prefix, worktree) {
      return findInvocations(store, prefix)
        .filter(({ invocation }) => worktree === undefined || invocation.worktree === worktree)
        .map(withJobs);
    },
    worktrees: () => summariseWorktrees(store),
  };
}
