import { existsSync, writeFileSync } from 'node:fs';
import type { Environment, Settings } from '../config';
import type { Messages } from '../output';

/**
 * Tells the shell wrapper where the user wants to be (shell.md 4.2). A failure is a warning.
 *
 * @returns whether there is a wrapper to be told
 */
export function writeDestination(
  path: string,
  { env, settings, stay, messages }: { env: Environment; settings: Pick<Settings, 'autocd'>; stay: boolean; messages: Messages },
): boolean {
  const file = env['DAFT_CD_FILE'];
  if (!file || !settings.autocd || stay) return false;
  try {
    // In place: the wrapper has made the file, and reads that very one.
    writeFileSync(file, path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    messages.warning(`failed to write cd path to ${file}: ${error.message}`);
  }
  return true;
}

/** What somebody does whose shell stands in a directory that has gone, and nobody can take out of it. */
export function wayOut(path: string): string {
  return `Run \`cd ${path}\` (your previous working directory was removed)`;
}

/** Tells the way to a destination that no wrapper was told of, if the directory the command was started in is no more. */
export function tellWayOut(path: string, { cwd, messages }: { cwd: string; messages: Messages }): void {
  if (!existsSync(cwd)) messages.result(wayOut(path));
}
