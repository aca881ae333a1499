import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../fs';
import { runJobs } from '../hooks';
import type { HookServices, ResolvedJob } from '../hooks';
import { createInvocation, readJobs } from '../logstore';
import type { Invocation, JobRecord, Store } from '../logstore';
import { findRetryObstacle, findRetrySource, selectRetrySet } from './retry-set';
import type { RetryJob, RetryObstacle, RetryRequest, RetrySet, RetrySource, RetrySourceFailure } from './retry-set';
import { rowOf } from './rows';
import { isActive } from './types';
import type { History, JobRow } from './types';

export type RetryRefusal =
  | { kind: 'source'; failure: RetrySourceFailure }
  | { kind: 'still-active'; jobs: readonly string[] }
  | { kind: 'set'; source: RetrySource; reason: Extract<RetrySet, { kind: 'not-retryable' | 'no-such-job' }> }
  | { kind: 'obstacle'; obstacle: RetryObstacle };

export type RetryResult =
  | {
      kind: 'retried';
      /** Null where the disk refused it: then all ran in front, and is not recorded. */
      invocation: Invocation | null;
      count: number;
      foreground: number;
      background: number;
      interrupted: boolean;
    }
  | { kind: 'all-succeeded' }
  | { kind: 'refused'; refusal: RetryRefusal };

export interface RetryOptions {
  store: Store;
  history: History;
  /** `hooks jobs retry build`, as it was typed. */
  trigger: string;
  /** Replaces the working directory of all jobs; an existing directory, absolute. */
  cwd: string | undefined;
  coordinatorLive: boolean;
  services: HookServices;
}

const waitForActiveMs = 3000;
const pollMs = 50;

/** Runs the jobs of an earlier invocation again, as a new one: the foreground part here, the rest handed over (jobs.md 8.4). */
export async function retry(request: RetryRequest, options: RetryOptions): Promise<RetryResult> {
  const found = findRetrySource(request, options.history);
  if (found.kind === 'failed') return refused({ kind: 'source', failure: found.failure });
  const { source } = found;
  const earlier = source.invocation.invocation;

  const active = await waitUntilQuiet(earlier, options);
  if (active.length > 0) return refused({ kind: 'still-active', jobs: active.map((job) => job.name) });

  const set = selectRetrySet(readRecords(options.store, earlier), source.only);
  switch (set.kind) {
    case 'all-succeeded':
      return { kind: 'all-succeeded' };
    case 'not-retryable':
    case 'no-such-job':
      return refused({ kind: 'set', source, reason: set });
    case 'jobs':
      return run(set.jobs, earlier, options);
  }
}

async function run(jobs: readonly RetryJob[], earlier: Invocation, { store, trigger, cwd, services }: RetryOptions): Promise<RetryResult> {
  const obstacle = findRetryObstacle(jobs, { cwd, isDirectory });
  if (obstacle !== undefined) return refused({ kind: 'obstacle', obstacle });
  const { hookType, worktree } = earlier;
  const invocation = createIfPossible(store, { trigger, hookType, worktree, createdAt: services.now() }, services);
  const { foregroundCount, dispatchedCount, interrupted } = await runJobs(
    jobs.map((job) => resolvedAgain(job, cwd)),
    { hook: hookType, mode: 'parallel', store: invocation === null ? null : store, invocation, services },
  );
  return { kind: 'retried', invocation, count: jobs.length, foreground: foregroundCount, background: dispatchedCount, interrupted };
}

/** Recording decides no more over a retry than over the first run. */
function createIfPossible(store: Store, fields: Omit<Invocation, 'id'>, { tell, notices }: HookServices): Invocation | null {
  try {
    return createInvocation(store, fields);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (notices.first('history')) tell({ type: 'warning', text: `Job history is not recorded: ${error.message}` });
    return null;
  }
}

function resolvedAgain({ record, needs }: RetryJob, cwd: string | undefined): ResolvedJob {
  return {
    name: record.name,
    description: null,
    command: record.command,
    workingDir: cwd ?? record.workingDir,
    env: record.env,
    needs,
    declaredNeeds: needs,
    background: record.background,
    interactive: false,
    backgroundOutput: record.backgroundOutput ?? 'log',
    timeoutSecs: record.timeoutSecs,
    failText: null,
    retentionSeconds: record.retentionSeconds,
    maxLogSizeBytes: record.maxLogSizeBytes,
  };
}

/** A short job may just be under way. Stale ones are not waited for: nobody will end them. */
async function waitUntilQuiet(invocation: Invocation, { store, coordinatorLive }: RetryOptions): Promise<JobRow[]> {
  const deadline = performance.now() + waitForActiveMs;
  for (;;) {
    const active = readJobs(store, invocation.id)
      .map((entry) => rowOf(store, invocation.id, entry, { coordinatorLive }))
      .filter(isActive);
    if (active.every((job) => job.stale) || performance.now() >= deadline) return active;
    await sleep(pollMs);
  }
}

function readRecords(store: Store, invocation: Invocation): JobRecord[] {
  return readJobs(store, invocation.id).flatMap((entry) => (entry.kind === 'recorded' ? [entry.record] : []));
}

/** Whether there is a directory of this name now. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
}

function refused(refusal: RetryRefusal): RetryResult {
  return { kind: 'refused', refusal };
}
