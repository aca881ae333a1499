import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTextIfExists } from '../../fs';
import { coverLeaks } from '../descriptors';
import { signalGroup } from '../group';
import { trySpawn } from '../spawn';
import { captureVariables, type Dialect } from './dialect';
import { looksLikeAliases, type Snapshot } from './snapshot';

export interface CaptureOptions {
  shell: string;
  dialect: Dialect;
  env: NodeJS.ProcessEnv;
  /** Ends the capture at once, and throws its reason. */
  signal: AbortSignal;
  timeoutMs: number;
}

/**
 * Starts the shell as its user would, and asks it for aliases and functions. Startup files print, ask and hang: it is in a
 * session without a terminal, its streams lead nowhere, and what it knows comes by files.
 *
 * @returns why there is no snapshot, where there is none
 */
export async function capture(options: CaptureOptions): Promise<Snapshot | { problem: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'daft-aliases-'));
  try {
    const files = { aliases: join(directory, 'aliases'), functions: join(directory, 'functions') };
    const ending = await runShell(options, files);
    if (ending !== 'ended') return { problem: ending };
    const aliases = readTextIfExists(files.aliases);
    const functions = readTextIfExists(files.functions);
    if (aliases === undefined || functions === undefined) return { problem: 'the shell ended before it told them' };
    return looksLikeAliases(aliases) ? { aliases, functions } : { problem: 'what the shell told are no aliases' };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** 'ended', or why it did not. */
async function runShell({ shell, dialect, env, signal, timeoutMs }: CaptureOptions, files: { aliases: string; functions: string }): Promise<string> {
  signal.throwIfAborted();
  const { stdio, release } = coverLeaks(['ignore', 'ignore', 'ignore'] as const);
  const started = await trySpawn(shell, () => {
    try {
      return spawn(shell, ['-i', '-c', dialect.captureScript], {
        env: { ...env, [captureVariables.aliases]: files.aliases, [captureVariables.functions]: files.functions },
        detached: true, // setsid(2): without a terminal, job control has nothing to fight for
        stdio,
      });
    } finally {
      release();
    }
  });
  if (started.kind === 'failed') return started.error.message;
  const { child, pid } = started;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => {
      kill(pid);
      finish(() => reject(signal.reason as Error));
    };
    const timer = setTimeout(() => {
      kill(pid);
      finish(() => resolve(`the shell did not start within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    signal.addEventListener('abort', abort);
    child.once('exit', () => finish(() => resolve('ended')));
    if (signal.aborted) abort(); // while the shell was being started
  });
}

/** The group, for a startup file hangs in a child as a rule. The shell leads it until it has been waited for. */
function kill(shell: number): void {
  signalGroup(shell, 'SIGKILL');
}
