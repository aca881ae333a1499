import type { InvocationId, Store } from '../../logstore';
import { spawnDetached } from '../../process';
import { ask } from './ask';

/** How to start `daft __coordinator`: this installation's launcher. */
export interface Launcher {
  /** Absolute path of the node executable. */
  node: string;
  /** Absolute path of bin/daft.js. */
  script: string;
  /** Environment of the command; the coordinator gets it without NODE_EXTRA_CA_CERTS and DAFT_CD_FILE. */
  env: Readonly<Record<string, string | undefined>>;
}

export type Started = { kind: 'started'; pid: number } | { kind: 'failed'; error: Error };

const answerWithinMs = 200;

/**
 * Hands a published plan over (jobs.md 6.2 step 2): Wake, or start a coordinator and go on without waiting for it; an
 * unresponsive one is left alone and a socketless one is started for this plan.
 */
export async function wakeOrStart(store: Store, launcher: Launcher, invocation: InvocationId): Promise<{ kind: 'woken' } | Started> {
  const answer = await ask(store, { Wake: { invocation_id: invocation } }, { timeoutMs: answerWithinMs, untilExit: true });
  switch (answer.kind) {
    case 'absent':
      return start(store, launcher);
    case 'unresponsive':
      return spawnCoordinator(store, launcher, [invocation]);
    case 'answered': {
      if (!('Ack' in answer.response)) return spawnCoordinator(store, launcher, [invocation]);
      const { daft_version: itsVersion } = answer.response.Ack;
      if (itsVersion === undefined || !isOlder(itsVersion, DAFT_VERSION)) return { kind: 'woken' };
      // It keeps what it has taken up, this plan included; what comes next is for a successor of our version.
      await ask(store, 'Drain', { timeoutMs: answerWithinMs });
      return start(store, launcher);
    }
  }
}

/** Starts a coordinator that looks for all plans; used by healing. */
export function start(store: Store, launcher: Launcher): Promise<Started> {
  return spawnCoordinator(store, launcher, []);
}

async function spawnCoordinator(store: Store, launcher: Launcher, more: readonly string[]): Promise<Started> {
  if (launcher.env['DAFT_IS_COORDINATOR'] !== undefined) {
    return { kind: 'failed', error: new Error('a background job starts no coordinator') };
  }
  const { NODE_EXTRA_CA_CERTS: _slow, DAFT_CD_FILE: _callers, ...env } = launcher.env;
  const spawned = await spawnDetached(launcher.node, [launcher.script, '__coordinator', store.repoId, ...more], {
    cwd: store.stateDir,
    env: { ...env, DAFT_STATE_DIR: store.stateDir },
  });
  return spawned.kind === 'spawned' ? { kind: 'started', pid: spawned.pid } : spawned;
}

/** Compares by the numbers before any suffix: 1.9.0 is older than 1.10.0. */
export function isOlder(version: string, than: string): boolean {
  const ours = numbersOf(than);
  const theirs = numbersOf(version);
  for (let i = 0; i < ours.length; i += 1) {
    const difference = (theirs[i] ?? 0) - (ours[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbersOf(version: string): number[] {
  return version.replace(/[-+].*$/, '').split('.').map(Number);
}
