import { listInvocationIds, readInvocation, readJobs } from '../logstore';
import type { Invocation, Store } from '../logstore';
import { rowOf } from './rows';
import type { History, HistoryInvocation } from './types';

/** The recorded history of a repository, read as far as it is asked for. */
export function openHistory(store: Store, options: { coordinatorLive: boolean }): History {
  let known: Invocation[] | undefined;
  const invocations = (): Invocation[] => {
    known ??= listInvocationIds(store)
      .flatMap((id) => {
        const invocation = readInvocation(store, id);
        return invocation === 'gone' ? [] : [invocation];
      })
      .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    return known;
  };
  const withJobs = (invocation: Invocation): HistoryInvocation => ({
    invocation,
    jobs: readJobs(store, invocation.id).map((entry) => rowOf(store, invocation.id, entry, options)),
  });
  return {
    *newestFirst(worktree) {
      for (const invocation of invocations()) {
        if (worktree === undefined || invocation.worktree === worktree) yield withJobs(invocation);
      }
    },
    withPrefix(prefix, worktree) {
      return invocations()
        .filter((invocation) => invocation.id.startsWith(prefix) && (worktree === undefined || invocation.worktree === worktree))
        .map(withJobs);
    },
  };
}
