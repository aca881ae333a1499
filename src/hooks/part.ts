import { schedule } from './schedule';
import type { Decision, Ending } from './schedule';
import type { HookMode, ResolvedJob } from './types';

export type HoldReason = Decision['holdBack'] extends ReadonlyMap<string, infer Reason> ? Reason : never;

/** Runs jobs in this process as the scheduler decides, until each has an ending. */
export async function runPart(
  jobs: readonly ResolvedJob[],
  options: {
    mode: HookMode;
    places: number;
    /** Once aborted, nothing more is started. */
    signal: AbortSignal;
    run: (job: ResolvedJob) => Promise<Ending>;
    holdBack: (job: ResolvedJob, reason: HoldReason) => void;
  },
): Promise<ReadonlyMap<string, Ending>> {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const graph = jobs.map(({ name, needs, after, step }) => ({ name, needs, after: after?.filter((earlier) => byName.has(earlier)), step }));
  const ended = new Map<string, Ending>();
  const running = new Map<string, Promise<void>>();

  async function settle(name: string): Promise<void> {
    const ending = await options.run(byName.get(name)!);
    ended.set(name, ending);
    running.delete(name);
  }

  while (ended.size < jobs.length) {
    const decision = schedule(graph, { running: new Set(running.keys()), ended }, { mode: options.mode, places: options.places, cancelled: options.signal.aborted });
    for (const [name, reason] of decision.holdBack) {
      ended.set(name, 'held-back');
      options.holdBack(byName.get(name)!, reason);
    }
    for (const name of decision.start) {
      running.set(name, settle(name));
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (decision.holdBack.size === 0 && ended.size < jobs.length) throw new Error('the graph of jobs cannot go on');
  }
  return ended;
}

