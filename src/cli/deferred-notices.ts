/** Failures of background jobs that no terminal could be told of, told by the next command that has one. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDirectories } from '../config';
import { printable } from '../output';
import type { CommandContext } from './context';

const shownAtMost = 3;

/**
 * To be called at the end of an ordinary command. Where no repository has a notice, this costs one look at a file that
 * does not exist; it starts no process and waits for none.
 *
 * @param argv of the command: whoever reads structured output is no person
 */
export async function tellDeferredNotices({ env, cwd, stderr }: Pick<CommandContext, 'env' | 'cwd' | 'stderr'>, argv: readonly string[]): Promise<void> {
  if (!stderr.isTTY || argv.some((argument) => /^--(?:format|template)(?:=|$)/.test(argument))) return;
  try {
    const { state } = readDirectories(env);
    if (!existsSync(join(state, '.notices'))) return;
    const lines = noticeLines(await takeLines(state, cwd));
    if (lines.length > 0) stderr.stream.write(`${lines.join('\n')}\n`);
  } catch {
    // Neither a broken store nor a strange repository is a reason to fail a command that has done its work.
  }
}

async function takeLines(state: string, cwd: string): Promise<string[]> {
  const [{ findCommonDir }, { openStore, readRepoId, takeNotices }] = await Promise.all([import('../git'), import('../logstore')]);
  const commonDir = findCommonDir(cwd);
  const id = commonDir === undefined ? undefined : readRepoId(commonDir);
  return id === undefined ? [] : takeNotices(openStore(state, id));
}

/** The first few of them; what a job is called must not draw on the terminal. */
export function noticeLines(lines: readonly string[]): string[] {
  const shown = lines.slice(0, shownAtMost).map((line) => printable(line));
  return lines.length <= shownAtMost ? shown : [...shown, `and ${lines.length - shownAtMost} more -- daft hooks jobs --failed --all`];
}
