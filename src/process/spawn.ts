import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { fault } from '../fault';
import { isErrno, statIfExists } from '../fs';
import { coverLeaks } from './descriptors';

/** The shell of all jobs and of their wrapper: POSIX, under the name every system has it. */
export const shell = '/bin/sh';

/**
 * Starts a process in a session of its own, with the null device for stdin, stdout, stderr and every leaked descriptor.
 * It was started when the promise resolves, and we do not stay alive for it. Never throws for what the system refuses.
 */
export async function spawnDetached(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ kind: 'spawned'; pid: number } | { kind: 'failed'; error: Error }> {
  const missing = directoryProblem(options.cwd);
  if (missing !== undefined) return { kind: 'failed', error: missing };
  const started = await trySpawn(file, () => {
    if (DAFT_FAULTS) fault('process: spawn detached');
    const { stdio, release } = coverLeaks(['ignore', 'ignore', 'ignore'] as const);
    try {
      // detached means setsid(2): no terminal, no Ctrl-C, no hang-up.
      return spawn(file, args, { cwd: options.cwd, env: options.env, detached: true, stdio });
    } finally {
      release();
    }
  });
  if (started.kind === 'failed') return started;
  started.child.unref();
  return { kind: 'spawned', pid: started.pid };
}

/** Runs `start` and tells what became of it, whether Node throws or emits. */
export async function trySpawn<Child extends ChildProcess>(
  file: string,
  start: () => Child,
): Promise<{ kind: 'spawned'; child: Child; pid: number } | { kind: 'failed'; error: Error }> {
  let child: Child;
  try {
    child = start();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'failed', error: explain(file, error) };
  }
  if (child.pid !== undefined) return { kind: 'spawned', child, pid: child.pid };
  // One that failed has no pid, and emits its error in the next tick.
  const error = await new Promise<Error>((resolve) => {
    child.once('error', resolve);
  });
  return { kind: 'failed', error: explain(file, error) };
}

/** Why a command cannot be run in this directory; checked first, since spawn(2) blames the shell for it. */
export function directoryProblem(directory: string): Error | undefined {
  try {
    const found = statIfExists(directory);
    if (found === undefined) return new Error(`working directory ${directory} does not exist`);
    if (!found.isDirectory()) return new Error(`working directory ${directory} is not a directory`);
    accessSync(directory, constants.X_OK);
    return undefined;
  } catch (error) {
    if (error instanceof Error) return new Error(`working directory ${directory} cannot be entered: ${reason(error)}`, { cause: error });
    throw error;
  }
}

function explain(file: string, error: Error): Error {
  if (isErrno(error, 'E2BIG')) return new Error('command and environment are too large for the system (E2BIG)', { cause: error });
  if (isErrno(error, 'ERR_INVALID_ARG_VALUE')) return new Error('command or environment contains a NUL byte', { cause: error });
  return new Error(`cannot start ${file}: ${reason(error)}`, { cause: error });
}

function reason(error: Error): string {
  if (!('errno' in error) || typeof error.errno !== 'number') return error.message;
  const [code, text] = getSystemErrorMap().get(error.errno) ?? [];
  return code === undefined || text === undefined ? error.message : `${text} (${code})`;
}
