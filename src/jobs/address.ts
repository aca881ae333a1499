/** Job addresses (jobs.md 9): what a token says, and which recorded job that is. */
import type { History, HistoryInvocation, JobRow } from './types';

/** What an address names; undefined where it leaves a part open. */
export interface Address {
  worktree: string | undefined;
  /** Beginning of an invocation id, lower-case. */
  prefix: string | undefined;
  job: string | undefined;
}

export type AddressFailure =
  | { kind: 'unknown-prefix'; prefix: string; worktree: string | undefined }
  | { kind: 'ambiguous-prefix'; prefix: string; worktree: string | undefined; candidates: readonly HistoryInvocation[] }
  | { kind: 'no-history'; worktree: string }
  | { kind: 'no-job-in-worktree'; job: string; worktree: string | undefined; available: readonly string[] }
  | { kind: 'no-job-in-invocation'; job: string; invocation: HistoryInvocation }
  | { kind: 'empty-invocation'; invocation: HistoryInvocation }
  /** `id`: as much of it as leads to this invocation within its worktree, at least the short id. */
  | { kind: 'several-jobs'; invocation: HistoryInvocation; id: string };

export type InvocationResolution = { kind: 'invocation'; invocation: HistoryInvocation } | { kind: 'failed'; failure: AddressFailure };

export type Resolution = { kind: 'job'; invocation: HistoryInvocation; job: JobRow } | { kind: 'failed'; failure: AddressFailure };

/** Whether a token can be the beginning of an invocation id: 2-8 hex digits. */
export function looksLikeInvocation(token: string): boolean {
  return /^[0-9a-f]{2,8}$/i.test(token);
}

/** Reads a token by the grammar of jobs.md 9.1, the history unseen. */
export function parseAddress(token: string): Address {
  const last = token.lastIndexOf(':');
  if (last < 0) {
    return looksLikeInvocation(token)
      ? { worktree: undefined, prefix: token.toLowerCase(), job: undefined }
      : { worktree: undefined, prefix: undefined, job: token };
  }
  const right = token.slice(last + 1);
  const middle = token.lastIndexOf(':', last - 1);
  if (last > 0 && middle >= 0) {
    const prefix = token.slice(middle + 1, last).toLowerCase();
    return { worktree: token.slice(0, middle), prefix: prefix === '' ? undefined : prefix, job: right };
  }
  const left = token.slice(0, last);
  if (left.includes('/')) return { worktree: left, prefix: undefined, job: right };
  if (looksLikeInvocation(left)) return { worktree: undefined, prefix: left.toLowerCase(), job: right };
  if (looksLikeInvocation(right)) return { worktree: left, prefix: right.toLowerCase(), job: undefined };
  return { worktree: left, prefix: undefined, job: right };
}

/**
 * All that a token may mean, likeliest first: what the grammar says, then the readings in which a hex word is the name of a
 * job or of a worktree, or an earlier colon is the one that counts because there are colons in the job's own name.
 */
export function readingsOf(token: string): [Address, ...Address[]] {
  const colons = [...token.matchAll(/:/g)].map(({ index }) => index).toReversed();
  if (colons.length === 0) return looksLikeInvocation(token) ? [parseAddress(token), wholeName(token)] : [wholeName(token)];
  const readings: [Address, ...Address[]] = [parseAddress(token)];
  for (const [at, last] of colons.entries()) {
    const middle = colons[at + 1];
    if (middle === undefined) break;
    const prefix = token.slice(middle + 1, last).toLowerCase();
    const [worktree, job] = [token.slice(0, middle), token.slice(last + 1)];
    if (looksLikeInvocation(prefix)) readings.push({ worktree, prefix, job });
    if (prefix === '') readings.push({ worktree, prefix: undefined, job });
  }
  for (const colon of colons) {
    const [left, right] = [token.slice(0, colon), token.slice(colon + 1)];
    if (looksLikeInvocation(left)) readings.push({ worktree: undefined, prefix: left.toLowerCase(), job: right });
    if (looksLikeInvocation(right)) readings.push({ worktree: left, prefix: right.toLowerCase(), job: undefined });
    readings.push({ worktree: left, prefix: undefined, job: right });
  }
  return readings;
}

export interface ResolveOptions {
  history: History;
  /** Label of the current worktree; undefined outside any. */
  here: string | undefined;
  /** `--inv`: overrides the invocation part. */
  inv?: string | undefined;
  /** Without an invocation in the address, the newest one with such a job wins over the newest that contains the job. */
  prefer?: ((job: JobRow) => boolean) | undefined;
}

/** Finds the job that a token names (jobs.md 9.2, 9.3). */
export function resolveAddress(token: string, options: ResolveOptions): Resolution {
  if (token.includes(':') && options.here !== undefined) {
    // Names such as `build:prod` are typed as they stand.
    const whole = resolveParts({ worktree: options.here, prefix: options.inv?.toLowerCase(), job: token }, options);
    if (whole.kind === 'job') return whole;
  }
  const readings = [...readingsOf(token), ...(token.includes(':') ? [wholeName(token)] : [])];
  let best: AddressFailure | undefined;
  for (const reading of readings) {
    const resolution = resolveParts(within(options.inv?.toLowerCase(), reading, token), options);
    if (resolution.kind === 'job' || asksToChoose(resolution.failure)) return resolution;
    // That an invocation is known explains more than that nothing is.
    if (best === undefined || (best.kind !== 'no-job-in-invocation' && resolution.failure.kind === 'no-job-in-invocation')) best = resolution.failure;
  }
  if (best === undefined) throw new Error('a token without a reading');
  return { kind: 'failed', failure: best };
}

function wholeName(token: string): Address {
  return { worktree: undefined, prefix: undefined, job: token };
}

/** A reading of a token whose invocation may be given beside it; then a hex word alone is the name of a job. */
function within(inv: string | undefined, reading: Address, token: string): Address {
  if (inv === undefined) return reading;
  return { worktree: reading.worktree, prefix: inv, job: token.includes(':') ? reading.job : token };
}

/** The token was understood, and says too little: another reading would be a guess. */
function asksToChoose({ kind }: AddressFailure): boolean {
  return kind === 'ambiguous-prefix' || kind === 'several-jobs' || kind === 'empty-invocation';
}

/** Finds the one invocation whose id begins with `prefix`; in all worktrees, unless one is given. */
export function resolveInvocation(prefix: string, options: { history: History; worktree?: string | undefined }): InvocationResolution {
  const { history, worktree } = options;
  const candidates = history.withPrefix(prefix.toLowerCase(), worktree);
  const [first, second] = candidates;
  if (first === undefined) {
    const failure: AddressFailure =
      worktree !== undefined && isEmpty(history.newestFirst(worktree))
        ? { kind: 'no-history', worktree }
        : { kind: 'unknown-prefix', prefix, worktree };
    return { kind: 'failed', failure };
  }
  if (second !== undefined) return { kind: 'failed', failure: { kind: 'ambiguous-prefix', prefix, worktree, candidates } };
  return { kind: 'invocation', invocation: first };
}

/** `9f03aa12b7...`: longer than a prefix, at most an id, and nobody's name (jobs.md 9.3). Only for `logs`. */
export function findByLongPrefix(token: string, history: History): HistoryInvocation | undefined {
  if (!/^[0-9a-f]{9,16}$/i.test(token)) return undefined;
  const candidates = history.withPrefix(token.toLowerCase());
  return candidates.length === 1 ? candidates[0] : undefined;
}

function resolveParts(address: Address, options: ResolveOptions): Resolution {
  if (address.prefix === undefined) return resolveByName(address.job ?? '', address.worktree, options);
  const found = resolveInvocation(address.prefix, { history: options.history, worktree: address.worktree });
  if (found.kind === 'failed') return found;
  return pickJob(found.invocation, address.job, options.history);
}

function pickJob(invocation: HistoryInvocation, name: string | undefined, history: History): Resolution {
  if (name === undefined) return pickOnlyJob(invocation, history);
  const job = invocation.jobs.find((candidate) => candidate.name === name);
  if (job === undefined) return { kind: 'failed', failure: { kind: 'no-job-in-invocation', job: name, invocation } };
  return { kind: 'job', invocation, job };
}

/** The job of an invocation that has but one (jobs.md 9.3). */
export function pickOnlyJob(invocation: HistoryInvocation, history: History): Resolution {
  const [only, another] = invocation.jobs;
  if (only === undefined) return { kind: 'failed', failure: { kind: 'empty-invocation', invocation } };
  if (another !== undefined) return { kind: 'failed', failure: { kind: 'several-jobs', invocation, id: addressableId(invocation, history) } };
  return { kind: 'job', invocation, job: only };
}

function addressableId({ invocation: { id, worktree } }: HistoryInvocation, history: History): string {
  let digits = 4;
  while (digits < 8 && history.withPrefix(id.slice(0, digits), worktree).length > 1) digits += 1;
  return id.slice(0, digits);
}

function resolveByName(name: string, worktree: string | undefined, options: ResolveOptions): Resolution {
  const { history, here } = options;
  const scope = worktree ?? here;
  if (scope !== undefined) {
    const found = newestWith(name, history.newestFirst(scope), options.prefer);
    if (found !== undefined) return found;
  }
  if (worktree === undefined) {
    const anywhere = newestWith(name, history.newestFirst(), options.prefer);
    if (anywhere !== undefined) return anywhere;
  }
  if (scope !== undefined && isEmpty(history.newestFirst(scope))) return { kind: 'failed', failure: { kind: 'no-history', worktree: scope } };
  const available = new Set<string>();
  for (const { jobs } of history.newestFirst(scope)) for (const job of jobs) available.add(job.name);
  return {
    kind: 'failed',
    failure: { kind: 'no-job-in-worktree', job: name, worktree: scope, available: [...available].toSorted() },
  };
}

function newestWith(
  name: string,
  invocations: Iterable<HistoryInvocation>,
  prefer: ((job: JobRow) => boolean) | undefined,
): Extract<Resolution, { kind: 'job' }> | undefined {
  let newest: Extract<Resolution, { kind: 'job' }> | undefined;
  for (const invocation of invocations) {
    const job = invocation.jobs.find((candidate) => candidate.name === name);
    if (job === undefined) continue;
    if (prefer === undefined || prefer(job)) return { kind: 'job', invocation, job };
    newest ??= { kind: 'job', invocation, job };
  }
  return newest;
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
