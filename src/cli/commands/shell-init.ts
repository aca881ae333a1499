import { shellInit, shellNames } from '../../shell';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export async function run({ stdout, table }: CommandContext, parsed: ParsedArguments): Promise<number> {
  const shell = shellNames.find((name) => name === parsed.argument('shell'));
  if (!shell) throw new TypeError('the table lets no other shell pass');
  stdout.stream.write(shellInit(shell, { aliases: parsed.flag('aliases'), table }));
  return 0;
}
