import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { runRemoval } from './remove-run';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  return runRemoval({ arguments: parsed.variadic('branch|path'), forced: parsed.flag('force') }, context, parsed);
}
