import { bringBranchAlong, moveToRemote, planMove } from '../../worktree/multi-remote';
import { isConfirmed } from '../confirm';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { agreeOn, openMultiRemoteToMove, servicesOf, tellNewPlace } from './multi-remote-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const place = await openMultiRemoteToMove(context, parsed);
  const { state, messages } = place;
  const to = parsed.text('to') ?? '';
  const target = parsed.argument('branch|path') ?? '';
  const plan = planMove({ target, to }, context.cwd, state);
  const wishes = { to, setUpstream: parsed.flag('set-upstream'), push: parsed.flag('push'), deleteOld: parsed.flag('delete-old') };
  const services = () => servicesOf(place, context, `move ${target} --to ${to}`);
  if (plan.kind === 'already-there') {
    messages.result('Worktree is already in the target remote folder');
    // Where the move was interrupted, the rest of it is still to be done.
    const isWanted = wishes.setUpstream || wishes.push || wishes.deleteOld;
    if (isWanted && !parsed.flag('dry-run') && (parsed.flag('force') || (await isConfirmed(context, 'Proceed')))) await bringBranchAlong(plan.mover, wishes, state, services());
    return 0;
  }
  if (!(await agreeOn([plan.move], { question: 'Proceed', context, parsed, place }))) return 0;
  await moveToRemote(plan, wishes, state, services());
  messages.result(`Worktree moved to ${to}/${plan.mover.name}`);
  tellNewPlace([plan.move], context, place);
  return 0;
}
