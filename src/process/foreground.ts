import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { coverLeaks } from './descriptors';
import { signalGroup, terminateGroup } from './group';
import { openPipes, type Pipe } from './pipe';
import { directoryProblem, shell, trySpawn } from './spawn';

export interface ForegroundOptions {
  command: string;
  workingDir: string;
  env: Readonly<Record<string, string>>;
  /** Inherits the terminal and stays in our process group, so that Ctrl-C and reading work; knows no timeout. */
  interactive: boolean;
  /** Milliseconds until the ladder; null for none. */
  timeoutMs: number | null;
  /** Aborting walks the ladder. */
  signal: AbortSignal;
  /** Raw bytes in order of arrival; not called for interactive jobs. */
  onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export type ForegroundExit =
  | { kind: 'exited'; exitCode: number }
  | { kind: 'signalled'; signal: NodeJS.Signals; exitCode: number }
  | { kind: 'timed-out' }
  | { kind: 'aborted' }
  | { kind: 'not-started'; error: Error };

/**
 * Runs `sh -c command` as leader of its own session and waits for it: for its exit, not for pipes a grandchild holds.
 * What it wrote before its end has been handed to `onOutput` when the promise resolves.
 */
export async function runForeground(options: ForegroundOptions): Promise<ForegroundExit> {
  if (options.signal.aborted) return { kind: 'aborted' };
  const missing = directoryProblem(options.workingDir);
  if (missing !== undefined) return { kind: 'not-started', error: missing };
  return options.interactive ? runInteractive(options) : runCaptured(options);
}

/** What kills each job that runs in front of us, at once. */
const killers = new Set<() => void>();

/** For who cannot wait any longer: no job in the foreground outlives this, however stubborn. */
export function killForeground(): void {
  for (const kill of killers) kill();
}

type End = { code: number | null; signal: NodeJS.Signals | null };

async function runCaptured(options: ForegroundOptions): Promise<ForegroundExit> {
  const { command, workingDir, env, onOutput } = options;
  const pipes = await openPipes(2);
  const started = await trySpawn(shell, () => {
    const { stdio, release } = coverLeaks(['ignore', pipes?.[0]?.writer ?? 'pipe', pipes?.[1]?.writer ?? 'pipe'] as const);
    try {
      return spawn(shell, ['-c', command], { cwd: workingDir, env, detached: true, stdio });
    } finally {
      release();
    }
  });
  for (const { writer } of pipes ?? []) closeSync(writer);
  if (started.kind === 'failed') {
    for (const { reader } of pipes ?? []) reader.destroy();
    return { kind: 'not-started', error: started.error };
  }

  const { child, pid } = started;
  const kill = () => void signalGroup(pid, 'SIGKILL');
  killers.add(kill);
  const ended = endOf(child);
  const output = new Output(child, pipes, onOutput);
  const stopped = await ending(ended, options, () => terminateGroup(pid));
  killers.delete(kill);
  await output.drain();
  return stopped ?? exitOf(await ended);
}

async function runInteractive(options: ForegroundOptions): Promise<ForegroundExit> {
  const { command, workingDir, env } = options;
  const started = await trySpawn(shell, () => spawn(shell, ['-c', command], { cwd: workingDir, env, stdio: 'inherit' }));
  if (started.kind === 'failed') return { kind: 'not-started', error: started.error };
  const { child } = started;
  const kill = () => void child.kill('SIGKILL');
  killers.add(kill);
  const ended = endOf(child);
  // Its group is ours: only the shell itself may be signalled.
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(impatience);
  };
  const stopped = await ending(ended, { ...options, timeoutMs: null }, stop);
  killers.delete(kill);
  return stopped ?? exitOf(await ended);
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    // 'exit', not 'close': close waits for the pipes, and a grandchild may hold them open for days.
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Waits for the end of a child, or for the reason to stop it and then for that; undefined if it ended by itself. */
async function ending(
  ended: Promise<End>,
  { timeoutMs, signal }: Pick<ForegroundOptions, 'timeoutMs' | 'signal'>,
  stop: () => Promise<unknown>,
): Promise<{ kind: 'timed-out' } | { kind: 'aborted' } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const reason = await Promise.race([
    ended.then(() => undefined),
    new Promise<'timed-out'>((resolve) => {
      // A longer delay would fire at once: timers count milliseconds in 31 bits.
      if (timeoutMs !== null) timer = setTimeout(() => resolve('timed-out'), Math.min(timeoutMs, 2 ** 31 - 1));
    }),
    new Promise<'aborted'>((resolve) => {
      onAbort = () => resolve('aborted');
      signal.addEventListener('abort', onAbort, { once: true });
    }),
  ]);
  clearTimeout(timer);
  if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  if (reason === undefined) return undefined;
  await stop();
  return { kind: reason };
}

function exitOf({ code, signal }: End): ForegroundExit {
  if (signal !== null) return { kind: 'signalled', signal, exitCode: 128 + constants.signals[signal] };
  return { kind: 'exited', exitCode: code ?? 1 };
}

/** The two streams of a captured child, read from the start so that it never waits for us. */
class Output {
  readonly #streams: readonly Readable[];
  #open: number;
  #chunks = 0;

  constructor(child: ChildProcess, pipes: readonly Pipe[] | undefined, onOutput: ForegroundOptions['onOutput']) {
    const streams = pipes?.map((pipe) => pipe.reader) ?? [child.stdout, child.stderr].filter((stream) => stream !== null);
    this.#streams = streams;
    this.#open = streams.length;
    for (const [index, stream] of streams.entries()) {
      stream.on('data', (chunk: Buffer) => {
        this.#chunks += 1;
        onOutput(chunk, index === 0 ? 'stdout' : 'stderr');
      });
      stream.once('close', () => {
        this.#open -= 1;
      });
      stream.once('error', () => stream.destroy()); // reading is over either way
    }
  }

  /**
   * Takes what lies in the pipes after the end of their writer. A turn of the event loop empties each of them, so some
   * silent turns prove that nothing is left; a grandchild that goes on writing is not listened to for longer than 200 ms.
   */
  async drain(): Promise<void> {
    const deadline = performance.now() + 200;
    for (let silentTurns = 0; this.#open > 0 && silentTurns < 4 && performance.now() < deadline; ) {
      const before = this.#chunks;
      await nextTurn();
      silentTurns = this.#chunks === before ? silentTurns + 1 : 0;
    }
    for (const stream of this.#streams) stream.destroy();
  }
}
