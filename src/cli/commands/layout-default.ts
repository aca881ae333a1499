import { join } from 'node:path';
import { readConfigToml, readDirectories, saveDefaultLayout, saving } from '../../config';
import { DaftError } from '../../daft-error';
import { configuredDefault, defaultLayout, standardLayout } from '../../layout';
import { createPalette } from '../../output';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { namedLayout } from '../named-layout';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const directories = readDirectories(context.env);
  const given = parsed.argument('layout');
  const save = (layout: string | null) =>
    saving(`Could not save the default layout in ${join(directories.config, 'config.toml')}`, () => saveDefaultLayout(directories.config, layout));
  if (parsed.flag('reset')) {
    await save(null);
    messages.result(`Default layout reset to built-in (${defaultLayout.name}).`);
  } else if (given === undefined) {
    messages.raw(`${await describeDefault(context, directories.config, (text) => messages.warning(text))}\n`);
  } else {
    if (given.trim() === '') throw new DaftError('Layout name cannot be empty.');
    await namedLayout(given, { directories, narrator: messages });
    await save(given);
    messages.result(`Default layout set to '${given}'.`);
  }
  return 0;
}

async function describeDefault({ stdout }: CommandContext, configDir: string, warn: (text: string) => void): Promise<string> {
  const { bold, dim } = createPalette(stdout.colour);
  const config = await readConfigToml(configDir, warn);
  const { decided, warnings } = configuredDefault(config);
  warnings.forEach(warn);
  const { layout, label } = decided ? { layout: decided.layout, label: decided.source } : { layout: standardLayout(config.layouts), label: 'default' };
  return `${bold(layout.name)} ${layout.template} ${dim(`(${label})`)}`;
}
