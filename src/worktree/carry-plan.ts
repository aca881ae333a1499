import type { Worktree } from '../git';
import { stashChanges, isPaused, type CarriedChanges } from './carry-along';
import type { CheckoutContext } from './checkout-context';
import { ignoreEntryFor } from './ignore-entry';

/**
 * Takes uncommitted changes along, if there is something to take: from the worktree given, unless it is paused in the
 * middle of an operation or has no commit yet (worktrees-create.md 8.7).
 */
export async function takeAlong(
  source: Worktree | undefined,
  { newPath, message }: { newPath: string; message: string },
  { repository, worktrees, services }: CheckoutContext,
): Promise<CarriedChanges | undefined> {
  if (source === undefined || source.missing || /^0+$/.test(source.head) || isPaused(source, repository)) return undefined;
  const ownEntries = source.main
    ? new Set([newPath, ...worktrees.map(({ path }) => path)].map((path) => ignoreEntryFor(path, repository)).filter((entry) => entry !== undefined))
    : new Set<string>();
  return stashChanges(source, { message, repository, ownEntries, services });
}
