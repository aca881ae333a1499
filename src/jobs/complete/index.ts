/** What can be typed next where a job, an invocation, a worktree or a hook of the history is meant (jobs.md 14). Pure. */
import { looksLikeInvocation } from '../address';
import { isRetryable } from '../types';
import type { History, HistoryInvocation, JobRow } from '../types';

export { openHistory } from '../history';
export type { History } from '../types';

const contexts = ['hooks-jobs-job', 'hooks-jobs-retry', 'hooks-jobs-retry-worktree', 'hooks-jobs-worktree', 'hooks-jobs-hook-filter'] as const;
export type JobsContext = (typeof contexts)[number];

export function isJobsContext(context: string): context is JobsContext {
  return contexts.some((known) => known === context);
}

/** A candidate of an address; shells show the kinds as groups, in this order. */
export type AddressCandidate =
  /** `short`: the id of the invocation, where the value does not say it. */
  | { kind: 'job'; value: string; job: JobRow; short: string | undefined }
  /** `jobs`: their number, where it is to be shown. */
  | { kind: 'invocation'; value: string; trigger: string; createdAt: Date; jobs: number | undefined }
  | { kind: 'worktree'; value: string; invocations: number; newest: Date };

/** A candidate of anything else. */
export type PlainCandidate =
  | { kind: 'failed-hook'; value: string; failed: number; invocations: number }
  | { kind: 'failed-invocation'; value: string; trigger: string; failed: number; createdAt: Date }
  | { kind: 'failed-job'; value: string; short: string; at: Date }
  | { kind: 'failed-worktree'; value: string; failed: number; newest: Date }
  | { kind: 'recorded-worktree'; value: string; invocations: number; newest: Date }
  | { kind: 'recorded-hook'; value: string; invocations: number };

export type Candidates = { kind: 'addresses'; candidates: AddressCandidate[] } | { kind: 'plain'; candidates: PlainCandidate[] };

/**
 * The candidates for `word`.
 *
 * @param scope.here label of the current worktree, if any
 */
export function completeJobs(context: JobsContext, word: string, { history, here }: { history: History; here: string | undefined }): Candidates {
  switch (context) {
    case 'hooks-jobs-job':
      return { kind: 'addresses', candidates: completeAddress(word, history, here) };
    case 'hooks-jobs-retry':
      return plain(here === undefined ? [] : retryTargets([...history.newestFirst(here)]), word);
    case 'hooks-jobs-retry-worktree':
      return plain(failedWorktrees(history), word);
    case 'hooks-jobs-worktree':
      return plain(
        worktreesOf(history).map((worktree) => ({ kind: 'recorded-worktree', ...worktree })),
        word,
      );
    case 'hooks-jobs-hook-filter':
      return plain(recordedHooks(history), word);
  }
}

function plain(candidates: readonly PlainCandidate[], word: string): Candidates {
  return { kind: 'plain', candidates: candidates.filter(({ value }) => value.startsWith(word)) };
}

function completeAddress(word: string, history: History, here: string | undefined): AddressCandidate[] {
  const [left = '', middle, ...right] = word.split(':');
  if (middle === undefined) return topLevel(history, here, word);
  // There may be colons in the names of jobs, too.
  const candidates = here === undefined ? [] : newestJobs(history, here).filter(({ value }) => value.startsWith(word));
  const ofOurs = here !== undefined && looksLikeInvocation(left) ? single(history.withPrefix(left.toLowerCase(), here)) : undefined;
  if (ofOurs !== undefined) candidates.push(...jobsOf(ofOurs, `${left}:`, [middle, ...right].join(':')));
  if (right.length > 0) {
    const ofOthers = middle === '' ? undefined : single(history.withPrefix(middle.toLowerCase(), left));
    if (ofOthers !== undefined) candidates.push(...jobsOf(ofOthers, `${left}:${middle}:`, right.join(':')));
  }
  if (ofOurs !== undefined || right.length > 0) return candidates;
  return [...candidates, ...invocationsOf(history, left).filter(({ value }) => value.startsWith(word))];
}

function invocationsOf(history: History, worktree: string): AddressCandidate[] {
  return oldestFirst(history, worktree).map(({ invocation }) => ({
    kind: 'invocation',
    value: `${worktree}:${invocation.id.slice(0, 4)}`,
    trigger: invocation.trigger,
    createdAt: invocation.createdAt,
    jobs: undefined,
  }));
}

/** What an address may begin with: a job of the newest invocation here, an invocation here, another worktree. */
function topLevel(history: History, here: string | undefined, word: string): AddressCandidate[] {
  const ours = here === undefined ? [] : oldestFirst(history, here);
  const jobs = ours.at(-1);
  const worktrees = worktreesOf(history).filter(({ value }) => value !== here);
  return [
    ...(jobs === undefined ? [] : asAddresses(jobs)).filter(({ value }) => value.startsWith(word)),
    ...ours
      .filter((entry) => short(entry).startsWith(word))
      .map((entry): AddressCandidate => ({
        kind: 'invocation',
        value: short(entry),
        trigger: entry.invocation.trigger,
        createdAt: entry.invocation.createdAt,
        jobs: entry.jobCount,
      })),
    ...worktrees.map((worktree): AddressCandidate => ({ kind: 'worktree', ...worktree, value: `${worktree.value}:` })).filter(({ value }) => value.startsWith(word)),
  ];
}

function newestJobs(history: History, worktree: string): AddressCandidate[] {
  for (const entry of history.newestFirst(worktree)) return asAddresses(entry);
  return [];
}

function asAddresses(entry: HistoryInvocation): AddressCandidate[] {
  return entry.jobs.map((job) => ({ kind: 'job', value: job.name, job, short: short(entry) }));
}

function jobsOf({ jobs }: HistoryInvocation, prefix: string, beginning: string): AddressCandidate[] {
  return jobs
    .filter((job) => job.name.startsWith(beginning))
    .map((job) => ({ kind: 'job', value: `${prefix}${job.name}`, job, short: undefined }));
}

function retryTargets(newestFirst: readonly HistoryInvocation[]): PlainCandidate[] {
  const withFailures = newestFirst.filter((entry) => failures(entry).length > 0);
  const newest = withFailures[0];
  return [
    ...grouped(withFailures, ({ invocation }) => invocation.hookType).map(([value, entries]): PlainCandidate => ({
      kind: 'failed-hook',
      value,
      failed: countFailures(entries),
      invocations: entries.length,
    })),
    ...withFailures.toReversed().map((entry): PlainCandidate => ({
      kind: 'failed-invocation',
      value: short(entry),
      trigger: entry.invocation.trigger,
      failed: failures(entry).length,
      createdAt: entry.invocation.createdAt,
    })),
    ...(newest === undefined
      ? []
      : failures(newest).map((job): PlainCandidate => ({
          kind: 'failed-job',
          value: job.name,
          short: short(newest),
          at: job.startedAt ?? newest.invocation.createdAt,
        }))),
  ];
}

function failedWorktrees(history: History): PlainCandidate[] {
  const withFailures = [...history.newestFirst()].filter((entry) => failures(entry).length > 0);
  return grouped(withFailures, ({ invocation }) => invocation.worktree).map(([value, entries]) => ({
    kind: 'failed-worktree',
    value,
    failed: countFailures(entries),
    newest: newestOf(entries),
  }));
}

function recordedHooks(history: History): PlainCandidate[] {
  return grouped([...history.newestFirst()], ({ invocation }) => invocation.hookType).map(([value, entries]) => ({
    kind: 'recorded-hook',
    value,
    invocations: entries.length,
  }));
}

function worktreesOf(history: History): { value: string; invocations: number; newest: Date }[] {
  return history
    .worktrees()
    .map(({ worktree, invocations, newest }) => ({ value: worktree, invocations, newest }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1));
}

/** "Failed" to completion is what ended badly by itself or was stopped; what was held back comes along with it. */
function failures({ jobs }: HistoryInvocation): readonly JobRow[] {
  return jobs.filter((job) => isRetryable(job) && job.status !== 'skipped');
}

function countFailures(entries: readonly HistoryInvocation[]): number {
  return entries.reduce((sum, entry) => sum + failures(entry).length, 0);
}

function newestOf(entries: readonly HistoryInvocation[]): Date {
  return new Date(Math.max(...entries.map(({ invocation }) => invocation.createdAt.getTime())));
}

function grouped(entries: readonly HistoryInvocation[], keyOf: (entry: HistoryInvocation) => string): [string, HistoryInvocation[]][] {
  const groups = new Map<string, HistoryInvocation[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function oldestFirst(history: History, worktree: string): HistoryInvocation[] {
  return [...history.newestFirst(worktree)].toReversed();
}

function single<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function short({ invocation }: HistoryInvocation): string {
  return invocation.id.slice(0, 4);
}
