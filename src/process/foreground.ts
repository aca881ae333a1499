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
  /**
   * Raw bytes in order of arrival, in a buffer that is used again; not called for interactive jobs. The job is not listened
   * to while a promise is pending: once its pipe is full, it waits, as it would for any slow reader.
   */
  onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => Promise<void> | undefined;
}

export type ForegroundExit =
  | { kind: 'exited'; exitCode: number }
  | { kind: 'signalled'; signal: NodeJS.Signals; exitCode: number }
  | { kind: 'timed-out' }
  | { kind: 'aborted' }
  | { kind: 'not-started'; error: Error };

/**
 * Runs `sh -c command` as leader of its own session and waits for it: for its exit, not for pipes a grandchild holds.
 * What it wrote before its end has been handed to `onOutput` when the promise resolves, unless it was aborted and `onOutput`
 * is slow.
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
  await output.drain({ patient: stopped?.kind !== 'aborted' });
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

/** The two streams of a captured child, read from the start so that it waits for nobody but its audience. */
class Output {
  readonly #streams: readonly Readable[];
  readonly #onOutput: ForegroundOptions['onOutput'];
  #open: number;
  #chunks = 0;
  /** While the audience has not caught up with one of them. */
  readonly #pauses = new Set<Promise<void>>();

  constructor(child: ChildProcess, pipes: readonly Pipe[] | undefined, onOutput: ForegroundOptions['onOutput']) {
    const streams = pipes?.map((pipe) => pipe.reader) ?? [child.stdout, child.stderr].filter((stream) => stream !== null);
    this.#streams = streams;
    this.#onOutput = onOutput;
    this.#open = streams.length;
    for (const [index, stream] of streams.entries()) {
      const name = index === 0 ? 'stdout' : 'stderr';
      const pipe = pipes?.[index];
      if (pipe === undefined) stream.on('data', (chunk: Buffer) => this.#take(chunk, name, stream));
      else pipe.take = (chunk) => this.#take(chunk, name, stream);
      stream.resume(); // to its end, which is told only then
      stream.once('close', () => {
        this.#open -= 1;
      });
      stream.once('error', () => stream.destroy()); // reading is over either way
    }
  }

  /** False if it is enough for now. */
  #take(chunk: Buffer, name: 'stdout' | 'stderr', stream: Readable): boolean {
    this.#chunks += 1;
    const pause = this.#onOutput(chunk, name);
    if (pause === undefined) return true;
    void this.#rest(stream, pause); // `drain` looks to its end
    return false;
  }

  async #rest(stream: Readable, pause: Promise<void>): Promise<void> {
    stream.pause();
    this.#pauses.add(pause);
    await pause;
    this.#pauses.delete(pause);
    stream.resume();
  }

  /**
   * Takes what lies in the pipes after the end of their writer. A turn of the event loop empties each of them, so some
   * silent turns prove that nothing is left; a grandchild that goes on writing is not listened to for longer than 200 ms.
   *
   * @param options.patient the time that the audience takes does not count
   */
  async drain({ patient }: { patient: boolean }): Promise<void> {
    let deadline = performance.now() + 200;
    for (let silentTurns = 0; this.#open > 0 && silentTurns < 4 && performance.now() < deadline; ) {
      const before = this.#chunks;
      await nextTurn();
      if (patient && this.#pauses.size > 0) {
        const paused = performance.now();
        await Promise.all(this.#pauses);
        await nextTurn(); // for the streams to go on
        deadline += performance.now() - paused;
        silentTurns = 0;
        continue;
      }
      silentTurns = this.#chunks === before ? silentTurns + 1 : 0;
    }
    for (const stream of this.#streams) stream.destroy();
  }
}
