/** Which jobs a retry runs again (jobs.md 8.4): the target, the source invocation, the set with its reduced needs. */
import { hookNames } from '../hooks';
import type { JobRecord, JobStatus } from '../logstore';
import { looksLikeInvocation, parseAddress } from './address';
import { isRetryable } from './types';
import type { History, HistoryInvocation } from './types';

/** What the user asked to have run again. */
export type RetryTarget =
  | { kind: 'newest' }
  | { kind: 'hook'; hook: string }
  /** `orJob`: a bare hex word that begins no id may still be the name of a job. */
  | { kind: 'invocation'; prefix: string; orJob: string | undefined }
  | { kind: 'job'; job: string }
  | { kind: 'job-of-invocation'; prefix: string; job: string };

export interface RetryRequest {
  target: RetryTarget;
  /** Label that bounds the search; `named` when the user said it, by flag or address. */
  worktree: string;
  named: boolean;
}

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
  const within = (target: RetryTarget, addressed?: string): ReturnType<typeof readRetryTarget> => {
    if (addressed !== undefined && given.worktree !== undefined && addressed !== given.worktree) {
      return { kind: 'failed', failure: { kind: 'conflicting-worktree', flag: given.worktree, address: addressed } };
    }
    const named = addressed ?? given.worktree;
    const worktree = named ?? given.here;
    if (worktree === undefined) return { kind: 'failed', failure: { kind: 'no-worktree' } };
    return { kind: 'request', request: { target, worktree, named: named !== undefined } };
  };

  if (given.hook !== undefined) return within({ kind: 'hook', hook: given.hook });
  if (given.inv !== undefined) return within({ kind: 'invocation', prefix: given.inv.toLowerCase(), orJob: undefined });
  if (given.job !== undefined) return within({ kind: 'job', job: given.job });
  const token = given.target;
  if (token === undefined) return within({ kind: 'newest' });
  if (hookNames.some((name) => name === token)) return within({ kind: 'hook', hook: token });
  if (looksLikeInvocation(token)) return within({ kind: 'invocation', prefix: token.toLowerCase(), orJob: token });
  if (!token.includes(':') || given.isJobName(token)) return within({ kind: 'job', job: token });
  const address = parseAddress(token);
  if (address.prefix === undefined) return within({ kind: 'job', job: address.job ?? '' }, address.worktree);
  if (address.job === undefined) return within({ kind: 'invocation', prefix: address.prefix, orJob: undefined }, address.worktree);
  return within({ kind: 'job-of-invocation', prefix: address.prefix, job: address.job }, address.worktree);
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

/** Finds the invocation whose jobs are to run again. */
export function findRetrySource(
  { target, worktree, named }: RetryRequest,
  history: History,
): { kind: 'source'; source: RetrySource } | { kind: 'failed'; failure: RetrySourceFailure } {
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
    case 'invocation': {
      const found = findByPrefix(target.prefix, { worktree, named }, history);
      if (found.kind === 'failed' && found.failure.kind === 'unknown-prefix' && target.orJob !== undefined) {
        const byName = findByJob(target.orJob, worktree, history);
        if (byName.kind === 'source') return byName;
      }
      return found;
    }
    case 'job-of-invocation': {
      const found = findByPrefix(target.prefix, { worktree, named }, history);
      return found.kind === 'failed' ? found : source(found.source.invocation, target.job);
    }
  }
}

function findByJob(job: string, worktree: string, history: History): ReturnType<typeof findRetrySource> {
  const newest = first(history.newestFirst(worktree), (entry) => entry.jobs.some((row) => row.name === job && isRetryable(row)));
  return newest === undefined ? failed({ kind: 'no-failed-job', job, worktree }) : source(newest, job);
}

/** Looks in the worktree first and, unless the user named that worktree, then in all. */
function findByPrefix(prefix: string, scope: { worktree: string; named: boolean }, history: History): ReturnType<typeof findRetrySource> {
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
