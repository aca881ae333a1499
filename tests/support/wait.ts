/** Waiting in tests: for something that can be seen, until a deadline that says what it waited for. Never a sleep. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds; generous, as it is only paid when the test fails. */
  within?: number;
  /** Called when the deadline passes: what is there instead. */
  instead?: () => string;
}

/** Asks `probe` until it gives something other than undefined or false, and returns that. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const within = options.within ?? 10_000;
  const end = performance.now() + within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) {
      const instead = options.instead === undefined ? '' : `; instead:\n${options.instead()}`;
      throw new Error(`waited ${within} ms in vain for ${what}${instead}`);
    }
    await pause(15);
  }
}

/** Waits until a file exists and, if given, holds `text` or matches it; returns the content. */
export function waitForFile(path: string, text: string | RegExp = '', options: WaitOptions = {}): Promise<string> {
  return waitFor(
    text === '' ? `the file ${path}` : `${String(text)} in the file ${path}`,
    () => {
      const content = readIfThere(path);
      if (content === undefined) return undefined;
      const holds = typeof text === 'string' ? content.includes(text) : text.test(content);
      return holds ? { content } : undefined;
    },
    { instead: () => readIfThere(path) ?? '(no such file)', ...options },
  ).then((found) => found.content);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}
