import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanRepository, type CleanupOptions, type CleanupReport } from '../../src/cleanup';
import { beginRecord, type Invocation, type JobRecord, type Store } from '../../src/logstore';
import { newInvocation } from '../logstore/support';
import { recordOf } from '../support/stored';
import { day, now } from './facts';

export const daysAgo = (days: number): Date => new Date(now.getTime() - days * day);

export type PastJob = Partial<JobRecord> & { log?: string };

/** An invocation that fired so many days ago, with jobs that started then unless they say otherwise. */
export function past(store: Store, ageDays: number, jobs: Readonly<Record<string, PastJob>>, worktree = 'feature/x'): Invocation {
  const startedAt = daysAgo(ageDays);
  const invocation = newInvocation(store, { createdAt: startedAt, worktree });
  for (const [name, { log = 'output\n', ...fields }] of Object.entries(jobs)) {
    const making = beginRecord(store, invocation, name);
    making.append(Buffer.from(log));
    making.publish(recordOf(name, { startedAt, worktree, ...fields }));
  }
  return invocation;
}

export function clean(store: Store, options: Partial<CleanupOptions & { finish: 'now' | 'soon' }> = {}): Promise<CleanupReport> {
  return cleanRepository(store, {
    now: () => now,
    olderThanSeconds: null,
    warn: (line) => {
      throw new Error(line);
    },
    finish: 'now',
    ...options,
  });
}

export function setPolicy(store: Store, fields: Record<string, number>): void {
  mkdirSync(store.dir, { recursive: true });
  writeFileSync(join(store.dir, 'repo-policy.json'), JSON.stringify({ version: 1, ...fields }));
}

/** Every path below a directory with size, time and content, in order; undefined if there is none. */
export function photograph(directory: string): string[] | undefined {
  if (!existsSync(directory)) return undefined;
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(directory, name);
      const stats = statSync(path);
      return `${name} ${stats.mtimeMs} ${stats.isFile() ? readFileSync(path, 'utf8') : ''}`;
    });
}

/** What scripts would see: `invocation/job` of every record. */
export function visible(store: Store, ...named: readonly Invocation[]): string[] {
  const order = new Map(named.map(({ id }, at) => [id as string, String(at + 1)]));
  return directoriesIn(store.dir)
    .flatMap((id) => [order.get(id) ?? id, ...directoriesIn(join(store.dir, id)).map((dir) => `${order.get(id) ?? id}/${dir}`)])
    .toSorted();
}

export function directoriesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []));
}

export function setTime(path: string, at: Date): void {
  utimesSync(path, at, at);
}
