/** Which jobs a retry runs again (jobs.md 8.4): the target, the source invocation, the set with its reduced needs. */
import { hookNames } from '../hooks';
import type { JobRecord, JobStatus } from '../logstore';
import { readingsOf } from './address';
import type { Address } from './address';
import { isRetryable } from './types';
import type { History, HistoryInvocation } from './types';

/** What the user asked to have run again. */
export type RetryTarget =
  | { kind: 'newest' }
  | { kind: 'hook'; hook: string }
  | { kind: 'invocation'; prefix: string }
  | { kind: 'job'; job: string }
  | { kind: 'job-of-invocation'; prefix: string; job: string };

/** One way to understand what the user asked for. */
export interface RetryReading {
  target: RetryTarget;
  /** Label that bounds the search; `named` when the user said it, by flag or address. */
  worktree: string;
  named: boolean;
}

/** Likeliest first; at least one. */
export type RetryRequest = readonly [RetryReading, ...RetryReading[]];

export type RetryTargetFailure =
  | { kind: 'conflicting-worktree'; flag: string; address: string }
  /** No worktree to stand in, and none was named. */
  | { kind: 'no-worktree' };

/** Reads the positional target or the flag that stands for it; the first rule that fits wins. */
export function readRetryTarget(given: {
  target: string | undefined;
  hook: string | undefined;
  inv: string | undefined;
  job: string | undefined;
  /** `--worktree`. */
  worktree: string | undefined;
  here: string | undefined;
  /** Whether the current worktree has recorded a job of this very name: `build:prod` is then no address. */
  isJobName: (name: string) => boolean;
}): { kind: 'request'; request: RetryRequest } | { kind: 'failed'; failure: RetryTargetFailure } {
  const readings: RetryReading[] = [];
  let failure: RetryTargetFailure | undefined;
  for (const { target, worktree: addressed } of targetsOf(given)) {
    const worktree = addressed ?? given.worktree ?? given.here;
    if (addressed !== undefined && given.worktree !== undefined && addressed !== given.worktree) {
      failure ??= { kind: 'conflicting-worktree', flag: given.worktree, address: addressed };
    } else if (worktree === undefined) failure ??= { kind: 'no-worktree' };
    else readings.push({ target, worktree, named: (addressed ?? given.worktree) !== undefined });
  }
  const [first, ...others] = readings;
  return first === undefined ? { kind: 'failed', failure: failure ?? { kind: 'no-worktree' } } : { kind: 'request', request: [first, ...others] };
}

/** What may be meant, with the worktree that an address names. */
function targetsOf(given: Omit<Parameters<typeof readRetryTarget>[0], 'worktree' | 'here'>): { target: RetryTarget; worktree?: string | undefined }[] {
  const { hook, inv, job, target: token } = given;
  if (hook !== undefined) return [{ target: { kind: 'hook', hook } }];
  if (inv !== undefined) return [{ target: { kind: 'invocation', prefix: inv.toLowerCase() } }];
  if (job !== undefined) return [{ target: { kind: 'job', job } }];
  if (token === undefined) return [{ target: { kind: 'newest' } }];
  if (hookNames.some((name) => name === token)) return [{ target: { kind: 'hook', hook: token } }];
  if (token.includes(':') && given.isJobName(token)) return [{ target: { kind: 'job', job: token } }];
  return readingsOf(token).map((address) => ({ target: targetOf(address), worktree: address.worktree }));
}

function targetOf({ prefix, job }: Address): RetryTarget {
  if (prefix === undefined) return { kind: 'job', job: job ?? '' };
  return job === undefined ? { kind: 'invocation', prefix } : { kind: 'job-of-invocation', prefix, job };
}

export type RetrySourceFailure =
  | { kind: 'no-invocations'; worktree: string }
  | { kind: 'no-invocations-of-hook'; hook: string; worktree: string }
  | { kind: 'unknown-prefix'; prefix: string; worktree: string }
  | { kind: 'ambiguous-prefix'; prefix: string; candidates: readonly HistoryInvocation[]; across: boolean }
  | { kind: 'no-failed-job'; job: string; worktree: string };

export interface RetrySource {
  invocation: HistoryInvocation;
  /** Run again only the job of this name. */
  only: string | undefined;
}

type FoundSource = { kind: 'source'; source: RetrySource } | { kind: 'failed'; failure: RetrySourceFailure };

/** Finds the invocation whose jobs are to run again. */
export function findRetrySource([likeliest, ...others]: RetryRequest, history: History): FoundSource {
  const found = findByReading(likeliest, history);
  if (found.kind === 'source' || found.failure.kind === 'ambiguous-prefix') return found;
  for (const reading of others) {
    const other = findByReading(reading, history);
    if (other.kind === 'source') return other;
  }
  return found;
}

function findByReading({ target, worktree, named }: RetryReading, history: History): FoundSource {
  switch (target.kind) {
    case 'newest': {
      const newest = first(history.newestFirst(worktree));
      return newest === undefined ? failed({ kind: 'no-invocations', worktree }) : source(newest);
    }
    case 'hook': {
      const newest = first(history.newestFirst(worktree), (entry) => entry.invocation.hookType === target.hook);
      return newest === undefined ? failed({ kind: 'no-invocations-of-hook', hook: target.hook, worktree }) : source(newest);
    }
    case 'job':
      return findByJob(target.job, worktree, history);
    case 'invocation':
      return findByPrefix(target.prefix, { worktree, named }, history);
    case 'job-of-invocation': {
      const found = findByPrefix(target.prefix, { worktree, named }, history);
      return found.kind === 'failed' ? found : source(found.source.invocation, target.job);
    }
  }
}

function findByJob(job: string, worktree: string, history: History): FoundSource {
  const newest = first(history.newestFirst(worktree), (entry) => entry.jobs.some((row) => row.name === job && isRetryable(row)));
  return newest === undefined ? failed({ kind: 'no-failed-job', job, worktree }) : source(newest, job);
}

/** Looks in the worktree first and, unless the user named that worktree, then in all. */
function findByPrefix(prefix: string, scope: { worktree: string; named: boolean }, history: History): FoundSource {
  const here = history.withPrefix(prefix, scope.worktree);
  const across = here.length === 0 && !scope.named;
  const candidates = across ? history.withPrefix(prefix) : here;
  const [only, another] = candidates;
  if (only === undefined) return failed({ kind: 'unknown-prefix', prefix, worktree: scope.worktree });
  if (another !== undefined) return failed({ kind: 'ambiguous-prefix', prefix, candidates, across });
  return source(only);
}

function source(invocation: HistoryInvocation, only?: string): { kind: 'source'; source: RetrySource } {
  return { kind: 'source', source: { invocation, only } };
}

function failed(failure: RetrySourceFailure): { kind: 'failed'; failure: RetrySourceFailure } {
  return { kind: 'failed', failure };
}

function first<T>(items: Iterable<T>, test: (item: T) => boolean = () => true): T | undefined {
  for (const item of items) if (test(item)) return item;
  return undefined;
}

/** A job to run again, with what is left of its needs. */
export interface RetryJob {
  record: JobRecord;
  /** Names within the retry set; the others count as satisfied. */
  needs: readonly string[];
}

export type RetrySet =
  | { kind: 'jobs'; jobs: readonly RetryJob[] }
  | { kind: 'all-succeeded' }
  | { kind: 'not-retryable'; job: string; status: JobStatus }
  | { kind: 'no-such-job'; job: string };

/** Selects the jobs to run again: all that may be, or the one that was named. */
export function selectRetrySet(records: readonly JobRecord[], only: string | undefined): RetrySet {
  const retryable = records.filter(isRetryable);
  if (only !== undefined) {
    const named = records.find((record) => record.name === only);
    if (named === undefined) return { kind: 'no-such-job', job: only };
    if (!isRetryable(named)) return { kind: 'not-retryable', job: only, status: named.status };
    return { kind: 'jobs', jobs: [{ record: named, needs: [] }] };
  }
  if (retryable.length === 0) return { kind: 'all-succeeded' };
  const names = new Set(retryable.map((record) => record.name));
  return {
    kind: 'jobs',
    jobs: retryable.map((record) => ({ record, needs: record.needs.filter((need) => names.has(need)) })),
  };
}

export type RetryObstacle = { kind: 'directory-gone'; job: string; directory: string } | { kind: 'no-command'; job: string };

/** First reason not to run anything, in job order. */
export function findRetryObstacle(
  jobs: readonly RetryJob[],
  options: { cwd: string | undefined; isDirectory: (path: string) => boolean },
): RetryObstacle | undefined {
  for (const { record } of jobs) {
    if (record.command === '') return { kind: 'no-command', job: record.name };
    if (options.cwd === undefined && !options.isDirectory(record.workingDir)) {
      return { kind: 'directory-gone', job: record.name, directory: record.workingDir };
    }
  }
  return undefined;
}
