import { readConfigToml, readDirectories, saveDefaultLayout } from '../../config';
import { DaftError } from '../../daft-error';
import { defaultLayout, findLayout } from '../../layout';
import { createPalette } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { namedLayout } from '../named-layout';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const directories = readDirectories(context.env);
  const given = parsed.argument('layout');
  if (parsed.flag('reset')) {
    await saveDefaultLayout(directories.config, null);
    messages.result(`Default layout reset to built-in (${defaultLayout.name}).`);
  } else if (given === undefined) {
    messages.raw(`${await describeDefault(context, directories.config, (text) => messages.warning(text))}\n`);
  } else {
    if (given.trim() === '') throw new DaftError('Layout name cannot be empty.');
    await namedLayout(given, { directories, narrator: messages });
    await saveDefaultLayout(directories.config, given);
    messages.result(`Default layout set to '${given}'.`);
  }
  return 0;
}

async function describeDefault({ stdout }: CommandContext, configDir: string, warn: (text: string) => void): Promise<string> {
  const { bold, dim } = createPalette(stdout.colour);
  const config = await readConfigToml(configDir, warn);
  if (config.defaultLayout === null) return `${bold(defaultLayout.name)} ${defaultLayout.template} ${dim('(default)')}`;
  const found = findLayout(config.defaultLayout, config.layouts);
  if (found.kind !== 'layout') throw new DaftError(found.kind === 'malformed' ? found.message : `Unknown layout '${found.name}'`);
  return `${bold(found.layout.name)} ${found.layout.template} ${dim('(global config)')}`;
}
