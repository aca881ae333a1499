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

/** Invocations that pass all filters, oldest first. The history is read no further back than needed. */
export function listInvocations(history: History, { worktree, statuses, hook, last }: ListFilter): HistoryInvocation[] {
  const listed: HistoryInvocation[] = [];
  for (const entry of history.newestFirst(worktree)) {
    if (hook !== undefined && entry.invocation.hookType !== hook) continue;
    if (statuses !== undefined && !entry.jobs.some((job) => statuses.includes(job.status))) continue;
    listed.push(entry);
    if (listed.length === last) break;
  }
  return listed.toReversed();
}

/** Whether any worktree but this one has history. */
export function hasOtherHistory(history: History, worktree: string | undefined): boolean {
  return history.worktrees().some((other) => other.worktree !== worktree);
}
