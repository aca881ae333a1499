import type { Excess, JobMarks, JobRecord, Plan, PlannedJob } from '../../logstore';
import { parsePurpose, type NotRun } from './not-run';

/** All that can be known about one job that has no terminal record. */
export interface Evidence {
  record: JobRecord | undefined;
  planned: PlannedJob | undefined;
  plan: Pick<Plan, 'boot' | 'host' | 'dispatchedAt'> | undefined;
  marks: JobMarks;
  /**
   * Whether the group of the recorded or marked pid lives and is that very group, 'bereft' when its leader has gone and
   * members live on; null where there is no pid.
   */
  group: 'alive' | 'bereft' | 'dead' | null;
  /** Null where no owner is recorded. */
  ownerAlive: boolean | null;
  coordinatorLive: boolean;
  /** mtime of output.log. */
  logModifiedAt: Date | null;
}

export type Verdict =
  /** Somebody living answers for it, or it is not ours to judge. */
  | { kind: 'leave' }
  /** Rule 7: stays running, displayed as stale. */
  | { kind: 'stale' }
  /** To be taken up (again). */
  | { kind: 'pending' }
  /** Claimed within the last seconds by a wrapper whose pid is still to come. */
  | { kind: 'claimed' }
  /** Lives without its coordinator. */
  | { kind: 'adopt'; pgid: number }
  /** Claimed by somebody who died before he could record that it will not run. */
  | { kind: 'not-run'; why: NotRun }
  | {
      kind: 'end';
      status: 'completed' | 'failed' | 'cancelled' | 'crashed';
      exitCode: number | null;
      finishedAt: Date;
      /** By which it failed. */
      excess?: Excess;
    };

export interface Here {
  boot: string;
  host: string;
  now: Date;
  staleRunningAfterSeconds: number;
}

/** A wrapper writes its pid within milliseconds of its claim; one that has not in this time is dead. */
const claimGraceMs = 10_000;

/** Rules 1-7 of jobs.md 6.8 for a job without terminal record, first match wins. */
export function judge(evidence: Evidence, here: Here): Verdict {
  const { record, planned, plan, marks, group } = evidence;
  const somebodyAnswers = evidence.ownerAlive ?? evidence.coordinatorLive;
  if (somebodyAnswers) return { kind: 'leave' };

  const origin = record?.owner ?? plan;
  const hasStarted = record !== undefined || marks.startedAt !== null;
  const unseenAt = evidence.logModifiedAt ?? here.now;
  const crashed: Verdict = { kind: 'end', status: 'crashed', exitCode: null, finishedAt: unseenAt };
  const toldToEnd = endedAsTold(marks, marks.exit?.at ?? unseenAt);

  if (origin === undefined || origin.host === here.host) {
    const isOfThisBoot = origin === undefined || origin.boot === here.boot;
    const pid = record?.pid ?? marks.pid;
    // Whoever walked the ladder died on it: a job that was told to end is not over before its group is.
    if (toldToEnd !== undefined && isOfThisBoot && pid !== null && group === 'bereft') return { kind: 'adopt', pgid: pid };
    if (marks.exit !== null) return toldToEnd ?? endedWith(marks.exit);
    const notRun = record === undefined ? parsePurpose(marks.purpose) : undefined;
    if (notRun !== undefined) return { kind: 'not-run', why: notRun };
    if (!isOfThisBoot) return crashed;
    if (pid !== null && group !== null) return group === 'alive' ? { kind: 'adopt', pgid: pid } : (toldToEnd ?? crashed);
    if (pid === null && planned !== undefined) {
      if (marks.startedAt === null) return { kind: 'pending' };
      const age = here.now.getTime() - marks.startedAt.getTime();
      if (age > claimGraceMs) return toldToEnd ?? crashed;
    }
  }

  const startedAt = record?.startedAt ?? plan?.dispatchedAt;
  if (startedAt !== undefined && here.now.getTime() - startedAt.getTime() > here.staleRunningAfterSeconds * 1000) return crashed;
  if (!hasStarted) return { kind: 'leave' };
  return record === undefined && origin?.host === here.host ? { kind: 'claimed' } : { kind: 'stale' };
}

/** The end of a job that was told to, whatever exit code it gave; a cancel is the stronger reason. */
function endedAsTold({ cancelRequested, excess }: JobMarks, finishedAt: Date): Verdict | undefined {
  if (cancelRequested) return { kind: 'end', status: 'cancelled', exitCode: null, finishedAt };
  return excess === null ? undefined : { kind: 'end', status: 'failed', exitCode: null, finishedAt, excess };
}

function endedWith({ exitCode, at }: { exitCode: number; at: Date }): Verdict {
  return { kind: 'end', status: exitCode === 0 ? 'completed' : 'failed', exitCode, finishedAt: at };
}
