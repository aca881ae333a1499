import { DaftError } from '../../daft-error';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { runRemoval } from './remove-run';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const forced = parsed.flag('force');
  const branches = parsed.variadic('branch|path');
  if (!parsed.flag('delete') && !forced) {
    throw new DaftError('one of -d (--delete), -D (--force), or -m (--move) is required.', {
      hint: 'usage: git-worktree-branch (-d | -D) [--local | --remote] [-q] [-v] <BRANCH|PATH>...',
      prefix: 'error',
    });
  }
  if (parsed.flag('delete') && forced) throw new DaftError('only one of -d (--delete), -D (--force), or -m (--move) can be used at a time.', { prefix: 'error' });
  if (branches.length === 0) throw new DaftError('at least one branch name is required.', { prefix: 'error' });
  return runRemoval({ arguments: branches, forced }, context, parsed);
}
