/** Runs programs for tests: to the end, in the background, or on a terminal. A non-zero exit is a result like any other. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { waitFor, type WaitOptions } from './wait';

export interface RunOptions {
  cwd?: string;
  /** On top of the environment of the home; undefined removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  stdin?: string;
  /** Milliseconds until SIGKILL and failure of the test; default 60 s. */
  timeout?: number;
}

export interface TerminalOptions extends RunOptions {
  columns?: number;
  rows?: number;
}

export interface Ran {
  /** As it would be typed. */
  commandLine: string;
  stdout: string;
  stderr: string;
  /** 128 + N for signal N, as a shell reports it. */
  exitCode: number;
  durationMs: number;
}

export interface Running {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until stdout or stderr has this text. */
  says(text: string | RegExp, options?: WaitOptions): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  write(text: string): void;
  readonly ended: Promise<Ran>;
}

type Complete = Omit<RunOptions, 'cwd' | 'env'> & { cwd: string; env: Readonly<Record<string, string | undefined>> };

export async function runProgram(program: string, args: readonly string[], options: Complete): Promise<Ran> {
  return startProgram(program, args, { ...options, stdin: options.stdin ?? '' }).ended;
}

export function startProgram(program: string, args: readonly string[], options: Complete): Running {
  const commandLine = [program.replace(/^.*\//, ''), ...args].join(' ');
  const said = { stdout: '', stderr: '' };
  const everything = () => `${said.stdout}${said.stderr}`;
  const begun = performance.now();
  const child = spawn(program, args, { cwd: options.cwd, env: options.env });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  child.stdin.on('error', () => {}); // it ended without reading what it was given: its right
  if (options.stdin !== undefined) child.stdin.end(options.stdin);

  const ended = new Promise<Ran>((resolve, reject) => {
    const within = options.timeout ?? 60_000;
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new Error(`${commandLine} did not end within ${within} ms, or left its output open\n${everything()}`));
    }, within);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${commandLine} could not be started in ${options.cwd}: ${error.message}`, { cause: error }));
    });
    // 'close', not 'exit': like `$(...)` in a shell, we wait for whoever still holds stdout or stderr. That is the point.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ commandLine, ...said, exitCode, durationMs: performance.now() - begun });
    });
  });
  ended.catch(() => {}); // whoever never asks how it ended must not be failed by it

  return {
    get pid() {
      if (child.pid === undefined) throw new Error(`${commandLine} could not be started`);
      return child.pid;
    },
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    async says(text, waiting) {
      const holds = () => (typeof text === 'string' ? everything().includes(text) : text.test(everything()));
      await waitFor(`${commandLine} to say ${String(text)}`, holds, { instead: everything, ...waiting });
    },
    signal: (signal) => void child.kill(signal),
    write: (text) => void child.stdin.write(text),
    ended,
  };
}

/** script(1) of util-linux lends a terminal of its own; its output ends lines with CR LF, which are folded to LF. */
export async function runOnTerminal(commandLine: string, options: TerminalOptions & Complete): Promise<Ran> {
  const sized = `stty cols ${options.columns ?? 100} rows ${options.rows ?? 30}; exec ${commandLine}`;
  const ran = await runProgram('script', ['--quiet', '--return', '--flush', '--command', sized, '/dev/null'], {
    ...options,
    env: { ...options.env, SHELL: '/bin/sh' },
  });
  return { ...ran, commandLine, stdout: ran.stdout.replaceAll('\r\n', '\n') };
}
