import type { ResolvedJob } from './types';

export interface Partition {
  /** What the command waits for. */
  foreground: readonly ResolvedJob[];
  /** What it hands to the coordinator. */
  background: readonly ResolvedJob[];
  /** Declared background, but in the foreground part. */
  promoted: readonly { job: string; because: 'required by a foreground job' | 'interactive' }[];
}

/** Splits the jobs of one hook: those the command waits for, and those it hands to the coordinator. Keeps their order. */
export function partition(jobs: readonly ResolvedJob[]): Partition {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const awaited = new Set<string>();
  const needed = new Set<string>();
  const pending = jobs.filter((job) => job.interactive || !job.background);
  for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
    if (awaited.has(job.name)) continue;
    awaited.add(job.name);
    for (const need of job.needs) {
      needed.add(need);
      pending.push(...[byName.get(need)].filter((found) => found !== undefined));
    }
  }
  const foreground = jobs.filter(({ name }) => awaited.has(name));
  return {
    foreground,
    background: jobs.filter(({ name }) => !awaited.has(name)),
    promoted: foreground
      .filter(({ background }) => background)
      .map(({ name }) => ({ job: name, because: needed.has(name) ? 'required by a foreground job' : 'interactive' })),
  };
}
