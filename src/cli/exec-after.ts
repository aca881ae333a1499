import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DaftError } from '../daft-error';
import { type CommandContext, Interrupted } from './context';

/**
 * Runs the commands of `-x` one after the other in `directory`, with our own streams; the first that fails ends the
 * sequence with a DaftError. Ctrl-C reaches the command by itself; we outlive it, so that the wrapper still learns where
 * the user wants to be.
 */
export async function execAfter(commands: readonly string[], directory: string, context: CommandContext): Promise<void> {
  if (commands.length === 0) return;
  const interruption = context.interruptible();
  for (const command of commands) {
    const status = await execInShell(command, directory, context);
    interruption.throwIfAborted();
    if (status === 128 + constants.signals.SIGINT) throw new Interrupted('SIGINT');
    if (status !== 0) throw new DaftError(`Command '${command}' exited with status ${status}`);
  }
}

function execInShell(command: string, directory: string, { env }: CommandContext): Promise<number> {
  const { DAFT_CD_FILE: _belongsToUs, ...inherited } = env;
  const shell = env['SHELL'] || 'sh';
  return new Promise((resolve, reject) => {
    const child = spawn(shell, ['-c', command], { cwd: directory, env: inherited, stdio: 'inherit' });
    child.on('error', (error) => reject(new DaftError(`Could not run '${command}' in ${shell}: ${error.message}`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
