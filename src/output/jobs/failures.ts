/** What the user is told when an address or a retry target names nothing, or too much (jobs.md 8.4, 9.3, 9.4). */
import type { AddressFailure, HistoryInvocation, RetryObstacle, RetrySourceFailure, RetryTargetFailure } from '../../jobs';
import { formatAge } from './format';
import { printable } from '../printable';

/** `hint` holds the lines below the message. Neither can draw on a terminal, whatever jobs and worktrees are called. */
export interface Told {
  message: string;
  hint?: string;
}

export function told(message: string, lines: readonly string[] = []): Told {
  return lines.length === 0 ? { message: printable(message) } : { message: printable(message), hint: lines.map(printable).join('\n') };
}

export function describeAddressFailure(failure: AddressFailure, now: Date): Told {
  switch (failure.kind) {
    case 'unknown-prefix': {
      const where = failure.worktree === undefined ? '' : ` in worktree '${failure.worktree}'`;
      return told(`No invocation matching prefix '${failure.prefix}'${where}.`);
    }
    case 'ambiguous-prefix':
      return failure.worktree === undefined
        ? told(`Ambiguous invocation prefix '${failure.prefix}' -- matches across worktrees:`, candidateLines(failure.candidates, { across: true, now }))
        : told(`Ambiguous invocation ID '${failure.prefix}' -- matches:`, candidateLines(failure.candidates, { across: false, now }));
    case 'no-history':
      return told(`No invocations found for worktree '${failure.worktree}'.`);
    case 'no-job-in-worktree': {
      const where = failure.worktree === undefined ? '' : ` in worktree '${failure.worktree}'`;
      return told(`No job named '${failure.job}' found${where}.`, availableLines(failure.available));
    }
    case 'no-job-in-invocation':
      return describeMissingJob(failure.job, failure.invocation);
    case 'empty-invocation':
      return told(`${named(failure.invocation)} has no jobs.`);
    case 'several-jobs': {
      const { invocation, jobs } = failure.invocation;
      return told(
        `${named(failure.invocation)} has ${jobs.length} jobs. Pick one:`,
        jobs.map((job) => `  ${invocation.worktree}:${failure.id}:${job.name}`),
      );
    }
  }
}

export function describeMissingJob(job: string, { invocation, jobs }: HistoryInvocation): Told {
  return told(
    `No job named '${job}' found in invocation '${short(invocation.id)}' (worktree '${invocation.worktree}').`,
    availableLines(jobs.map((row) => row.name)),
  );
}

export function describeRetryTargetFailure(failure: RetryTargetFailure): Told {
  switch (failure.kind) {
    case 'conflicting-worktree':
      return told(`Conflicting worktree: --worktree says '${failure.flag}' but address says '${failure.address}'.`);
    case 'no-worktree':
      return told('Not inside a worktree.', ['Use --worktree to name one.']);
  }
}

export function describeRetrySourceFailure(failure: RetrySourceFailure, now: Date): Told {
  switch (failure.kind) {
    case 'no-invocations':
      return told(`No invocations found in worktree '${failure.worktree}'. Run a hook first.`);
    case 'no-invocations-of-hook':
      return told(`No invocations of '${failure.hook}' in worktree '${failure.worktree}'.`);
    case 'unknown-prefix':
      return told(`No invocation matching prefix '${failure.prefix}' in worktree '${failure.worktree}'.`);
    case 'ambiguous-prefix':
      return told(`Ambiguous invocation prefix '${failure.prefix}' -- matches:`, candidateLines(failure.candidates, { across: failure.across, now }));
    case 'no-failed-job':
      return told(`No failed job named '${failure.job}' in worktree '${failure.worktree}'.`);
  }
}

export function describeRetryObstacle(obstacle: RetryObstacle): Told {
  switch (obstacle.kind) {
    case 'directory-gone':
      return told(
        `Cannot retry job '${obstacle.job}': working directory '${obstacle.directory}' no longer exists. Use --cwd to specify an alternative.`,
      );
    case 'no-command':
      return told(`Cannot retry job '${obstacle.job}': no command recorded in metadata.`);
  }
}

/** `  c9d4  worktree-post-create -- 2h ago`, with as many digits as tell the ids apart, and how to say which is meant. */
function candidateLines(candidates: readonly HistoryInvocation[], { across, now }: { across: boolean; now: Date }): string[] {
  const digits = distinguishingDigits(candidates.map((entry) => entry.invocation.id));
  const lines = candidates.map(({ invocation }) => {
    const id = invocation.id.slice(0, digits);
    const label = across ? `${invocation.worktree}:${id}` : id;
    return `  ${label}  ${invocation.trigger} -- ${formatAge(invocation.createdAt, now)} ago`;
  });
  return [...lines, across ? 'Use `<worktree>:<inv>:<job>` to disambiguate.' : 'Use more characters to disambiguate.'];
}

function distinguishingDigits(ids: readonly string[]): number {
  let digits = 4;
  while (digits < 16 && new Set(ids.map((id) => id.slice(0, digits))).size < ids.length) digits += 1;
  return digits;
}

function named({ invocation }: HistoryInvocation): string {
  return `Invocation '${short(invocation.id)}' (worktree '${invocation.worktree}')`;
}

function short(id: string): string {
  return id.slice(0, 4);
}

function availableLines(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Available jobs: ${names.join(', ')}`];
}
