import { writeFileSync } from 'node:fs';
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
