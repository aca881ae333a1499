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
      return plain(here === undefined ? [] : retryTargets(history, here), word);
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
    ...(jobs === undefined ? [] : asAddresses(jobs, (job) => typedAlone(job, jobs))).filter(({ value }) => value.startsWith(word)),
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
  for (const entry of history.newestFirst(worktree)) return asAddresses(entry, ({ name }) => name);
  return [];
}

function asAddresses(entry: HistoryInvocation, valueOf: (job: JobRow) => string): AddressCandidate[] {
  return entry.jobs.map((job) => ({ kind: 'job', value: valueOf(job), job, short: short(entry) }));
}

/** The command would take a name that begins with a dash for an option: then its invocation goes before it. */
function typedAlone({ name }: JobRow, entry: Pick<HistoryInvocation, 'invocation'>): string {
  return name.startsWith('-') ? `${short(entry)}:${name}` : name;
}

function jobsOf({ jobs }: HistoryInvocation, prefix: string, beginning: string): AddressCandidate[] {
  return jobs
    .filter((job) => job.name.startsWith(beginning))
    .map((job) => ({ kind: 'job', value: `${prefix}${job.name}`, job, short: undefined }));
}

/** An invocation in which something failed, without its other jobs: a history is long. */
interface Failed {
  invocation: HistoryInvocation['invocation'];
  jobs: readonly JobRow[];
}

function retryTargets(history: History, here: string): PlainCandidate[] {
  const oldestFirst = [...failed(history, here)];
  const newest = oldestFirst.at(-1);
  return [
    ...grouped(oldestFirst, ({ invocation }) => invocation.hookType).map(([value, entries]): PlainCandidate => ({
      kind: 'failed-hook',
      value,
      failed: entries.reduce((sum, { jobs }) => sum + jobs.length, 0),
      invocations: entries.length,
    })),
    ...oldestFirst.map(({ invocation, jobs }): PlainCandidate => ({
      kind: 'failed-invocation',
      value: short({ invocation }),
      trigger: invocation.trigger,
      failed: jobs.length,
      createdAt: invocation.createdAt,
    })),
    ...(newest === undefined ? [] : newest.jobs.map((job): PlainCandidate => ({
      kind: 'failed-job',
      value: typedAlone(job, newest),
      short: short(newest),
      at: job.startedAt ?? newest.invocation.createdAt,
    }))),
  ];
}

function failedWorktrees(history: History): PlainCandidate[] {
  const worktrees = new Map<string, { failed: number; newest: Date }>();
  for (const { invocation, jobs } of failed(history)) {
    const before = worktrees.get(invocation.worktree);
    const newest = before === undefined || before.newest < invocation.createdAt ? invocation.createdAt : before.newest;
    worktrees.set(invocation.worktree, { failed: (before?.failed ?? 0) + jobs.length, newest });
  }
  return byName(worktrees).map(([value, counts]) => ({ kind: 'failed-worktree', value, ...counts }));
}

function recordedHooks(history: History): PlainCandidate[] {
  const hooks = new Map<string, number>();
  for (const { invocation } of history.oldestFirst()) hooks.set(invocation.hookType, (hooks.get(invocation.hookType) ?? 0) + 1);
  return byName(hooks).map(([value, invocations]) => ({ kind: 'recorded-hook', value, invocations }));
}

function worktreesOf(history: History): { value: string; invocations: number; newest: Date }[] {
  return history
    .worktrees()
    .map(({ worktree, invocations, newest }) => ({ value: worktree, invocations, newest }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1));
}

/**
 * Where something failed, oldest first. "Failed" to completion is what ended badly by itself or was stopped; what was held
 * back comes along with it.
 */
function* failed(history: History, worktree?: string): Generator<Failed> {
  for (const { invocation, jobs } of history.oldestFirst(worktree)) {
    const bad = jobs.filter((job) => isRetryable(job) && job.status !== 'skipped');
    if (bad.length > 0) yield { invocation, jobs: bad };
  }
}

function grouped(entries: readonly Failed[], keyOf: (entry: Failed) => string): [string, Failed[]][] {
  const groups = new Map<string, Failed[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return byName(groups);
}

function byName<T>(values: ReadonlyMap<string, T>): [string, T][] {
  return [...values].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function oldestFirst(history: History, worktree: string): HistoryInvocation[] {
  return [...history.newestFirst(worktree)].toReversed();
}

function single<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function short({ invocation }: Pick<HistoryInvocation, 'invocation'>): string {
  return invocation.id.slice(0, 4);
}
