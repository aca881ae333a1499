import { validateConfig } from '../../hooks/validation';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { distance, similarTo } from '../similar';
import { findCurrentWorktree, loadConfig } from './hooks-worktree';

export async function run(context: CommandContext): Promise<number> {
  const { root } = await findCurrentWorktree(context, 'Not in a git worktree');
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const config = await loadConfig(root);
  if (config === undefined) {
    messages.info('No daft.yml found.');
    return 0;
  }
  const findings = validateConfig(config, { version: DAFT_VERSION, suggest });
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const { path, message } of warnings) messages.warning(`${path}: ${message}`);
  for (const { path, message } of errors) messages.error(`${path}: ${message}`);
  if (errors.length > 0) {
    messages.error(`Configuration has errors (${errors.length} error(s), ${warnings.length} warning(s))`);
    return 1;
  }
  messages.info(warnings.length === 0 ? 'Configuration is valid.' : `Configuration is valid (${warnings.length} warning(s))`);
  return 0;
}

/** Keys are short, so only a slip or two is close; most slips leave the first letter alone. */
function suggest(word: string, known: readonly string[]): string | undefined {
  const near = similarTo(word, known).filter((candidate) => distance(word, candidate) < Math.min(3, word.length));
  return near.find((candidate) => candidate[0] === word[0]) ?? near[0];
}
