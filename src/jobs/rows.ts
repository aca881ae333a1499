import type { InvocationId, JobEntry, JobSummary, Store } from '../logstore';
import { isAlive } from '../process';
import { inspectGroup } from './group';
import type { JobRow } from './types';

/** What a listing shows of a job as it lies on disk. */
export function rowOf(store: Store, id: InvocationId, entry: JobSummary, { coordinatorLive }: { coordinatorLive: boolean }): JobRow {
  switch (entry.kind) {
    case 'recorded': {
      const { record } = entry;
      return {
        dir: entry.dir,
        name: record.name,
        status: record.status,
        stale: record.status === 'running' && isStale(store, id, entry, { coordinatorLive }),
        background: record.background,
        startedAt: record.startedAt,
        finishedAt: record.finishedAt,
        exitCode: record.exitCode,
        command: record.command,
        sizeBytes: entry.logSizeBytes,
      };
    }
    case 'indexed': {
      // Not spread: to add a property to a copy costs V8 half a kilobyte that is seldom collected, and these are many.
      const { dir, name, status, background, startedAt, finishedAt, exitCode, command, sizeBytes } = entry.job;
      return { dir, name, status, stale: false, background, startedAt, finishedAt, exitCode, command, sizeBytes };
    }
    case 'pending':
      return planned(entry, { status: 'pending', startedAt: null });
    case 'started':
      return planned(entry, { status: 'running', startedAt: entry.marks.startedAt });
    case 'unreadable':
      return {
        dir: entry.dir,
        name: entry.dir,
        status: 'unknown',
        stale: false,
        background: null,
        startedAt: null,
        finishedAt: null,
        exitCode: null,
        command: null,
        sizeBytes: entry.logSizeBytes,
      };
  }
}

function planned(
  entry: Extract<JobEntry, { kind: 'pending' | 'started' }>,
  state: Pick<JobRow, 'status' | 'startedAt'>,
): JobRow {
  return {
    dir: entry.dir,
    name: entry.planned.name,
    stale: false,
    background: true,
    finishedAt: null,
    exitCode: null,
    command: entry.planned.command,
    sizeBytes: entry.logSizeBytes,
    ...state,
  };
}

/** Whether nobody answers for a running job: its coordinator is dead, and so is what it started, as far as can be seen. */
function isStale(
  store: Store,
  id: InvocationId,
  entry: Extract<JobEntry, { kind: 'recorded' }>,
  { coordinatorLive }: { coordinatorLive: boolean },
): boolean {
  const { owner } = entry.record;
  const answered = owner === null ? coordinatorLive : isAlive(owner);
  return !answered && inspectGroup(store, id, entry).kind !== 'its-own';
}
