/** The note of the last automatic clean-up; a door of its own, as a listing reads it and needs nothing else of clean-up. */
import { join } from 'node:path';
import { makePrivateDirectory, readTextIfExists, writeFileAtomic } from '../../fs';

/** What automatic clean-up did last, `log-clean.json` in the configuration directory (jobs.md 3.7). */
export interface LastCleanup {
  cleanedAt: Date;
  /** Null where there was nothing to look at. */
  summary: CleanupSummary | null;
  /** How long the machine had been up then, to tell a clock that was set meanwhile; null where it was not noted. */
  up: { boot: string; seconds: number } | null;
}

export interface CleanupSummary {
  removedInvocations: number;
  removedJobs: number;
  freedBytes: number;
}

/** Undefined where it is missing or cannot be used. */
export function readLastCleanup(configDir: string): LastCleanup | undefined {
  let file: unknown;
  try {
    file = JSON.parse(readTextIfExists(pathIn(configDir)) ?? 'null');
  } catch {
    return undefined; // damaged, or not ours to read: it is written anew the next time
  }
  if (!isObject(file) || !isCount(file['cleaned_at'])) return undefined;
  return { cleanedAt: new Date(file['cleaned_at'] * 1000), summary: summaryOf(file['last_summary']), up: upOf(file['boot'], file['up_seconds']) };
}

export function writeLastCleanup(configDir: string, { cleanedAt, summary, up }: LastCleanup): void {
  const file = {
    version: 1,
    cleaned_at: Math.floor(cleanedAt.getTime() / 1000),
    last_summary: summary && {
      removed_invocations: summary.removedInvocations,
      removed_jobs: summary.removedJobs,
      freed_bytes: summary.freedBytes,
      reason: 'auto',
    },
    ...(up === null ? {} : { boot: up.boot, up_seconds: up.seconds }),
  };
  makePrivateDirectory(configDir);
  writeFileAtomic(pathIn(configDir), `${JSON.stringify(file, null, 2)}\n`);
}

function summaryOf(value: unknown): CleanupSummary | null {
  if (!isObject(value)) return null;
  const { removed_invocations: removedInvocations, removed_jobs: removedJobs, freed_bytes: freedBytes } = value;
  return isCount(removedInvocations) && isCount(removedJobs) && isCount(freedBytes) ? { removedInvocations, removedJobs, freedBytes } : null;
}

function upOf(boot: unknown, seconds: unknown): LastCleanup['up'] {
  return typeof boot === 'string' && isCount(seconds) ? { boot, seconds } : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function pathIn(configDir: string): string {
  return join(configDir, 'log-clean.json');
}
