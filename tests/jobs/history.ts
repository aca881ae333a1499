import type { History, HistoryInvocation, JobRow } from '../../src/jobs';
import type { InvocationId } from '../../src/logstore';

export function job(name: string, fields: Partial<JobRow> = {}): JobRow {
  return {
    dir: name,
    name,
    status: 'completed',
    stale: false,
    background: true,
    startedAt: new Date('2026-04-10T12:01:00.000Z'),
    finishedAt: new Date('2026-04-10T12:01:03.000Z'),
    exitCode: 0,
    command: `make ${name}`,
    sizeBytes: 12,
    ...fields,
  };
}

export function invocation(
  id: string,
  worktree: string,
  jobs: readonly (string | JobRow)[],
  fields: Partial<HistoryInvocation['invocation']> = {},
): HistoryInvocation {
  return {
    invocation: {
      id: id.padEnd(16, '0') as InvocationId,
      trigger: 'worktree-post-create',
      hookType: 'worktree-post-create',
      worktree,
      createdAt: new Date('2026-04-10T12:00:00.000Z'),
      ...fields,
    },
    jobs: jobs.map((entry) => (typeof entry === 'string' ? job(entry) : entry)),
    jobCount: jobs.length,
  };
}

/** A history given oldest first, as a listing shows it. */
export function historyOf(...oldestFirst: readonly HistoryInvocation[]): History {
  const newest = oldestFirst.toReversed();
  const of = (worktree?: string) => newest.filter((entry) => worktree === undefined || entry.invocation.worktree === worktree);
  return {
    newestFirst: of,
    oldestFirst: (worktree) => of(worktree).toReversed(),
    withPrefix: (prefix, worktree) => of(worktree).filter((entry) => entry.invocation.id.startsWith(prefix)),
    worktrees: () =>
      [...new Set(newest.map(({ invocation }) => invocation.worktree))].map((worktree) => {
        const here = of(worktree).map(({ invocation }) => invocation.createdAt.getTime());
        return { worktree, invocations: here.length, newest: new Date(Math.max(...here)) };
      }),
  };
}
