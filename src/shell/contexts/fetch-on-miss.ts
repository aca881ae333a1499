/** A branch nobody has heard of yet may be on the remote: fetch, but not at every key press. */

import { closeSync, constants, openSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../git';
import { isErrno } from '../../fs';

const restMs = 30_000;

/** False if the last attempt is not long ago. The result of the fetch does not matter: the caller looks again anyway. */
export async function fetchOnce(git: Git, { commonDir, remote, sshCommand }: { commonDir: string; remote: string; sshCommand: string }): Promise<boolean> {
  const stamp = join(commonDir, 'daft_complete_last_fetch');
  const age = Date.now() - (lastTouch(stamp) ?? 0);
  if (age >= 0 && age < restMs) return false;
  const stopSpinner = spinOnTerminal(`Fetching refs from ${remote}…`);
  try {
    await git.ask(commonDir, ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', remote], {
      env: { GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: `${sshCommand} -o BatchMode=yes` },
    });
    touch(stamp);
  } finally {
    stopSpinner();
  }
  return true;
}

function lastTouch(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function touch(path: string): void {
  writeFileSync(path, '', { flag: 'a' });
  const now = new Date();
  utimesSync(path, now, now);
}

/** On the terminal itself: stdout and stderr belong to the shell that asks. Without one, nothing is drawn. */
function spinOnTerminal(text: string): () => void {
  let terminal: number;
  try {
    terminal = openSync('/dev/tty', constants.O_WRONLY | constants.O_NOCTTY);
  } catch {
    return () => {};
  }
  const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
  let frame = 0;
  const draw = (): void => {
    writeSync(terminal, `\r\u001B[2K${frames[frame++ % frames.length]} ${text}`);
  };
  draw();
  const timer = setInterval(draw, 100);
  return () => {
    clearInterval(timer);
    writeSync(terminal, '\r\u001B[2K');
    closeSync(terminal);
  };
}
