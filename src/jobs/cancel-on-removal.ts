import { setTimeout as sleep } from 'node:timers/promises';
import { isLive } from '../coordinator/client';
import { DaftError } from '../daft-error';
import { openStore, readRepoId } from '../logstore';
import type { Store } from '../logstore';
import { readActiveJobs, readJobsAgain } from './active';
import type { ActiveJob } from './active';
import { cancelJobs } from './cancel';
import { openHistory } from './history';
import { reconcile } from './reconcile';
import { findSurvivors, stopSurvivors } from './survivors';
import { isActive } from './types';

/** What happens to the jobs of a worktree that is about to go; the words are in `output/jobs`. */
export type RemovalEvent =
  | { type: 'stopping'; job: string }
  | { type: 'stopped'; job: string }
  | { type: 'not-stopped'; job: string; error: string }
  /** Time is up: these still run, and the removal of the directory may fail. */
  | { type: 'still-running'; jobs: readonly string[] };

export interface RemovalCancelOptions {
  commonDir: string;
  stateDir: string;
  /** The label: branch name, or directory name of a branchless worktree. */
  worktree: string;
  now: () => Date;
  tell: (event: RemovalEvent) => void;
}

const pollMs = 150;
/** The coordinator kills after 5 s; two seconds later nobody is waited for any more. */
const giveUpAfterMs = 7000;

/**
 * Cancels every active job of a worktree and waits until they are gone, at most 7 s (jobs.md 13). To be called after the
 * checks that may refuse the removal and before the pre-remove hook. Never throws: a job that cannot be cancelled is no
 * reason to keep a worktree. Tells nothing if there is nothing to cancel.
 */
export async function cancelForRemoval(options: RemovalCancelOptions): Promise<void> {
  try {
    const id = readRepoId(options.commonDir);
    if (id === undefined) return;
    await cancelOf(openStore(options.stateDir, id), options);
  } catch (error) {
    // Best effort by contract: a corrupt identity or an unreadable store is told by the commands that need it.
    const systemError = error instanceof Error && 'code' in error;
    if (!systemError && !(error instanceof DaftError)) throw error;
  }
}

async function cancelOf(store: Store, { worktree, now, tell }: RemovalCancelOptions): Promise<void> {
  const coordinatorLive = await isLive(store);
  reconcile(store, { now: now(), coordinatorLive, warn: () => {}, tellBadPolicy: () => {} });
  const jobs = readActiveJobs(store, { coordinatorLive, worktree });
  const survivors = findSurvivors(store, openHistory(store, { coordinatorLive }), { worktree, now: now() });
  if (jobs.length + survivors.length === 0) return;

  for (const job of [...jobs.map(({ row }) => row.name), ...survivors.map(({ job }) => job)]) tell({ type: 'stopping', job });
  const deadline = performance.now() + giveUpAfterMs;
  const [cancelled, stopped] = await Promise.all([cancelJobs(store, jobs, { scope: { kind: 'matching', filter: { worktree } }, now }), stopSurvivors(survivors)]);
  for (const { job, error } of [...cancelled.failed, ...stopped.failed]) tell({ type: 'not-stopped', job, error });
  for (const job of stopped.cancelled) tell({ type: 'stopped', job });
  const left = await waitUntilGone(store, jobs, { coordinatorLive, deadline, stopped: (job) => tell({ type: 'stopped', job }) });
  if (left.length > 0) tell({ type: 'still-running', jobs: left });
}

/** Names of the jobs that are still active at the deadline. */
async function waitUntilGone(
  store: Store,
  jobs: readonly ActiveJob[],
  { coordinatorLive, deadline, stopped }: { coordinatorLive: boolean; deadline: number; stopped: (job: string) => void },
): Promise<string[]> {
  let left = jobs.map(({ invocation, row }) => ({ id: invocation.id, dir: row.dir, name: row.name }));
  for (;;) {
    const looks = readJobsAgain(store, left, { coordinatorLive });
    const stillActive = left.filter((_, index) => {
      const look = looks[index];
      return look !== undefined && isActive(look);
    });
    for (const job of left) if (!stillActive.includes(job)) stopped(job.name);
    left = stillActive;
    if (left.length === 0 || performance.now() >= deadline) return left.map((job) => job.name);
    await sleep(pollMs);
  }
}
