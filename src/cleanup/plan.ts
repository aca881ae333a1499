import type { RepoPolicy } from '../logstore';
import { planBudget } from './budget';
import { planRetention, type Removal } from './retention';
import type { Snapshot } from './types';

const defaults = { maxTotalSizeBytes: 500 * 1024 * 1024, keepLast: 3 };

/** Passes 2 and 3 of jobs.md 12.3, over what pass 1 left: what is to go, oldest first. */
export function planRemovals(snapshot: Snapshot, policy: RepoPolicy, { now, olderThanSeconds }: { now: Date; olderThanSeconds: number | null }): Removal[] {
  const keepLast = policy.keepLast ?? defaults.keepLast;
  const maxTotalSizeBytes = policy.maxTotalSizeBytes ?? defaults.maxTotalSizeBytes;
  const removals = planRetention(snapshot, { keepLast, olderThanSeconds, nowMs: now.getTime() });
  return planBudget(snapshot, removals, { maxTotalSizeBytes, keepLast });
}
