import type { GraphFault, ScheduledJob } from './types';

/**
 * Why this graph cannot be run, or undefined if it can. Unknown needs are found before cycles, each in the order of
 * the jobs.
 */
export function findGraphFault(jobs: readonly ScheduledJob[]): GraphFault | undefined {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  for (const { name, needs } of jobs) {
    const unknown = needs.find((need) => !byName.has(need));
    if (unknown !== undefined) return { kind: 'unknown-need', job: name, need: unknown };
  }

  const sound = new Set<string>();
  for (const { name } of jobs) {
    const path = findCycleFrom(name, byName, sound);
    if (path !== undefined) return { kind: 'cycle', path };
  }
  return undefined;
}

/** Depth-first along the needs; `sound` collects the jobs from which no cycle can be reached. */
function findCycleFrom(start: string, byName: ReadonlyMap<string, ScheduledJob>, sound: Set<string>): string[] | undefined {
  // A list and not the call stack: a chain may be longer than that is deep.
  const path: { name: string; next: number }[] = [];
  const onPath = new Set<string>();
  const enter = (name: string) => {
    path.push({ name, next: 0 });
    onPath.add(name);
  };

  if (!sound.has(start)) enter(start);
  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const need = byName.get(here.name)?.needs[here.next];
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
