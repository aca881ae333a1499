import { readConfigToml, readDirectories } from '../../config';
import { allLayouts, configuredDefault, defaultLayout } from '../../layout';
import { renderLayouts } from '../../output/layouts';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';
import { findLayoutPlace, layoutInForce } from './layout-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const structured = requestedOutput(context, parsed, 'layout list', 'tabular');
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const config = await readConfigToml(readDirectories(context.env).config, (text) => messages.warning(text));
  // What is wrong with config.toml has been said.
  const place = await findLayoutPlace(context.cwd, context, { ...messages, warning: () => {} });

  const { decided, warnings } = configuredDefault(config);
  warnings.forEach((text) => messages.warning(text));
  const preset = (decided?.layout ?? defaultLayout).name;
  const selected = place && layoutInForce(place.current)?.name;
  const rows = allLayouts(config.layouts).map(({ name, template }) => ({ name, template, is_default: name === preset, is_selected: name === selected }));
  if (structured !== undefined) {
    await structured.print({ shape: 'tabular', columns: ['name', 'template', 'is_default', 'is_selected'], rows });
  } else {
    context.stdout.stream.write(renderLayouts(rows, { colour: context.stdout.colour }));
  }
  return 0;
}
