import type { GraphFault, ScheduledJob } from './types';

/**
 * Why this graph cannot be run, or undefined if it can: over `needs` and `after` alike. Unknown names are found before
 * cycles, each in the order of the jobs.
 */
export function findGraphFault(jobs: readonly ScheduledJob[]): GraphFault | undefined {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  for (const job of jobs) {
    const unknown = awaitedBy(job).find((name) => !byName.has(name));
    if (unknown !== undefined) return { kind: 'unknown-need', job: job.name, need: unknown };
  }

  const sound = new Set<string>();
  for (const { name } of jobs) {
    const path = findCycleFrom(name, byName, sound);
    if (path !== undefined) return { kind: 'cycle', path };
  }
  return undefined;
}

/** Everything that has to end before this one starts. */
function awaitedBy({ needs, after = [] }: ScheduledJob): readonly string[] {
  return after.length === 0 ? needs : [...needs, ...after];
}

/** Depth-first along what is awaited; `sound` collects the jobs from which no cycle can be reached. */
function findCycleFrom(start: string, byName: ReadonlyMap<string, ScheduledJob>, sound: Set<string>): string[] | undefined {
  // A list and not the call stack: a chain may be longer than that is deep.
  const path: { name: string; awaited: readonly string[]; next: number }[] = [];
  const onPath = new Set<string>();
  const enter = (name: string) => {
    const job = byName.get(name);
    path.push({ name, awaited: job === undefined ? [] : awaitedBy(job), next: 0 });
    onPath.add(name);
  };

  if (!sound.has(start)) enter(start);
  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const need = here.awaited[here.next];
    here.next += 1;
    if (need === undefined) {
      sound.add(here.name);
      onPath.delete(here.name);
      path.pop();
    } else if (onPath.has(need)) {
      const names = path.map(({ name }) => name);
      return [...names.slice(names.indexOf(need)), need];
    } else if (!sound.has(need)) {
      enter(need);
    }
  }
  return undefined;
}
