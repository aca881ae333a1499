import { createMessages, type Messages } from '../output';
import type { CommandContext } from './context';

/** The messages of one command, bound to its streams; the spinner leaves no trace even when a signal kills. */
export function commandMessages(context: CommandContext, { quiet, verbose }: { quiet: boolean; verbose: number }): Messages {
  const { env, stdout, stderr, beforeDying } = context;
  const spinner = stderr.isTTY && env['DAFT_TESTING'] === undefined && !quiet;
  const messages = createMessages({
    stdout: stdout.stream,
    stderr: stderr.stream,
    colour: { stdout: stdout.colour, stderr: stderr.colour },
    quiet,
    verbose,
    spinner,
  });
  if (spinner) beforeDying(() => messages.spinner.finish());
  return messages;
}
