import { lstatIfExists } from '../../fs';
import {
  outputLogPath,
  readInvocation,
  readAdopter,
  readJobs,
  readMarks,
  readPlan,
  type Invocation,
  type InvocationId,
  type JobEntry,
  type JobMarks,
  type JobRecord,
  type Plan,
  type PlannedJob,
  type Store,
} from '../../logstore';
import { isAlive, type ProcessIdentity } from '../../process';
import { inspectGroupOf } from './job-group';
import { judge, type Evidence, type Here, type Verdict } from './judge';

export type ExaminedJob =
  | { kind: 'ended'; dir: string; record: JobRecord }
  | {
      kind: 'active';
      dir: string;
      record: JobRecord | undefined;
      planned: PlannedJob | undefined;
      marks: JobMarks;
      /** Whether a coordinator lives, other than the one that asks, that has started or adopted it; null where none is known. */
      ownerAlive: boolean | null;
      verdict: Verdict;
    };

export interface ExaminedInvocation {
  invocation: Invocation;
  plan: Plan | undefined;
  /** Unreadable records are left out: nothing can be done about them. */
  jobs: readonly ExaminedJob[];
}

export interface Examiner extends Here {
  /** Whether somebody else than the caller is a live coordinator of this repository. */
  coordinatorLive: boolean;
  /** A coordinator that asks about jobs it has adopted: they are judged as if their owner were dead. */
  self?: ProcessIdentity;
}

/** Reads one invocation and judges each of its jobs; 'gone' if it was removed. */
export function examine(store: Store, id: InvocationId, examiner: Examiner): ExaminedInvocation | 'gone' {
  const invocation = readInvocation(store, id);
  if (invocation === 'gone') return 'gone';
  const plan = readPlan(store, id);
  const jobs = readJobs(store, id).flatMap((entry) => {
    const examined = examineEntry(store, id, { entry, plan, examiner });
    return examined === undefined ? [] : [examined];
  });
  return { invocation, plan, jobs };
}

function examineEntry(
  store: Store,
  id: InvocationId,
  { entry, plan, examiner }: { entry: JobEntry; plan: Plan | undefined; examiner: Examiner },
): ExaminedJob | undefined {
  if (entry.kind === 'unreadable') return undefined;
  const { dir, planned } = entry;
  const record = entry.kind === 'recorded' ? entry.record : undefined;
  if (record !== undefined && record.status !== 'running') return { kind: 'ended', dir, record };
  const found = entry.kind === 'started' ? entry.marks : readMarks(store, id, dir);
  const group = groupOf(store, id, { dir, record, planned, marks: found });
  // It may have left its exit mark and died since the marks were read; once it is dead they do not change any more.
  const marks = group === 'alive' ? found : readMarks(store, id, dir);
  const ownerAlive = isOwnerAlive([record?.owner ?? null, marks.startedAt === null ? null : readAdopter(store, id, dir)], examiner);
  const verdict = judgeJob(store, id, { dir, record, planned, marks, group, ownerAlive, plan, examiner });
  return { kind: 'active', dir, record, planned, marks, ownerAlive, verdict };
}

interface Known {
  dir: string;
  record: JobRecord | undefined;
  planned: PlannedJob | undefined;
  marks: JobMarks;
  group: Evidence['group'];
  ownerAlive: boolean | null;
  plan: Plan | undefined;
  examiner: Examiner;
}

function judgeJob(store: Store, id: InvocationId, { dir, record, planned, marks, group, ownerAlive, plan, examiner }: Known): Verdict {
  return judge(
    {
      record,
      planned,
      plan,
      marks,
      group,
      ownerAlive,
      coordinatorLive: examiner.coordinatorLive,
      logModifiedAt: lstatIfExists(outputLogPath(store, id, dir))?.mtime ?? null,
    },
    examiner,
  );
}

/** Alive only while its leader is: the job ends with it, and what survives is for a cancel to stop. */
function groupOf(store: Store, id: InvocationId, { dir, record, planned, marks }: Pick<Known, 'dir' | 'record' | 'planned' | 'marks'>): Evidence['group'] {
  const pgid = record?.pid ?? marks.pid;
  if (pgid === null) return null;
  const startedAt = record?.startedAt ?? marks.startedAt ?? new Date(0);
  const found = inspectGroupOf(store, id, { dir, pgid, start: record?.pidStart ?? null, env: (record ?? planned)?.env ?? {}, startedAt, marks });
  switch (found) {
    case 'its-own':
      return 'alive';
    case 'bereft':
      return 'bereft';
    case 'leaderless':
    case 'foreign':
    case 'extinct':
      return 'dead';
  }
}

function isOwnerAlive(owners: readonly (ProcessIdentity | null)[], examiner: Examiner): boolean | null {
  const known = owners.filter((owner) => owner !== null);
  return known.length === 0 ? null : known.some((owner) => isAlive(owner) && !isSelf(owner, examiner));
}

function isSelf(owner: ProcessIdentity, { self }: Examiner): boolean {
  return self !== undefined && owner.pid === self.pid && owner.start === self.start;
}
