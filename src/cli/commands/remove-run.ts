/** `daft remove`, `git-worktree-branch -d/-D` and its predecessor: spellings of one operation. */
import { DaftError } from '../../daft-error';
import { createGit } from '../../git';
import { surveyBranches } from '../../worktree/remove';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export interface RemovalOrder {
  /** Branches, or paths of worktrees. */
  arguments: readonly string[];
  forced: boolean;
}

/** Options that all three have. */
export async function runRemoval(order: RemovalOrder, context: CommandContext, parsed: ParsedArguments): Promise<number> {
  // While git looks at the repository, the code for hooks and jobs is loaded: together they take as long as one of them.
  const [surveyed, { performRemoval }] = await Promise.all([surveyBranches(createGit(context.env), context.cwd), import('./remove-perform')]);
  if (surveyed === undefined) throw new DaftError('Not inside a Git repository');
  return performRemoval(order, surveyed, context, parsed);
}
