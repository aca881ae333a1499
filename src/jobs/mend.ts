import { ask, isLive, start } from '../coordinator/client';
import type { Launcher } from '../coordinator/client';
import { listActiveIds, type Store } from '../logstore';
import { reconcile } from './reconcile';

/** What looking after a repository's jobs needs. */
export interface Mending {
  store: Store;
  now: () => Date;
  /** Null where no coordinator may be started: inside a background job (jobs.md 6.3). */
  launcher: Launcher | null;
  warn: (text: string) => void;
  /** Gets a whole line. */
  tellBadPolicy: (line: string) => void;
}

/**
 * Records what dead coordinators left behind, and starts one for what is pending or survived (jobs.md 6.8, 6.2 step 4).
 * Does not wait for anybody: a coordinator that hangs counts as live.
 */
export async function mend({ store, now, launcher, warn, tellBadPolicy }: Mending): Promise<{ coordinatorLive: boolean }> {
  const coordinatorLive = (await isLive(store)) && !(await isGoing(store));
  const { needCoordinator } = reconcile(store, { now: now(), coordinatorLive, warn, tellBadPolicy });
  if (needCoordinator.length === 0 || coordinatorLive || launcher === null) return { coordinatorLive };
  const started = await start(store, launcher);
  if (started.kind === 'failed') warn(`cannot start the job coordinator: ${started.error.message}`);
  return { coordinatorLive: started.kind === 'started' };
}

const goesWithinMs = 50;

/**
 * Whether whoever has just accepted a connection is gone by now. A killed process accepts until its last thread has ended,
 * and to take it for live would leave its jobs alone until the command after this one. Silence is still no death.
 */
async function isGoing(store: Store): Promise<boolean> {
  return listActiveIds(store).length > 0 && (await ask(store, 'Ping', { timeoutMs: goesWithinMs })).kind === 'absent';
}
