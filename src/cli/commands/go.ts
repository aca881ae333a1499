import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { unexpectedArgument } from '../usage-error';
import { runCheckout } from './checkout-run';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const branch = parsed.argument('branch') ?? '';
  const base = parsed.argument('base_branch_name');
  const create = parsed.flag('create-branch');
  if (base !== undefined && !create) throw unexpectedArgument(base);
  return runCheckout({ branch, base, mode: create ? 'create' : parsed.flag('start') ? 'open-or-create' : 'open' }, context, parsed);
}
