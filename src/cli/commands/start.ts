import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { runCheckout } from './checkout-run';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  return runCheckout({ branch: parsed.argument('new_branch') ?? '', base: parsed.argument('base'), mode: 'create' }, context, parsed);
}
