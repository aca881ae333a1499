/** Entry of `daft __complete`: candidates on stdout, one per line, and never a failure. Loads what the context needs. */

import { writeSync } from 'node:fs';
import type { Environment } from '../config';
import { isErrno } from '../fs';

export interface Question {
  context: string;
  /** What has been typed of the word, literally. */
  word: string;
  /** Which positional is being completed, from 1; option values do not count. */
  slot: number;
  fetchOnMiss: boolean;
  env: Environment;
  cwd: string;
}

export async function main(argv: readonly string[], env: Environment): Promise<void> {
  const { verbose, ...asked } = readArguments(argv);
  const begunMs = sinceStartMs();
  try {
    const lines = await candidates({ ...asked, env, cwd: process.cwd() });
    if (lines.length > 0) print(`${lines.join('\n')}\n`);
  } catch (error) {
    // At a key press there is nobody to tell: no candidates, and the reason for those who ask.
    if (verbose) process.stderr.write(`daft __complete: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`);
  }
  if (env['DAFT_COMPLETE_TIMINGS'] !== undefined) {
    process.stderr.write(`[timings] load : ${begunMs.toFixed(1)}ms\n[timings] collect : ${(sinceStartMs() - begunMs).toFixed(1)}ms\n`);
  }
}

/** Of this process. The mere mention of `performance` would take another millisecond. */
function sinceStartMs(): number {
  return process.uptime() * 1000;
}

/** At once, as process.stdout takes longer to come into being than most candidates do. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    if (isErrno(error, 'EPIPE')) return; // a shell that has lost interest
    if (!isErrno(error, 'EAGAIN')) throw error;
    // Somebody made the pipe one that does not wait, and it is full.
    process.stdout.on('error', () => {});
    process.stdout.write(bytes.subarray(written));
  }
}

/** `<context> [<word>] [-p|--position N] [-v|--verbose] [--fetch-on-miss]`; whatever else begins with a dash is a word. */
export function readArguments(argv: readonly string[]): Omit<Question, 'env' | 'cwd'> & { verbose: boolean } {
  const words: string[] = [];
  const read = { slot: 1, fetchOnMiss: false, verbose: false };
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const position = argument === '-p' || argument === '--position' ? (rest.shift() ?? '') : /^--position=(.*)$/.exec(argument)?.[1];
    if (position !== undefined) read.slot = /^[1-9]\d*$/.test(position) ? Number(position) : 1;
    else if (argument === '-v' || argument === '--verbose') read.verbose = true;
    else if (argument === '--fetch-on-miss') read.fetchOnMiss = true;
    else words.push(argument);
  }
  return { ...read, context: words[0] ?? '', word: words[1] ?? '' };
}

async function candidates(question: Question): Promise<readonly string[]> {
  const { context } = question;
  if (context.startsWith('git-worktree-') || context.startsWith('daft-')) return (await import('./contexts/branches')).completeBranches(question);
  if (context.startsWith('layout-')) return (await import('./contexts/layouts')).completeLayouts(question);
  if (context === 'hooks-run' || context === 'hooks-run-job') return (await import('./contexts/hooks')).completeHooks(question);
  if (context.startsWith('hooks-jobs-')) return (await import('./contexts/jobs')).completeHistory(question);
  throw new Error(`unknown context: ${context}`);
}
