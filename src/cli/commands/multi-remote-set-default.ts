import { requireRemote } from '../../worktree/multi-remote';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { openMultiRemote } from './multi-remote-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { git, state, messages } = await openMultiRemote(context);
  const remote = parsed.argument('remote') ?? '';
  requireRemote(remote, state);
  await git.run(state.repository.commonDir, ['config', 'daft.multiRemote.defaultRemote', remote], 'Failed to set the default remote');
  messages.result(`Default remote set to: ${remote}`);
  return 0;
}
