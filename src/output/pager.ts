/** Long text on a terminal goes through the user's pager. */

import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Text in pieces, so that a log of any size is shown without being held. Read anew each time it is called. A piece is done
 * with when the next one is asked for: its buffer may be used again.
 */
export type LongText = () => Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Shows `text`: through `$PAGER`, else `less`, if `stdout` is a terminal; else, or if the pager cannot be started, by
 * writing it. Leaving the pager early is not an error. Ctrl-C is the pager's business: the caller is to ignore it.
 */
export async function page(
  text: LongText,
  { stdout, env }: { stdout: { stream: Writable; isTTY: boolean; readerGone: AbortSignal }; env: Readonly<Record<string, string | undefined>> },
): Promise<void> {
  const command = stdout.isTTY ? pagerCommand(env) : undefined;
  if (command !== undefined && (await runPager(command, text, env)) === 'shown') return;
  await writeAll(text, stdout);
}

/** Undefined where the user wants none. */
export function pagerCommand(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const command = env['PAGER'] ?? 'less';
  return command === '' || command === 'cat' ? undefined : command;
}

async function runPager(command: string, text: LongText, env: Readonly<Record<string, string | undefined>>): Promise<'shown' | 'not-started'> {
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'inherit', 'inherit'], env: { ...env, LESS: env['LESS'] ?? 'R' } });
  let exitCode: number | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      exitCode = code ?? 0;
      resolve();
    });
    child.once('error', () => {
      exitCode = 127;
      resolve();
    });
  });
  child.stdin.on('error', () => {}); // EPIPE: the reader has seen enough, or never came
  await Promise.race([writeUntil(() => exitCode !== undefined, text, child.stdin), ended]);
  child.stdin.end();
  await ended;
  return exitCode === 126 || exitCode === 127 ? 'not-started' : 'shown';
}

/** Writes `text` as fast as it is taken, until nobody reads any more. */
export async function writeAll(text: LongText, { stream, readerGone }: { stream: Writable; readerGone: AbortSignal }): Promise<void> {
  await writeUntil(() => readerGone.aborted, text, stream);
}

async function writeUntil(isOver: () => boolean, text: LongText, stream: Writable): Promise<void> {
  for await (const piece of text()) {
    if (isOver() || stream.destroyed) return;
    // Called with an error, too, when the reader has gone; what to make of that is for the owner of the stream.
    await new Promise<void>((resolve) => void stream.write(piece, () => resolve()));
  }
}
