import { createPalette } from '../../output';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { runRemoval } from './remove-run';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { stderr } = context;
  const { warning } = createPalette(stderr.colour);
  stderr.stream.write(`${warning('warning:')} 'git worktree-branch-delete' is deprecated, use 'git worktree-branch -d/-D' instead.\n`);
  return runRemoval({ arguments: parsed.variadic('branch|path'), forced: parsed.flag('force') }, context, parsed);
}
