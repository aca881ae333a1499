import { parseSettings, readDirectories } from '../../config';
import { createGit, readGlobalConfigList } from '../../git';
import { pruneTrust } from '../../hooks';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { trustBookOf } from './hooks-place';
import { displayKey } from './hooks-trust-list';

export async function run(context: CommandContext): Promise<number> {
  const git = createGit(context.env);
  const settings = parseSettings(await readGlobalConfigList(git));
  const directories = readDirectories(context.env);
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const { stale, backfilled } = await pruneTrust(trustBookOf({ git, settings, directories }, context, messages));
  if (stale.length === 0 && backfilled.length === 0) messages.info('No stale entries found.');
  if (stale.length > 0) {
    messages.info('Pruned stale entries:');
    for (const key of stale) messages.info(`  ${displayKey(key)}`);
    messages.info(`Removed ${stale.length} stale ${stale.length === 1 ? 'entry' : 'entries'}.`);
  }
  if (backfilled.length > 0) {
    messages.info(`Backfilled fingerprints for ${backfilled.length} ${backfilled.length === 1 ? 'repository' : 'repositories'}.`);
  }
  return 0;
}
