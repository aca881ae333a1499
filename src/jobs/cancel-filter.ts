import type { InvocationId } from '../logstore';
import type { ActiveJob } from './active';

/** Which active jobs are meant. What is undefined excludes none; what is not must all be true. */
export interface CancelFilter {
  invocation?: InvocationId | undefined;
  /** The label. */
  worktree?: string | undefined;
  hook?: string | undefined;
  /** Running for at least so long; a pending job never is. */
  olderThanSecs?: number | undefined;
}

/** Of jobs that have something alive or are pending, those that the coordinator would choose by the same filter (jobs.md 7.2). */
export function selectForCancel<T extends Pick<ActiveJob, 'invocation' | 'row'>>(
  jobs: readonly T[],
  { invocation: id, worktree, hook, olderThanSecs }: CancelFilter,
  now: Date,
): T[] {
  return jobs.filter(
    ({ invocation, row }) =>
      (id === undefined || invocation.id === id) &&
      (worktree === undefined || invocation.worktree === worktree) &&
      (hook === undefined || invocation.hookType === hook) &&
      (olderThanSecs === undefined ||
        (row.status !== 'pending' && row.startedAt !== null && now.getTime() - row.startedAt.getTime() >= olderThanSecs * 1000)),
  );
}
