import { join } from 'node:path';
import { fault } from '../fault';
import { isUnreadable, lstatIfReachable, readPlainTextIfExists } from '../fs';
import { asTextMap, parseFields } from './fields';
import { parsePlan } from './plan-file';
import { invocationPath, type Store } from './store';
import type { InvocationId, Plan } from './types';

/** The plan of the invocation's background jobs; undefined if it has none that can be read, or only one that somebody else has written: what is in it would be run in our name. */
export function readPlan(store: Store, id: InvocationId): Plan | undefined {
  const text = readQuietly(planPath(store, id));
  return text === undefined ? undefined : parsePlan(text);
}

/** The environment of the dispatching command; undefined once all jobs of the plan have ended. */
export function readPlanEnv(store: Store, id: InvocationId): Readonly<Record<string, string>> | undefined {
  const fields = parseFields(readQuietly(envPath(store, id)) ?? '');
  return fields === undefined ? undefined : asTextMap(fields);
}

export function hasPlan(store: Store, id: InvocationId): boolean {
  return lstatIfReachable(planPath(store, id)) !== undefined;
}

/** Whether jobs of the plan may still be pending (jobs.md 3.8). */
export function hasPlanEnv(store: Store, id: InvocationId): boolean {
  return lstatIfReachable(envPath(store, id)) !== undefined;
}

export function planPath(store: Store, id: InvocationId): string {
  return join(invocationPath(store, id), 'plan.json');
}

export function envPath(store: Store, id: InvocationId): string {
  return join(invocationPath(store, id), 'env.json');
}

function readQuietly(path: string): string | undefined {
  try {
    if (DAFT_FAULTS) fault('plan: before reading');
    return readPlainTextIfExists(path, { by: 'us' });
  } catch (error) {
    if (isUnreadable(error)) return undefined; // as good as none
    throw error;
  }
}
