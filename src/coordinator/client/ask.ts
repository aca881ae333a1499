import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../logstore';
import type { Request, Response } from '../protocol';
import { exchange, knock, type Exchange, type ExchangeOptions } from './exchange';
import { pathsToTry } from './socket-path';

export type Answer =
  | { kind: 'answered'; response: Response }
  | { kind: 'absent' } // no socket, or one nobody listens on
  | { kind: 'unresponsive' }; // accepts and stays silent in time: stopped, busy, or speaks another protocol

const retryAfterMs = 10;

/** Sends one request on a connection of its own. `timeoutMs`: 200 to decide to go on without, 5000 when it is needed. */
export async function ask(store: Store, request: Request, { timeoutMs, ...options }: ExchangeOptions): Promise<Answer> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await tryPaths(store, request, { ...options, timeoutMs: Math.max(1, deadline - performance.now()) });
    switch (outcome.kind) {
      case 'answered':
      case 'unresponsive':
        return outcome;
      case 'refused':
      case 'missing':
        return { kind: 'absent' };
      case 'closed': // it goes: in a moment the socket is gone, or a successor's
      case 'busy':
        if (performance.now() + retryAfterMs >= deadline) return { kind: 'unresponsive' };
        await delay(retryAfterMs);
    }
  }
}

/** Whether a connection is accepted: the only proof of a live coordinator (jobs.md 6.8). */
export async function isLive(store: Store): Promise<boolean> {
  for (const path of pathsToTry(store)) if ((await knock(path)) === 'accepts') return true;
  return false;
}

async function tryPaths(store: Store, request: Request, options: ExchangeOptions): Promise<Exchange> {
  for (const path of pathsToTry(store)) {
    const outcome = await exchange(path, request, options);
    if (outcome.kind !== 'refused' && outcome.kind !== 'missing') return outcome;
  }
  return { kind: 'missing' };
}
