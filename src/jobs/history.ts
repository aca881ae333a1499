import { findInvocations, readHistory, readHistoryOldestFirst, summariseWorktrees } from '../logstore';
import type { Invocation, Store, StoredInvocation } from '../logstore';
import { rowOf } from './rows';
import type { History, HistoryInvocation, JobRow } from './types';

interface Look {
  store: Store;
  coordinatorLive: boolean;
}

/**
 * Its jobs are read when they are asked for: many questions are about invocations alone. A class, because each literal with
 * an accessor would get a shape of its own, which lives long and holds all that the accessor sees.
 */
class RecordedInvocation implements HistoryInvocation {
  readonly #stored: StoredInvocation;
  readonly #look: Look;
  #rows: JobRow[] | undefined;

  constructor(stored: StoredInvocation, look: Look) {
    this.#stored = stored;
    this.#look = look;
  }

  get invocation(): Invocation {
    return this.#stored.invocation;
  }

  get jobs(): readonly JobRow[] {
    const { store } = this.#look;
    this.#rows ??= this.#stored.jobs().map((job) => rowOf(store, this.invocation.id, job, this.#look));
    return this.#rows;
  }

  get jobCount(): number {
    return this.#rows?.length ?? this.#stored.countJobs();
  }
}

/** The recorded history of a repository, read as far as it is asked for. */
export function openHistory(store: Store, { coordinatorLive }: { coordinatorLive: boolean }): History {
  const withJobs = (stored: StoredInvocation): HistoryInvocation => new RecordedInvocation(stored, { store, coordinatorLive });
  return {
    *newestFirst(worktree) {
      for (const stored of readHistory(store, worktree)) yield withJobs(stored);
    },
    *oldestFirst(worktree) {
      for (const stored of readHistoryOldestFirst(store, worktree)) yield withJobs(stored);
    },
    withPrefix(prefix, worktree) {
      return findInvocations(store, prefix)
        .filter(({ invocation }) => worktree === undefined || invocation.worktree === worktree)
        .map(withJobs);
    },
    worktrees: () => summariseWorktrees(store),
  };
}
