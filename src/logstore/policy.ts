import { join } from 'node:path';
import { makePrivateDirectory, readPlainTextIfExists } from '../fs';
import { asInteger, formatJson, parseFields, type Fields } from './fields';
import { changingRepository } from './index-stamp';
import { replaceFile } from './places';
import { policyFile, type Store } from './store';
import type { RepoPolicy } from './types';

/**
 * Stored policy, nulls for what was never set. A file that cannot be used is told through `warn`, in a whole line, and
 * counts as all null.
 */
export function readPolicy(store: Store, warn: (text: string) => void): RepoPolicy {
  return policyOf(readFields(store, warn));
}

/** Merges per field with what is stored: a value given wins, null keeps. What is stored already is not written again. */
export function mergePolicy(store: Store, given: RepoPolicy, warn: (text: string) => void): void {
  const before = readFields(store, warn);
  const stored = policyOf(before);
  const merged = {
    ...before,
    version: 1,
    max_total_size_bytes: given.maxTotalSizeBytes ?? stored.maxTotalSizeBytes,
    keep_last: given.keepLast ?? stored.keepLast,
    stale_running_after_seconds: given.staleRunningAfterSeconds ?? stored.staleRunningAfterSeconds,
  };
  if (before !== undefined && formatJson(before) === formatJson(merged)) return;
  makePrivateDirectory(store.dir);
  changingRepository(store, () => replaceFile(pathOf(store), formatJson(merged)));
}

function pathOf(store: Store): string {
  return join(store.dir, policyFile);
}

function readFields(store: Store, warn: (text: string) => void): Fields | undefined {
  let text: string | undefined;
  try {
    text = readPlainTextIfExists(pathOf(store));
  } catch (error) {
    warn(complaint(store, error instanceof Error ? error.message : String(error)));
    return undefined;
  }
  if (text === undefined) return undefined;
  const fields = parseFields(text);
  if (fields === undefined) warn(complaint(store, 'not a JSON object'));
  return fields;
}

function complaint(store: Store, reason: string): string {
  return `daft: warning: failed to parse repo policy at ${pathOf(store)}: ${reason}; using defaults`;
}

function policyOf(file: Fields | undefined): RepoPolicy {
  return {
    maxTotalSizeBytes: atLeastZero(file?.['max_total_size_bytes']),
    keepLast: atLeastZero(file?.['keep_last']),
    staleRunningAfterSeconds: atLeastZero(file?.['stale_running_after_seconds']),
  };
}

function atLeastZero(value: unknown): number | null {
  const integer = asInteger(value);
  return integer !== null && integer >= 0 ? integer : null;
}
