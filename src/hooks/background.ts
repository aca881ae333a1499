import type { Ending } from './schedule';
import type { HookMode, ResolvedJob } from './types';

export interface BackgroundPart {
  /** With needs among themselves only. */
  toRun: readonly ResolvedJob[];
  heldBack: ReadonlyMap<string, 'previous job failed' | 'foreground dependency failed' | 'dependency failed' | 'cancelled'>;
}

/** What of the background part may run after the foreground part has ended so (jobs.md 5.2). */
export function planBackground(
  jobs: readonly ResolvedJob[],
  foreground: ReadonlyMap<string, Ending>,
  options: { mode: HookMode; interrupted: boolean },
): BackgroundPart {
  const heldBack = new Map<string, 'previous job failed' | 'foreground dependency failed' | 'dependency failed' | 'cancelled'>();
  const failed = [...foreground.values()].some((ending) => ending !== 'succeeded');
  const forAll = options.interrupted ? 'cancelled' : options.mode === 'piped' && failed ? 'previous job failed' : undefined;
  if (forAll !== undefined) return { toRun: [], heldBack: new Map(jobs.map(({ name }) => [name, forAll])) };

  for (const { name, needs } of jobs) {
    if (needs.some((need) => foreground.has(need) && foreground.get(need) !== 'succeeded')) heldBack.set(name, 'foreground dependency failed');
  }
  // Until nothing changes: jobs may be declared before what they need.
  for (let spread = true; spread; ) {
    spread = false;
    for (const { name, needs } of jobs) {
      if (heldBack.has(name) || !needs.some((need) => heldBack.has(need))) continue;
      heldBack.set(name, 'dependency failed');
      spread = true;
    }
  }
  const running = jobs.filter(({ name }) => !heldBack.has(name));
  const names = new Set(running.map(({ name }) => name));
  return {
    toRun: running.map((job) => ({
      ...job,
      needs: job.needs.filter((need) => names.has(need)),
      after: job.after?.filter((earlier) => names.has(earlier)),
    })),
    heldBack,
  };
}
