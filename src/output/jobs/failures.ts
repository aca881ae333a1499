/** What the user is told when an address or a retry target names nothing, or too much (jobs.md 8.4, 9.3, 9.4). */
import type { AddressFailure, HistoryInvocation, RetryObstacle, RetrySourceFailure, RetryTargetFailure } from '../../jobs';
import { formatAge } from './format';
import { printable } from '../printable';

/** `hint` holds the lines below the message. */
export interface Told {
  message: string;
  hint?: string;
}

export function describeAddressFailure(failure: AddressFailure, now: Date): Told {
  switch (failure.kind) {
    case 'unknown-prefix': {
      const where = failure.worktree === undefined ? '' : ` in worktree '${failure.worktree}'`;
      return { message: `No invocation matching prefix '${failure.prefix}'${where}.` };
    }
    case 'ambiguous-prefix':
      return failure.worktree === undefined
        ? {
            message: `Ambiguous invocation prefix '${failure.prefix}' -- matches across worktrees:`,
            hint: [...candidateLines(failure.candidates, { across: true, now }), 'Use `<worktree>:<inv>:<job>` to disambiguate.'].join('\n'),
          }
        : {
            message: `Ambiguous invocation ID '${failure.prefix}' -- matches:`,
            hint: [...candidateLines(failure.candidates, { across: false, now }), 'Use more characters to disambiguate.'].join('\n'),
          };
    case 'no-history':
      return { message: `No invocations found for worktree '${failure.worktree}'.` };
    case 'no-job-in-worktree':
      return withAvailable(
        failure.worktree === undefined
          ? `No job named '${failure.job}' found.`
          : `No job named '${failure.job}' found in worktree '${failure.worktree}'.`,
        failure.available,
      );
    case 'no-job-in-invocation':
      return describeMissingJob(failure.job, failure.invocation);
    case 'empty-invocation':
      return { message: `${named(failure.invocation)} has no jobs.` };
    case 'several-jobs': {
      const { invocation, jobs } = failure.invocation;
      return {
        message: `${named(failure.invocation)} has ${jobs.length} jobs. Pick one:`,
        hint: jobs.map((job) => `  ${invocation.worktree}:${failure.id}:${printable(job.name)}`).join('\n'),
      };
    }
  }
}

export function describeMissingJob(job: string, { invocation, jobs }: HistoryInvocation): Told {
  return withAvailable(
    `No job named '${job}' found in invocation '${short(invocation.id)}' (worktree '${invocation.worktree}').`,
    jobs.map((row) => row.name),
  );
}

export function describeRetryTargetFailure(failure: RetryTargetFailure): Told {
  switch (failure.kind) {
    case 'conflicting-worktree':
      return { message: `Conflicting worktree: --worktree says '${failure.flag}' but address says '${failure.address}'.` };
    case 'no-worktree':
      return { message: 'Not inside a worktree.', hint: 'Use --worktree to name one.' };
  }
}

export function describeRetrySourceFailure(failure: RetrySourceFailure, now: Date): Told {
  switch (failure.kind) {
    case 'no-invocations':
      return { message: `No invocations found in worktree '${failure.worktree}'. Run a hook first.` };
    case 'no-invocations-of-hook':
      return { message: `No invocations of '${failure.hook}' in worktree '${failure.worktree}'.` };
    case 'unknown-prefix':
      return { message: `No invocation matching prefix '${failure.prefix}' in worktree '${failure.worktree}'.` };
    case 'ambiguous-prefix': {
      const hint = failure.across ? 'Use `<worktree>:<inv>:<job>` to disambiguate.' : 'Use more characters to disambiguate.';
      return {
        message: `Ambiguous invocation prefix '${failure.prefix}' -- matches:`,
        hint: [...candidateLines(failure.candidates, { across: failure.across, now }), hint].join('\n'),
      };
    }
    case 'no-failed-job':
      return { message: `No failed job named '${failure.job}' in worktree '${failure.worktree}'.` };
  }
}

export function describeRetryObstacle(obstacle: RetryObstacle): Told {
  switch (obstacle.kind) {
    case 'directory-gone':
      return {
        message: `Cannot retry job '${obstacle.job}': working directory '${obstacle.directory}' no longer exists. Use --cwd to specify an alternative.`,
      };
    case 'no-command':
      return { message: `Cannot retry job '${obstacle.job}': no command recorded in metadata.` };
  }
}

/** `  c9d4  worktree-post-create -- 2h ago`, with as many digits as tell the ids apart. */
function candidateLines(candidates: readonly HistoryInvocation[], { across, now }: { across: boolean; now: Date }): string[] {
  const digits = distinguishingDigits(candidates.map((entry) => entry.invocation.id));
  return candidates.map(({ invocation }) => {
    const id = invocation.id.slice(0, digits);
    const label = across ? `${invocation.worktree}:${id}` : id;
    return `  ${label}  ${printable(invocation.trigger)} -- ${formatAge(invocation.createdAt, now)} ago`;
  });
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

function withAvailable(message: string, names: readonly string[]): Told {
  return names.length === 0 ? { message } : { message, hint: `Available jobs: ${names.map(printable).join(', ')}` };
}
