/** What everybody else needs of the coordinator: reach it, wake it, start it. Small, without zod. */

import type { InvocationId, Store } from '../../logstore';
import type { Request, Response } from '../protocol';

export type Answer =
  | { kind: 'answered'; response: Response }
  | { kind: 'absent' } // no socket, or one nobody listens on
  | { kind: 'unresponsive' }; // accepts and stays silent in time: stopped, busy, or speaks another protocol

/** Sends one request on a connection of its own. `timeoutMs`: 200 to decide to go on without, 5000 when it is needed. */
export declare function ask(store: Store, request: Request, options: { timeoutMs: number }): Promise<Answer>;

/** Whether a connection is accepted: the only proof of a live coordinator (jobs.md 6.8). */
export declare function isLive(store: Store): Promise<boolean>;

/** How to start `daft __coordinator`: this installation's launcher. */
export interface Launcher {
  /** Absolute path of the node executable. */
  node: string;
  /** Absolute path of bin/daft.js. */
  script: string;
  /** Environment of the command; the coordinator gets it without NODE_EXTRA_CA_CERTS and DAFT_CD_FILE. */
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Hands a published plan over (jobs.md 6.2 step 2): Wake, or start a coordinator and go on without waiting for it; an
 * unresponsive one is left alone and a socketless one is started for this plan.
 */
export declare function wakeOrStart(
  store: Store,
  launcher: Launcher,
  invocation: InvocationId,
): Promise<{ kind: 'woken' } | { kind: 'started'; pid: number } | { kind: 'failed'; error: Error }>;

/** Starts a coordinator that looks for all plans; used by healing. */
export declare function start(store: Store, launcher: Launcher): { kind: 'started'; pid: number } | { kind: 'failed'; error: Error };
