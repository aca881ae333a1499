import { enable, planEnabling } from '../../worktree/multi-remote';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { agreeOn, openMultiRemoteToMove, servicesOf, tellNewPlace } from './multi-remote-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const place = await openMultiRemoteToMove(context, parsed);
  const { state, messages } = place;
  const remote = parsed.text('default') ?? 'origin';
  const migration = planEnabling(state, remote);
  if (migration === undefined) {
    messages.result('Multi-remote mode is already enabled');
    return 0;
  }
  for (const warning of migration.warnings) messages.warning(warning);
  if (!(await agreeOn(migration.moves, { question: 'Proceed with migration', context, parsed, place }))) return 0;
  await enable(migration, remote, state, servicesOf(place, context, `enable --default ${remote}`));
  messages.result(`Multi-remote mode enabled (default remote: ${remote})`);
  tellNewPlace(migration.moves, context, place);
  return 0;
}
