import type { InvocationFacts, JobFacts, Snapshot } from './types';

/** What is to go of one invocation: all of it, or some of its jobs. */
export interface Removal {
  invocation: InvocationFacts;
  jobs: readonly JobFacts[];
  whole: boolean;
}

/** Of all its jobs, or of those that are chosen. */
export function removalOf(invocation: InvocationFacts, isChosen?: (job: JobFacts) => boolean): Removal {
  return new ChosenRemoval(invocation, isChosen);
}

/** Looks for its jobs when it is asked for them: there may be as many of these as invocations. */
class ChosenRemoval implements Removal {
  constructor(
    readonly invocation: InvocationFacts,
    readonly isChosen: ((job: JobFacts) => boolean) | undefined,
  ) {}

  get jobs(): readonly JobFacts[] {
    return this.isChosen === undefined ? this.invocation.jobs : this.invocation.jobs.filter(this.isChosen);
  }

  get whole(): boolean {
    return this.isChosen === undefined;
  }
}

const defaultRetentionSeconds = 7 * 24 * 60 * 60;

export interface RetentionRules {
  keepLast: number;
  /** Takes the place of every job's own retention; null: it does not. */
  olderThanSeconds: number | null;
  nowMs: number;
}

/** Pass 2 of jobs.md 12.3: the jobs that are older than they are to be kept, outside the floor. */
export function planRetention({ invocations }: Pick<Snapshot, 'invocations'>, rules: RetentionRules): Removal[] {
  const floor = findFloor(invocations, rules.keepLast);
  const isOld = (job: JobFacts): boolean => !job.untouchable && isOlderThan(job.sinceMs, retentionOf(job), rules);
  return invocations.flatMap((invocation): Removal[] => {
    if (floor.has(invocation) || invocation.pinned) return [];
    const { jobs } = invocation;
    const old = jobs.filter(isOld);
    const whole = old.length === jobs.length;
    if (whole && old.length === 0 && !isOlderThan(invocation.createdAtMs, defaultRetentionSeconds, rules)) return [];
    if (whole) return [removalOf(invocation)];
    return old.length > 0 ? [removalOf(invocation, isOld)] : [];
  });
}

/** The most recent invocations of each worktree, which neither age nor budget touches. */
export function findFloor(invocations: readonly InvocationFacts[], keepLast: number): ReadonlySet<InvocationFacts> {
  const floor = new Set<InvocationFacts>();
  const kept = new Map<string, number>();
  for (const invocation of invocations.toSorted((a, b) => compareRecency(b, a))) {
    const count = kept.get(invocation.worktree) ?? 0;
    if (count >= keepLast) continue;
    kept.set(invocation.worktree, count + 1);
    floor.add(invocation);
  }
  return floor;
}

/** Oldest first; the id decides between equals, so that every run sees the same order. */
export function compareRecency(a: InvocationFacts, b: InvocationFacts): number {
  return a.recencyMs - b.recencyMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Failures are looked at later than successes. What somebody has set holds as it was set. */
function retentionOf({ retentionSeconds, failed }: JobFacts): number {
  return retentionSeconds ?? (failed ? 2 : 1) * defaultRetentionSeconds;
}

/** What lies in the future is never old enough. */
function isOlderThan(sinceMs: number, retentionSeconds: number, { olderThanSeconds, nowMs }: RetentionRules): boolean {
  return nowMs - sinceMs > (olderThanSeconds ?? retentionSeconds) * 1000;
}
