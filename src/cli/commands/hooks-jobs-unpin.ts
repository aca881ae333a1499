import { unpinInvocation } from '../../logstore';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findPinnable, titleOf } from './hooks-jobs-pin';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { store, invocation } = await findPinnable(context, parsed, 'unpin');
  const done = unpinInvocation(store, invocation.id) === 'unpinned' ? 'Unpinned' : 'Not pinned:';
  context.stdout.stream.write(`${done} ${titleOf(invocation)}\n`);
  return 0;
}
