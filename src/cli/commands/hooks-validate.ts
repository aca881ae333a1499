import { readDirectories } from '../../config';
import { loadConfigLayers } from '../../config/daft-yml';
import { validateLayers } from '../../hooks/validation';
import type { LayeredFinding } from '../../hooks/validation';
import { printable } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { distance, similarTo } from '../similar';
import { brokenConfig, findCurrentWorktree } from './hooks-worktree';

export async function run(context: CommandContext): Promise<number> {
  const { root } = await findCurrentWorktree(context, 'Not in a git worktree');
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const loaded = await loadConfigLayers(root, readDirectories(context.env).cache);
  if (loaded.kind === 'broken') throw brokenConfig(loaded.message);
  if (loaded.kind === 'absent') {
    messages.info('No daft.yml found.');
    return 0;
  }
  const findings = validateLayers(loaded, { version: DAFT_VERSION, suggest });
  // Of a lone daft.yml it goes without saying.
  const several = loaded.above.length > 0 || loaded.main.file !== 'daft.yml';
  const textOf = ({ path, message, file }: LayeredFinding) => `${printable(`${path}: ${message}`)}${several ? ` (in ${file})` : ''}`;
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const finding of warnings) messages.warning(textOf(finding));
  for (const finding of errors) messages.error(textOf(finding));
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
