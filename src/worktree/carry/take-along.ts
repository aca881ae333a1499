import type { Worktree } from '../../git';
import type { CheckoutContext } from '../checkout-context';
import { ownEntriesOf } from '../ignore-entry';
import { isCheckedOut, stashChanges, type CarriedChanges } from './changes';
import { isPaused } from './paused';

/**
 * Takes uncommitted changes along, if there is something to take: from the worktree given, unless it is paused in the
 * middle of an operation, or has no commit or nothing checked out yet (worktrees-create.md 8.7).
 */
export async function takeAlong(
  source: Worktree | undefined,
  { newPath, message }: { newPath: string; message: string },
  { repository, worktrees, services }: CheckoutContext,
): Promise<CarriedChanges | undefined> {
  if (source === undefined || source.missing || /^0+$/.test(source.head) || !isCheckedOut(source, repository) || isPaused(source, repository)) return undefined;
  const ownEntries = ownEntriesOf(source, [newPath, ...worktrees.map(({ path }) => path)], repository);
  return stashChanges(source, { message, repository, ownEntries, services, hint: 'With --no-carry they stay where they are.' });
}
