import { readMarks } from '../logstore';
import type { InvocationId, JobEntry, Store } from '../logstore';
import { hostName } from '../process';
import { inspectGroupOf } from './reconcile';

/** What stands behind a job that is said to run. Only 'its-own' may be signalled. */
export type RunningGroup =
  | { kind: 'its-own'; pgid: number }
  /** Its wrapper is gone, and nothing proves whose the processes are that still have its number. */
  | { kind: 'leaderless' }
  | { kind: 'gone' }
  /** No pid is recorded, or not yet. */
  | { kind: 'unknown' }
  | { kind: 'elsewhere'; host: string };

/** Looks for the process group of a running job, by its record or, before that is written, by its `pid` mark. */
export function inspectGroup(store: Store, id: InvocationId, entry: Extract<JobEntry, { kind: 'recorded' | 'started' }>): RunningGroup {
  const record = entry.kind === 'recorded' ? entry.record : undefined;
  const host = record?.owner?.host;
  if (host !== undefined && host !== hostName()) return { kind: 'elsewhere', host };
  const marks = entry.kind === 'recorded' ? readMarks(store, id, entry.dir) : entry.marks;
  const pgid = record?.pid ?? marks.pid;
  if (pgid === null) return { kind: 'unknown' };
  const group = inspectGroupOf(store, id, {
    dir: entry.dir,
    pgid,
    start: record?.pidStart ?? null,
    env: (record ?? entry.planned)?.env ?? {},
    startedAt: record?.startedAt ?? marks.startedAt ?? new Date(0),
    marks,
  });
  switch (group) {
    case 'its-own':
    case 'bereft': // killed from outside, and nobody has recorded that yet
      return { kind: 'its-own', pgid };
    case 'leaderless':
      return { kind: 'leaderless' };
    case 'foreign':
    case 'extinct':
      return { kind: 'gone' };
  }
}
