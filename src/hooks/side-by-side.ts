import type { HookMode, ResolvedJob } from './types';

/** Whether any two of these jobs may run at the same time: neither awaits the other, and the mode allows it. */
export function runSideBySide(jobs: readonly ResolvedJob[], { mode, places }: { mode: HookMode; places: number }): boolean {
  if (places < 2 || jobs.length < 2) return false;
  const steps = mode === 'parallel' ? [jobs] : groupsOf(jobs);
  return steps.some((step) => !isChain(step, jobs));
}

/** Where jobs run one at a time, those of one group may still share their step. */
function groupsOf(jobs: readonly ResolvedJob[]): ResolvedJob[][] {
  const groups = new Map<string, ResolvedJob[]>();
  for (const job of jobs) {
    if (job.step === undefined || job.step === null) continue;
    groups.set(job.step, [...(groups.get(job.step) ?? []), job]);
  }
  return [...groups.values()];
}

/** Whether each of `some` awaits, directly or not, all the others that come before it: then their order is complete. */
function isChain(some: readonly ResolvedJob[], all: readonly ResolvedJob[]): boolean {
  const byName = new Map(all.map((job) => [job.name, job]));
  const members = new Set(some.map(({ name }) => name));
  const before = some.map(({ name }) => [...allAwaitedBy(name, byName)].filter((awaited) => members.has(awaited)).length);
  return before.toSorted((a, b) => a - b).every((count, index) => count === index);
}

function allAwaitedBy(name: string, byName: ReadonlyMap<string, ResolvedJob>): ReadonlySet<string> {
  const awaited = new Set<string>();
  const pending = [name];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const job = byName.get(next);
    for (const earlier of [...(job?.needs ?? []), ...(job?.after ?? [])]) {
      if (awaited.has(earlier)) continue;
      awaited.add(earlier);
      pending.push(earlier);
    }
  }
  return awaited;
}
