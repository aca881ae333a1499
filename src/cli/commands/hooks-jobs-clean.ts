import { createPalette } from '../../output';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { run as prune } from './hooks-jobs-prune';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { stderr } = context;
  const { warning } = createPalette(stderr.colour);
  stderr.stream.write(`${warning('warning:')} 'daft hooks jobs clean' is deprecated, use 'daft hooks jobs prune' instead.\n`);
  return prune(context, parsed);
}
