import type { InvocationFacts, JobFacts } from './types';

/**
 * Keeps facts in a few hundred bytes per invocation until it is decided what goes. The jobs of one that is kept are put
 * together anew each time they are asked for: alike, but not the same. Names that come again are kept once.
 */
export function createKeeper(): (facts: InvocationFacts) => InvocationFacts {
  const known = { worktrees: new Map<string, string>(), names: new Map<string, readonly string[]>() };
  return (facts) => new KeptInvocation(facts, known);
}

interface Known {
  worktrees: Map<string, string>;
  names: Map<string, readonly string[]>;
}

class KeptInvocation implements InvocationFacts {
  readonly id;
  readonly worktree;
  readonly createdAtMs;
  readonly recencyMs;
  readonly modifiedMs;
  readonly pinned;
  readonly ownBytes;
  /** Directory and name of each job. */
  readonly #names: readonly string[];
  /** Four for each job. */
  readonly #numbers: readonly number[];
  /** By the place of the job; of most invocations there are none. */
  readonly #logs: ReadonlyMap<number, JobFacts['log']> | undefined;

  constructor(facts: InvocationFacts, { worktrees, names }: Known) {
    const { jobs } = facts;
    this.id = facts.id;
    this.worktree = keptOnce(worktrees, facts.worktree, facts.worktree);
    this.createdAtMs = facts.createdAtMs;
    this.recencyMs = facts.recencyMs;
    this.modifiedMs = facts.modifiedMs;
    this.pinned = facts.pinned;
    this.ownBytes = facts.ownBytes;
    const ofJobs = jobs.flatMap(({ dir, name }) => [dir, name]);
    this.#names = keptOnce(names, ofJobs.join('\0'), ofJobs);
    // A copy, as that has no room to grow.
    this.#numbers = jobs.flatMap((job) => [job.sinceMs, job.bytes, job.retentionSeconds ?? Number.NaN, flagsOf(job)]).slice();
    const logs = jobs.flatMap(({ log }, at): [number, JobFacts['log']][] => (log === null ? [] : [[at, log]]));
    this.#logs = logs.length === 0 ? undefined : new Map(logs);
  }

  get jobs(): readonly JobFacts[] {
    const jobs: JobFacts[] = [];
    for (let at = 0; at * 4 < this.#numbers.length; at += 1) {
      const [sinceMs = 0, bytes = 0, retention = 0, flags = 0] = this.#numbers.slice(at * 4, at * 4 + 4);
      jobs.push({
        dir: this.#names[at * 2] ?? '',
        name: this.#names[at * 2 + 1] ?? '',
        active: (flags & 1) !== 0,
        untouchable: (flags & 2) !== 0,
        failed: (flags & 4) !== 0,
        sinceMs,
        retentionSeconds: Number.isNaN(retention) ? null : retention,
        bytes,
        log: this.#logs?.get(at) ?? null,
      });
    }
    return jobs;
  }
}

function keptOnce<T>(kept: Map<string, T>, key: string, value: T): T {
  const before = kept.get(key);
  if (before === undefined) kept.set(key, value);
  return before ?? value;
}

function flagsOf({ active, untouchable, failed }: JobFacts): number {
  return Number(active) + 2 * Number(untouchable) + 4 * Number(failed);
}
