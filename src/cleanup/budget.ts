import { compareRecency, findFloor, removalOf, type Removal } from './retention';
import type { InvocationFacts, Snapshot } from './types';

export interface BudgetRules {
  maxTotalSizeBytes: number;
  keepLast: number;
}

/**
 * Pass 3 of jobs.md 12.3: whole invocations, oldest first across worktrees, until what `removals` leave fits.
 *
 * @returns all that is to go, `removals` included, oldest first
 */
export function planBudget(snapshot: Snapshot, removals: readonly Removal[], { maxTotalSizeBytes, keepLast }: BudgetRules): Removal[] {
  const planned = new Map(removals.map((removal) => [removal.invocation, removal]));
  const left = snapshot.invocations.filter((invocation) => planned.get(invocation)?.whole !== true);
  const floor = findFloor(left, keepLast);
  const bytesLeft = (invocation: InvocationFacts): number => bytesOf(invocation) - freedBy(planned.get(invocation));
  let total = left.reduce((sum, invocation) => sum + bytesLeft(invocation), snapshot.otherBytes);
  for (const invocation of left.toSorted(compareRecency)) {
    if (total <= maxTotalSizeBytes) break;
    if (floor.has(invocation) || invocation.pinned || invocation.jobs.some(({ active }) => active)) continue;
    total -= bytesLeft(invocation);
    planned.set(invocation, removalOf(invocation));
  }
  return [...planned.values()].toSorted((a, b) => compareRecency(a.invocation, b.invocation));
}

/** Bytes of all files that a removal takes along. */
export function freedBy(removal: Removal | undefined): number {
  if (removal === undefined) return 0;
  const ofJobs = removal.jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  return removal.whole ? ofJobs + removal.invocation.ownBytes : ofJobs;
}

function bytesOf(invocation: InvocationFacts): number {
  return freedBy(removalOf(invocation));
}
