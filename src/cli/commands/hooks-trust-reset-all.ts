import { parseSettings, readDirectories } from '../../config';
import { createGit, readGlobalConfigList } from '../../git';
import { clearTrust, readTrustBook } from '../../hooks';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { trustBookOf } from './hooks-place';
import { isConfirmed } from '../confirm';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const directories = readDirectories(context.env);
  const registry = readTrustBook(directories.config);
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const trusted = [...registry.repositories.values()].filter(({ trust }) => trust !== null).length;
  const patterns = registry.patterns.length;
  if (trusted === 0 && patterns === 0) {
    messages.info('Trust database is already empty.');
    return 0;
  }
  messages.info(`Trust database: ${trusted} repositories, ${patterns} patterns`);
  const force = parsed.flag('force');
  if (!force && !(await isConfirmed(context, 'Clear all trust settings'))) return 0;
  const git = createGit(context.env);
  const settings = parseSettings(await readGlobalConfigList(git));
  await clearTrust(trustBookOf({ git, settings, directories }, context, messages));
  messages.info(force ? 'Trust database cleared.' : 'Done.');
  return 0;
}
