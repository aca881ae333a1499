/** `go`, `start` and `git-worktree-checkout`: three sets of options over the same two operations. */
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository } from '../../git';
import { parseRequestForm, requestLabel } from '../../worktree';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export interface CheckoutOrder {
  /** Or a pull or merge request, or `-`. */
  branch: string;
  base: string | undefined;
  /** `open`: it must exist; `open-or-create`: `--start`. */
  mode: 'create' | 'open' | 'open-or-create';
}

/** Options that all three have. */
export async function runCheckout(order: CheckoutOrder, context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { branch, mode } = order;
  if (branch === '-' && mode === 'create') throw new DaftError("Cannot use '-' with -b/--create-branch");
  const form = parseRequestForm(branch);
  if (form !== undefined && mode === 'create') {
    throw new DaftError(`Cannot create a branch named '${branch}': that is ${requestLabel(form)}`, { hint: `To open it: ${context.exe} go ${branch}` });
  }
  const git = createGit(context.env);
  // While git looks at the repository, the code for all that follows is loaded: together they take as long as one of them.
  const [survey, { performCheckout }] = await Promise.all([surveyRepository(git, context.cwd), import('./checkout-perform')]);
  if (survey === undefined) throw new DaftError('Not inside a Git repository');
  return performCheckout({ ...order, form }, { git, survey }, context, parsed);
}
