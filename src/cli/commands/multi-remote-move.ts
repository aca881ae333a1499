import { moveToRemote, planMove } from '../../worktree/multi-remote';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { agreeOn, openMultiRemoteToMove, servicesOf, tellNewPlace } from './multi-remote-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const place = await openMultiRemoteToMove(context);
  const { state, messages } = place;
  const to = parsed.text('to') ?? '';
  const plan = planMove({ target: parsed.argument('branch|path') ?? '', to }, context.cwd, state);
  if (plan.kind === 'already-there') {
    messages.result('Worktree is already in the target remote folder');
    return 0;
  }
  if (!(await agreeOn([plan.move], { question: 'Proceed', context, parsed, place }))) return 0;
  const wishes = { to, setUpstream: parsed.flag('set-upstream'), push: parsed.flag('push'), deleteOld: parsed.flag('delete-old') };
  await moveToRemote(plan, wishes, state, servicesOf(place, context));
  messages.result(`Worktree moved to ${to}/${plan.name}`);
  tellNewPlace([plan.move], context, place);
  return 0;
}
