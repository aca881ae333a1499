import { completionScript, shellNames } from '../../shell';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export async function run({ stdout, table }: CommandContext, parsed: ParsedArguments): Promise<number> {
  const shell = shellNames.find((name) => name === parsed.argument('target'));
  if (!shell) throw new TypeError('the table lets no other shell pass');
  stdout.stream.write(completionScript(shell, table));
  return 0;
}
