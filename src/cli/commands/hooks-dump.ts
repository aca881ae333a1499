import { createPalette } from '../../output';
import type { Palette } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { findCurrentWorktree, loadConfig } from './hooks-worktree';

export async function run(context: CommandContext): Promise<number> {
  const { root } = await findCurrentWorktree(context, 'Not in a git worktree');
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const config = await loadConfig(root, context);
  if (config === undefined) {
    messages.info('No daft.yml found.');
    return 0;
  }
  const { dumpConfig } = await import('../../config/grammar');
  const text = dumpConfig(config);
  const { stdout } = context;
  messages.raw(stdout.isTTY && stdout.colour ? painted(text, createPalette(true)) : text);
  return 0;
}

/** Keys stand out; the rest is the user's own text. */
function painted(text: string, { command, dim }: Palette): string {
  return text.replace(/^(\s*)(- )?([\w.-]+)(:)(?= |$)/gm, (_line, indent: string, dash: string | undefined, key: string, colon: string) =>
    `${indent}${dash === undefined ? '' : dim(dash)}${command(key)}${dim(colon)}`,
  );
}
