import type { JobStatus } from '../logstore';
import type { History, HistoryInvocation } from './types';

export interface ListFilter {
  /** Undefined: all worktrees. */
  worktree: string | undefined;
  /** Invocations with at least one such job, with all their jobs. */
  status: JobStatus | undefined;
  hook: string | undefined;
}

/** Invocations that pass all filters, oldest first. */
export function listInvocations(history: History, { worktree, status, hook }: ListFilter): HistoryInvocation[] {
  const listed: HistoryInvocation[] = [];
  for (const entry of history.newestFirst(worktree)) {
    if (hook !== undefined && entry.invocation.hookType !== hook) continue;
    if (status !== undefined && !entry.jobs.some((job) => job.status === status)) continue;
    listed.push(entry);
  }
  return listed.toReversed();
}

/** Whether any worktree but this one has history. */
export function hasOtherHistory(history: History, worktree: string | undefined): boolean {
  return history.worktrees().some((other) => other.worktree !== worktree);
}
