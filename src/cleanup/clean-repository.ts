import { isLive } from '../coordinator/client';
import { fault } from '../fault';
import { isErrno, lstatIfExists } from '../fs';
import { examinerOf, reconcile, type Examiner } from '../jobs/reconcile';
import {
  inspectInvocation,
  inspectRepository,
  invocationPath,
  listActiveIds,
  listInvocationIds,
  markActive,
  readPolicy,
  rebuildIndex,
  unmarkActive,
  type InvocationId,
  type Store,
} from '../logstore';
import { keepHeapSmall } from '../process';
import { applyCuts, applyRemovals, messageOf, type Failures } from './apply';
import { createKeeper } from './keep';
import { planRemovals } from './plan';
import type { Removal } from './retention';
import { survey } from './snapshot';
import { deleteLeftovers, deleteUntil, sweepStateDirectory, type Deadline } from './sweep';
import { planCuts, withCuts } from './truncation';
import type { InvocationFacts, Snapshot } from './types';

export interface CleanupOptions {
  now: () => Date;
  /** Takes the place of every job's retention. */
  olderThanSeconds: number | null;
  /** Gets a whole line about a policy that cannot be used. */
  warn: (line: string) => void;
}

export interface CleanupReport {
  removedJobs: number;
  removedInvocations: number;
  freedBytes: number;
  truncatedLogs: number;
  /** What went wrong with single items. */
  failures: Failures;
  /** Jobs are pending or survived their coordinator, and none lives. */
  needsCoordinator: boolean;
  /** Something that is out of sight is still to be deleted, or the index to be compacted. */
  unfinished: boolean;
}

/** How long a user may wait for the deletion of what nobody sees any more; of more than a few, somebody else deletes all. */
const deletionWithinMs = 20;
const few = 100;

/**
 * All passes of jobs.md 12.3 for one repository. Decides on records alone. Errors on one item do not stop the others.
 * Throws the system error if the store cannot be read at all.
 *
 * @param options.finish 'now', or 'soon': what takes longer than a moment is left to {@link finishCleanup}
 */
export async function cleanRepository(store: Store, options: CleanupOptions & { finish: 'now' | 'soon' }): Promise<CleanupReport> {
  const { now, finish } = options;
  using _ = keepHeapSmall();
  const failures: Failures = [];
  const policy = readPolicy(store, options.warn);
  const repository = inspectRepository(store, now());
  if (repository === undefined) return { ...nothing, failures };

  let left = deleteUntil(deadlineFor(finish, repository.leftovers), repository.leftovers);
  await sweepStateDirectory(store.stateDir, { repoId: store.repoId, now: now() });
  const { invocations, leftovers, needsCoordinator } = await repair(store, { now: now(), failures });
  left += deleteLeftovers(deadlineFor(finish, leftovers), leftovers);

  const snapshot: Snapshot = { invocations, otherBytes: repository.bytes };
  const { applied, truncated } = applyCuts(store, planCuts(snapshot), failures);
  const removals = planRemovals(withCuts(snapshot, applied), policy, { now: now(), olderThanSeconds: options.olderThanSeconds });
  const removed = applyRemovals(store, removals, failures);
  left += deleteUntil(deadlineFor(finish, removed.trash), removed.trash);
  if (left === 0) compact(store, failures);
  return {
    removedJobs: removed.jobs,
    removedInvocations: removed.invocations,
    freedBytes: removed.bytes,
    truncatedLogs: truncated,
    failures,
    needsCoordinator,
    unfinished: left > 0,
  };
}

const nothing = { removedJobs: 0, removedInvocations: 0, freedBytes: 0, truncatedLogs: 0, needsCoordinator: false, unfinished: false };

export interface CleanupForecast {
  /** Oldest first. */
  removals: readonly Removal[];
  failures: Failures;
}

/** What {@link cleanRepository} would remove now. Changes nothing on disk. */
export async function forecastCleanup(store: Store, options: CleanupOptions): Promise<CleanupForecast> {
  const now = options.now();
  using _ = keepHeapSmall();
  const failures: Failures = [];
  const policy = readPolicy(store, options.warn);
  const repository = inspectRepository(store, now);
  if (repository === undefined) return { removals: [], failures };
  const foresee = examinerOf(store, { now, coordinatorLive: await isLive(store), tellBadPolicy: ignore });
  const { invocations } = surveyAll(store, listInvocationIds(store), { now, foresee, failures });
  const snapshot: Snapshot = { invocations, otherBytes: repository.bytes };
  return { removals: planRemovals(withCuts(snapshot, planCuts(snapshot)), policy, { now, olderThanSeconds: options.olderThanSeconds }), failures };
}

/** Compacts the index and deletes what earlier clean-ups put out of sight. */
export function finishCleanup(store: Store, now: Date): void {
  using _ = keepHeapSmall();
  const repository = inspectRepository(store, now);
  if (repository === undefined) return;
  compact(store, []); // first, as readers would have to do it instead
  deleteUntil(Number.POSITIVE_INFINITY, repository.leftovers);
  for (const id of listInvocationIds(store)) deleteLeftovers(Number.POSITIVE_INFINITY, inspectInvocation(store, id, now)?.leftovers ?? []);
}

interface Repaired {
  invocations: InvocationFacts[];
  /** Inside of them. */
  leftovers: string[];
  needsCoordinator: boolean;
}

/** Pass 0 for the records, wherever they are: ends what has ended, puts marks right, and reads everything. */
async function repair(store: Store, { now, failures }: { now: Date; failures: Failures }): Promise<Repaired> {
  const coordinatorLive = await isLive(store);
  const found = surveyAll(store, listInvocationIds(store), { now, foresee: undefined, failures });
  const marked = new Set(listActiveIds(store));
  const looked = new Set([...marked, ...found.unsettled]);
  const among = [...looked];
  const { needCoordinator } = reconcile(store, {
    now,
    coordinatorLive,
    among,
    warn: (text) => void failures.push(text),
    tellBadPolicy: ignore, // whoever cleans has said it
  });
  if (DAFT_FAULTS) fault('cleanup: reconciled');
  const again = surveyAll(store, among, { now, foresee: undefined, failures });
  const readAgain = new Map(again.invocations.map((facts) => [facts.id, facts]));
  for (const id of among) {
    const facts = readAgain.get(id);
    if (facts === undefined && lstatIfExists(invocationPath(store, id))?.isDirectory() !== true) unmarkActive(store, id);
    else if (facts?.jobs.some(({ active }) => active) === true && !marked.has(id)) markActive(store, id);
  }
  return {
    invocations: [...found.invocations.filter(({ id }) => !looked.has(id)), ...again.invocations],
    leftovers: [...found.leftovers.filter(({ id }) => !looked.has(id)), ...again.leftovers].map(({ path }) => path),
    needsCoordinator: needCoordinator.length > 0 && !coordinatorLive,
  };
}

interface Surveyed {
  invocations: InvocationFacts[];
  leftovers: { id: InvocationId; path: string }[];
  unsettled: InvocationId[];
}

function surveyAll(
  store: Store,
  ids: readonly InvocationId[],
  { failures, ...options }: { now: Date; foresee: Examiner | undefined; failures: Failures },
): Surveyed {
  const surveyed: Surveyed = { invocations: [], leftovers: [], unsettled: [] };
  const keep = createKeeper();
  for (const id of ids) {
    try {
      const found = survey(store, id, options);
      if (found === undefined) continue;
      surveyed.invocations.push(keep(found.facts));
      for (const path of found.leftovers) surveyed.leftovers.push({ id, path });
      if (found.unsettled) surveyed.unsettled.push(id);
    } catch (error) {
      failures.push(`cannot read ${invocationPath(store, id)}: ${messageOf(error)}`);
    }
  }
  return surveyed;
}

function compact(store: Store, failures: Failures): void {
  try {
    rebuildIndex(store);
  } catch (error) {
    // Derived: readers do without, or write it themselves once there is room.
    if (!isErrno(error, 'ENOSPC', 'EDQUOT', 'ENOENT')) failures.push(`cannot write the index of ${store.dir}: ${messageOf(error)}`);
  }
}

function deadlineFor(finish: 'now' | 'soon', paths: readonly string[]): Deadline {
  if (finish === 'now') return Number.POSITIVE_INFINITY;
  return paths.length > few ? 0 : performance.now() + deletionWithinMs;
}

function ignore(): void {}
