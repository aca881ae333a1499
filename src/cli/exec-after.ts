import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { readDirectories } from '../config';
import { DaftError } from '../daft-error';
import type { ShellCommand } from '../process/user-shell';
import { type CommandContext, Interrupted } from './context';

/**
 * Runs the commands of `-x` one after the other in `directory`, with our own streams and as the user would type them; the
 * first that fails ends the sequence with a DaftError. Ctrl-C reaches the command by itself; we outlive it, so that the
 * wrapper still learns where the user wants to be.
 */
export async function execAfter(commands: readonly string[], directory: string, context: CommandContext): Promise<void> {
  if (commands.length === 0) return;
  const { now, stderr } = context;
  const { DAFT_CD_FILE: _belongsToUs, ...env } = context.env;
  const interruption = context.interruptible();
  const { openUserShell } = await import('../process/user-shell');
  const shell = await openUserShell({
    env,
    cacheDir: readDirectories(env).cache,
    now,
    signal: interruption,
    trace(text) {
      if (env['DAFT_EXEC_DEBUG'] !== undefined) stderr.stream.write(`[daft-exec-debug] ${text}\n`);
    },
  });
  for (const command of commands) {
    const status = await run(command, shell.commandFor(command), { cwd: directory, env });
    interruption.throwIfAborted();
    if (status === 128 + constants.signals.SIGINT) throw new Interrupted('SIGINT');
    if (status !== 0) throw new DaftError(`Command '${command}' exited with status ${status}`);
  }
}

function run(command: string, { file, args }: ShellCommand, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: 'inherit' });
    child.on('error', (error) => reject(new DaftError(`Could not run '${command}' in ${file}: ${error.message}`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
