import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fault } from '../fault';
import { lstatIfExists, openPlainFile, readTextIfExists } from '../fs';
import { coverLeaks } from './descriptors';
import { directoryProblem, shell, trySpawn } from './spawn';
import { wrapperScript } from './wrapper-script';

export interface WrapperOptions {
  /** Directory that gets the marks `started`, `pid`, `exit` and `output.log`. Must exist. */
  jobDir: string;
  command: string;
  workingDir: string;
  env: Readonly<Record<string, string>>;
  umask: number;
  /** Soft limit of open files for the job; null leaves it alone. */
  fdLimit: number | null;
}

export type WrapperExit =
  /** What the shell gave; 128+N for signal N. From the `exit` mark, or from the wrapper itself if that could not be written. */
  | { kind: 'exited'; exitCode: number }
  /** Somebody else holds the claim; nothing was run. */
  | { kind: 'lost-claim' }
  /** The claim could not be written (disk full, directory gone) and nobody holds it; nothing was run. */
  | { kind: 'unclaimed' }
  /** The wrapper was killed without leaving an `exit` mark. */
  | { kind: 'vanished'; signal: NodeJS.Signals | null };

export interface RunningWrapper {
  /** Pid of the wrapper = process group id of the job. */
  readonly pid: number;
  /**
   * Resolves 'held' when the `pid` mark is there and the job's group acts on signals as the job would, 'lost' when the
   * wrapper gave up or was killed before.
   */
  readonly claim: Promise<'held' | 'lost'>;
  /** Decided on the wrapper's own exit, never on pipes that the job could hold. Comes after `claim`. */
  readonly exited: Promise<WrapperExit>;
}

/**
 * Starts a background job under its wrapper (jobs.md 3.9): own session and group, stdin null, stdout and stderr
 * appended to `output.log`, everything else closed. Never throws for what the system refuses; `error` says in the
 * words of the log why the job could not start.
 */
export async function spawnWrapper(
  options: WrapperOptions,
): Promise<{ kind: 'spawned'; job: RunningWrapper } | { kind: 'failed'; error: Error }> {
  const missing = directoryProblem(options.workingDir);
  if (missing !== undefined) return { kind: 'failed', error: missing };
  const started = await trySpawn(shell, () => spawnShell(options));
  if (started.kind === 'failed') return started;

  const { child, pid } = started;
  const exit = new Promise<NodeJS.Signals | number>((resolve) => {
    // 'exit', not 'close': close waits for every pipe.
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
  });
  const claim = readClaim(child);
  const exited = Promise.all([exit, claim]).then(([end, claim]) => judgeExit(options.jobDir, end, claim));
  return { kind: 'spawned', job: { pid, claim, exited } };
}

function spawnShell({ jobDir, command, workingDir, env, umask, fdLimit }: WrapperOptions): ChildProcess {
  if (DAFT_FAULTS) fault('process: spawn wrapper');
  const log = openPlainFile(join(jobDir, 'output.log'), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  try {
    const { stdio, release } = coverLeaks(['ignore', 'ignore', 'ignore', log, 'pipe'] as const);
    try {
      const args = ['-c', wrapperScript, 'daft-job', jobDir, command, umask.toString(8), fdLimit?.toString() ?? '-', env['SHLVL'] ?? '-'];
      return spawn(shell, args, { cwd: workingDir, env, detached: true, stdio });
    } finally {
      release();
    }
  } finally {
    closeSync(log);
  }
}

/** A byte on descriptor 4 means that claim and pid are on disk; its end without one, that nothing will be run. */
function readClaim(child: ChildProcess): Promise<'held' | 'lost'> {
  const pipe = child.stdio[4] as Readable;
  return new Promise((resolve) => {
    pipe.once('data', () => {
      resolve('held');
      pipe.destroy(); // a running job costs us no descriptor
    });
    pipe.once('close', () => resolve('lost')); // no effect once it is held
    pipe.once('error', () => pipe.destroy()); // reset: the same as its end
  });
}

/** What became of a job, from its wrapper's end and the marks in its directory. */
export function judgeExit(jobDir: string, end: NodeJS.Signals | number, claim: 'held' | 'lost'): WrapperExit {
  if (claim === 'lost') {
    if (typeof end === 'string') return { kind: 'vanished', signal: end };
    return lstatIfExists(join(jobDir, 'started')) === undefined ? { kind: 'unclaimed' } : { kind: 'lost-claim' };
  }
  const marked = parseExitMark(readQuietly(join(jobDir, 'exit')));
  if (marked !== undefined) return { kind: 'exited', exitCode: marked };
  return typeof end === 'string' ? { kind: 'vanished', signal: end } : { kind: 'exited', exitCode: end };
}

/** The wrapper tells the same by its own exit: whatever keeps us from reading is no reason to lose that. */
function readQuietly(path: string): string | undefined {
  try {
    return readTextIfExists(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return undefined;
  }
}

/** Content of an `exit` mark; undefined unless all of it is there. */
export function parseExitMark(text: string | undefined): number | undefined {
  const digits = /^(\d{1,3})\n$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Content of a `pid` mark; undefined unless all of it is there and can be a process group. */
export function parsePidMark(text: string | undefined): number | undefined {
  const digits = /^(\d{1,10})\n$/.exec(text ?? '')?.[1];
  return digits === undefined || Number(digits) < 2 ? undefined : Number(digits);
}
