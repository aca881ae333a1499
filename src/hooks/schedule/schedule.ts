import type { Decision, Ending, Progress, ScheduledJob } from './types';

/**
 * Decides what starts now and what never will. Costs one walk over jobs and needs, whatever has happened before.
 *
 * A running job is left alone in every mode. Unknown needs keep a job waiting for ever: ask `findGraphFault` first.
 *
 * @param jobs in order of preference (priority, then position)
 * @param options.mode 'parallel' fills all `places`; 'sequential' runs one at a time and goes on after a failure; 'piped'
 *   stops at the first failure and holds all the rest back as 'previous job failed'
 * @param options.cancelled hold back everything that has not started
 */
export function schedule(
  jobs: readonly ScheduledJob[],
  progress: Progress,
  options: { mode: 'parallel' | 'sequential' | 'piped'; places: number; cancelled?: boolean },
): Decision {
  const { running, ended } = progress;
  const waiting = jobs.filter(({ name }) => !running.has(name) && !ended.has(name));

  if (options.cancelled === true) return { start: [], holdBack: new Map(waiting.map(({ name }) => [name, 'cancelled'])) };
  if (options.mode === 'piped' && someFailed(ended)) {
    return { start: [], holdBack: new Map(waiting.map(({ name }) => [name, 'previous job failed'])) };
  }

  const hopeless = withoutHope(waiting, ended);
  const places = options.mode === 'parallel' ? options.places : Math.min(options.places, 1);
  const free = Math.max(0, places - running.size);
  const ready = waiting.filter(({ needs }) => needs.every((need) => ended.get(need) === 'succeeded'));
  return {
    start: ready.slice(0, free).map(({ name }) => name),
    holdBack: new Map(waiting.filter(({ name }) => hopeless.has(name)).map(({ name }) => [name, 'dependency failed'])),
  };
}

/** A job that was held back did not fail: only what ran and went wrong stops a pipe. */
function someFailed(ended: ReadonlyMap<string, Ending>): boolean {
  for (const ending of ended.values()) if (ending === 'failed' || ending === 'cancelled') return true;
  return false;
}

/** Waiting jobs of which a need, or a need of a need, has ended in anything but success. */
function withoutHope(waiting: readonly ScheduledJob[], ended: ReadonlyMap<string, Ending>): ReadonlySet<string> {
  const dependents = new Map<string, string[]>();
  const toSpread: string[] = [];
  for (const { name, needs } of waiting) {
    for (const need of needs) {
      const known = dependents.get(need);
      if (known === undefined) dependents.set(need, [name]);
      else known.push(name);
    }
  }
  for (const [name, ending] of ended) if (ending !== 'succeeded') toSpread.push(name);

  const hopeless = new Set<string>();
  for (let name = toSpread.pop(); name !== undefined; name = toSpread.pop()) {
    for (const dependent of dependents.get(name) ?? []) {
      if (hopeless.has(dependent)) continue;
      hopeless.add(dependent);
      toSpread.push(dependent);
    }
  }
  return hopeless;
}
