import type { JobStatus } from '../logstore';
import type { History, HistoryInvocation } from './types';

export interface ListFilter {
  /** Undefined: all worktrees. */
  worktree: string | undefined;
  /** Invocations with at least one job of such a status, with all their jobs. */
  statuses: readonly JobStatus[] | undefined;
  hook: string | undefined;
  /** Only so many of those that pass the other filters, the newest; at least 1. */
  last: number | undefined;
}

/** Invocations that pass all filters, oldest first. With `last` the history is read no further back than needed. */
export function* listInvocations(history: History, filter: ListFilter): Generator<HistoryInvocation> {
  const { worktree, last } = filter;
  if (last !== undefined) {
    yield* newestThatPass(history, filter, last).toReversed().toSorted((a, b) => a.invocation.createdAt.getTime() - b.invocation.createdAt.getTime());
    return;
  }
  for (const entry of history.oldestFirst(worktree)) if (passes(entry, filter)) yield entry;
}

function newestThatPass(history: History, filter: ListFilter, count: number): HistoryInvocation[] {
  const newest: HistoryInvocation[] = [];
  for (const entry of history.newestFirst(filter.worktree)) {
    if (!passes(entry, filter)) continue;
    newest.push(entry);
    if (newest.length === count) break;
  }
  return newest;
}

function passes(entry: HistoryInvocation, { statuses, hook }: ListFilter): boolean {
  if (hook !== undefined && entry.invocation.hookType !== hook) return false;
  return statuses === undefined || entry.jobs.some((job) => statuses.includes(job.status));
}

/** Whether any worktree but this one has history. */
export function hasOtherHistory(history: History, worktree: string | undefined): boolean {
  return history.worktrees().some((other) => other.worktree !== worktree);
}
