import { uptime } from 'node:os';
import { join } from 'node:path';
import { readRegistry } from '../config';
import { LockTimeout, makePrivateDirectory, withFileLock, type LockHolder } from '../fs';
import { listRepositories, openStore } from '../logstore';
import { bootId, lockHolder } from '../process';
import { cleanRepository } from './clean-repository';
import { continuedTime } from './continued-time';
import { readLastCleanup, writeLastCleanup, type CleanupSummary } from './last-cleanup';
import { placesInGitDirectory, sweepStateDirectory, sweepTemporaries } from './sweep';

export interface AutomaticOptions {
  configDir: string;
  stateDir: string;
  now: () => Date;
}

/**
 * The daily run for every repository that was ever recorded (jobs.md 12.6). Says nothing, and does nothing while another
 * one is at it. Throws what keeps it from noting its end.
 */
export async function cleanAutomatically(options: AutomaticOptions): Promise<'done' | 'busy'> {
  const { configDir, now } = options;
  makePrivateDirectory(configDir);
  try {
    await withFileLock(join(configDir, 'log-clean.lock'), lockHolderUntil(now()), () => cleanAll(options), { timeoutMs: 0 });
    return 'done';
  } catch (error) {
    if (error instanceof LockTimeout) return 'busy';
    throw error;
  }
}

async function cleanAll({ configDir, stateDir, now }: AutomaticOptions): Promise<void> {
  const up = { boot: bootId(), seconds: Math.floor(uptime()) };
  const time = timeOfAges(configDir, now, up);
  const ids = listRepositories(stateDir);
  let summary: CleanupSummary | null = ids === undefined ? null : { removedInvocations: 0, removedJobs: 0, freedBytes: 0 };
  if (summary !== null) await sweepStateDirectory(stateDir, { repoId: undefined, now: time() });
  for (const id of ids ?? []) {
    try {
      const { removedInvocations, removedJobs, freedBytes } = await cleanRepository(openStore(stateDir, id), {
        now: time,
        olderThanSeconds: null,
        warn: () => {},
        finish: 'now',
      });
      summary = {
        removedInvocations: (summary?.removedInvocations ?? 0) + removedInvocations,
        removedJobs: (summary?.removedJobs ?? 0) + removedJobs,
        freedBytes: (summary?.freedBytes ?? 0) + freedBytes,
      };
    } catch (error) {
      if (!(error instanceof Error)) throw error; // one repository that cannot be read never stops the others
    }
  }
  sweepTemporaries([configDir, ...knownRepositories(configDir).flatMap(placesInGitDirectory)], time());
  writeLastCleanup(configDir, { cleanedAt: now(), summary, up });
}

/** The clock by which this run tells how old something is. */
function timeOfAges(configDir: string, now: () => Date, up: { boot: string; seconds: number }): () => Date {
  const last = readLastCleanup(configDir);
  const before = last === undefined || last.up === null ? null : { at: last.cleanedAt, boot: last.up.boot, upSeconds: last.up.seconds };
  const at = now();
  const leapMs = at.getTime() - continuedTime(before, { at, boot: up.boot, upSeconds: up.seconds }).getTime();
  return () => new Date(now().getTime() - leapMs);
}

/** Git directories of the repositories that we remember, here or not. */
function knownRepositories(configDir: string): string[] {
  const reading = readRegistry(configDir);
  return reading.kind === 'read' ? [...reading.registry.repositories.keys()] : [];
}

const longestRunSeconds = 30 * 60;

/** This process as the holder of the lock, whose claim ends with its life, or after half an hour. */
function lockHolderUntil(now: Date): LockHolder {
  const holder = lockHolder();
  const nowSeconds = Math.floor(now.getTime() / 1000);
  return {
    text: `${nowSeconds} ${holder.text}`,
    isDead(text) {
      const [, takenAt, identity] = /^(\d+) (.+)$/.exec(text) ?? [];
      if (takenAt === undefined || identity === undefined) return true;
      return Math.abs(nowSeconds - Number(takenAt)) > longestRunSeconds || holder.isDead(identity);
    },
  };
}
