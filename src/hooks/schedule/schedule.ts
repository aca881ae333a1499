import type { Decision, Ending, Progress, ScheduledJob } from './types';

/**
 * Decides what starts now and what never will. Costs one walk over jobs and needs, whatever has happened before.
 *
 * A running job is left alone in every mode. Unknown needs keep a job waiting for ever: ask `findGraphFault` first.
 *
 * @param jobs in order of preference (priority, then position)
 * @param options.mode 'parallel' fills all `places`; 'sequential' runs one step at a time and goes on after a failure;
 *   'piped' stops after the first step with a failure and holds all the rest back as 'previous job failed'
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
  const hopeless = withoutHope(waiting, ended);
  const stopped = options.mode === 'piped' ? behindFailure(jobs, waiting, ended) : new Set<string>();
  const ready = waiting.filter(
    ({ name, needs, after = [] }) =>
      !stopped.has(name) && needs.every((need) => ended.get(need) === 'succeeded') && after.every((earlier) => ended.has(earlier)),
  );
  const eligible = options.mode === 'parallel' ? ready : inOneStep(ready, jobs, progress);
  return {
    start: eligible.slice(0, Math.max(0, options.places - running.size)).map(({ name }) => name),
    holdBack: new Map(
      waiting
        .filter(({ name }) => stopped.has(name) || hopeless.has(name))
        .map(({ name }) => [name, stopped.has(name) ? 'previous job failed' : 'dependency failed']),
    ),
  };
}

/**
 * Waiting jobs that a failure stops: those outside the step in which it happened. A job that was held back did not fail:
 * only what ran and went wrong stops a pipe.
 */
function behindFailure(
  jobs: readonly ScheduledJob[],
  waiting: readonly ScheduledJob[],
  ended: ReadonlyMap<string, Ending>,
): ReadonlySet<string> {
  const failed = jobs.filter(({ name }) => ended.get(name) === 'failed' || ended.get(name) === 'cancelled').map(stepOf);
  return new Set(waiting.filter((job) => failed.some((step) => step !== stepOf(job))).map(({ name }) => name));
}

/** Of the ready jobs, those of the step under way; while none is, those of a step begun before, else of the first ready job. */
function inOneStep(ready: readonly ScheduledJob[], jobs: readonly ScheduledJob[], { running, ended }: Progress): ScheduledJob[] {
  const underWay = jobs.find(({ name }) => running.has(name));
  const begun = new Set(jobs.filter(({ name }) => ended.has(name)).map(stepOf));
  const next = underWay ?? ready.find((job) => begun.has(stepOf(job))) ?? ready[0];
  return next === undefined ? [] : ready.filter((job) => stepOf(job) === stepOf(next));
}

/** A job without a step is one by itself; the marks keep its name from meaning a step. */
function stepOf({ name, step }: ScheduledJob): string {
  return step === undefined || step === null ? `job ${name}` : `step ${step}`;
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
