import { formatSize } from '../../config';
import { announceNotice, leaveNotice, readInvocation, type Excess, type Invocation, type InvocationId, type JobRecord, type PlannedJob, type Store } from '../../logstore';
import { quoteIfNeeded, type ProcessIdentity } from '../../process';
import type { NotRun } from './not-run';

/** A background job that failed behind somebody's back, as he is to be told of it (jobs.md 6.5). */
export interface Failure {
  name: string;
  dir: string;
  how: { exitCode: number } | { error: string };
}

/** What is said of a job that took more than it may; also the last line of its log. */
export function excessText(excess: Excess): string {
  switch (excess.kind) {
    case 'timeout':
      return `Command timed out after ${excess.afterSecs}s`;
    case 'log-limit':
      return `Output exceeded the limit of ${formatSize(excess.bytes)} (daft.jobs.logLimit)`;
  }
}

/** What is to be told of a job with this final record; undefined where nothing is: it did not fail, or is to be silent. */
export function failureOf(dir: string, record: JobRecord, error?: string): Failure | undefined {
  const { name, status, exitCode, background, backgroundOutput } = record;
  if (!background || backgroundOutput === 'silent') return undefined;
  switch (status) {
    case 'failed':
      return { name, dir, how: error === undefined ? { exitCode: exitCode ?? -1 } : { error } };
    case 'crashed':
      return { name, dir, how: { error: 'crashed, its end was not seen' } };
    case 'running':
    case 'completed':
    case 'cancelled':
    case 'skipped':
    case 'unknown':
      return undefined;
  }
}

/** The same for a job that did not run. */
export function failureOfNotRun({ name, jobDir: dir, backgroundOutput }: PlannedJob, why: NotRun): Failure | undefined {
  if (backgroundOutput === 'silent') return undefined;
  switch (why.kind) {
    case 'could-not-start':
      return { name, dir, how: { error: why.reason } };
    case 'never-started':
      return { name, dir, how: { error: 'never started' } };
    case 'held-back':
    case 'cancelled':
      return undefined;
  }
}

/** The failure in a line, to be read where the job was started unless an address says more. Names and paths come from a repository: its control characters are not for somebody's terminal. */
export function failureLine({ name, how }: Failure, address: string = name): string {
  const line =
    'exitCode' in how
      ? `daft: background job '${name}' failed (exit code: ${how.exitCode}) -- daft hooks jobs logs ${asArgument(address)}`
      : `daft: background job '${name}' failed: ${how.error}`;
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  return line.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
}

/** What stands behind a command that is there to be pasted into a shell. */
function asArgument(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${quoteIfNeeded(text)}`;
}

/** Keeps the line for the next command that somebody watches. Where it cannot be kept, the listing has the failure all the same. */
export function keepFailure(store: Store, id: InvocationId, failure: Failure, warn: (text: string) => void): void {
  keep(id, { failure, warn }, () => {
    const invocation = readInvocation(store, id);
    if (invocation !== 'gone') leaveNotice(store, { id, dir: failure.dir, line: lineFromAfar(invocation, failure) });
  });
}

/** Keeps the line of a failure that is about to be recorded, in case the teller does not live to tell it. */
export function announceFailure(store: Store, invocation: Invocation, { failure, teller, warn }: { failure: Failure; teller: ProcessIdentity; warn: (text: string) => void }): void {
  const { id } = invocation;
  keep(id, { failure, warn }, () => announceNotice(store, { id, dir: failure.dir, line: lineFromAfar(invocation, failure) }, teller));
}

function keep(id: InvocationId, { failure, warn }: { failure: Failure; warn: (text: string) => void }, write: () => void): void {
  try {
    write();
  } catch (error) {
    warn(`cannot keep the notice that job '${failure.name}' of invocation ${id} failed: ${String(error)}`);
  }
}

/** It is read in another worktree perhaps, and perhaps after the next job of that name. */
function lineFromAfar({ id, worktree }: Invocation, failure: Failure): string {
  return failureLine(failure, `${worktree}:${id.slice(0, 4)}:${failure.name}`);
}
