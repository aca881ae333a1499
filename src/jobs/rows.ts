import type { JobEntry, JobRecord } from '../logstore';
import { bootId, groupState, hostName, isAlive, startToken } from '../process';
import type { JobRow } from './types';

/** What a listing shows of a job as it lies on disk. */
export function rowOf(entry: JobEntry, { coordinatorLive }: { coordinatorLive: boolean }): JobRow {
  switch (entry.kind) {
    case 'recorded': {
      const { record } = entry;
      return {
        dir: entry.dir,
        name: record.name,
        status: record.status,
        stale: record.status === 'running' && isStale(record, { coordinatorLive }),
        background: record.background,
        startedAt: record.startedAt,
        finishedAt: record.finishedAt,
        exitCode: record.exitCode,
        command: record.command,
        sizeBytes: entry.logSizeBytes,
      };
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

/** Whether nobody answers for a running job: its coordinator is dead, and so is what it started, as far as we can see. */
function isStale(record: JobRecord, { coordinatorLive }: { coordinatorLive: boolean }): boolean {
  const answered = record.owner === null ? coordinatorLive : isAlive(record.owner);
  return !answered && verifyGroup(record) !== 'alive';
}

/**
 * Whether the process group of a record lives and is certainly the one that was recorded; 'unknown' when that cannot be
 * told from here, in which case nothing may be signalled.
 */
export function verifyGroup(record: Pick<JobRecord, 'pid' | 'pidStart' | 'owner'>): 'alive' | 'extinct' | 'unknown' {
  if (record.pid === null) return 'unknown';
  if (record.owner !== null && (record.owner.host !== hostName() || record.owner.boot !== bootId())) return 'unknown';
  if (groupState(record.pid) === 'extinct') return 'extinct';
  if (record.pidStart === null) return 'unknown';
  const token = startToken(record.pid);
  // While a group has members its number is given to no other process: without its leader it is still the same group.
  return token === undefined || token === record.pidStart ? 'alive' : 'extinct';
}
