import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { lstatIfExists } from '../../fs';
import type { Undertaking } from '../transform';
import { moveWorktrees, type MoveServices } from './move-worktrees';
import { checkMoves, planFlattening, planGrouping, type FolderMove } from './plan';
import { trackingRemote, unknownRemote, type MultiRemote } from './state';

/** What turning the mode on or off comes to; `warnings` do not prevent it. */
export interface Migration {
  moves: readonly FolderMove[];
  warnings: readonly string[];
}

/** Throws DaftError if it cannot be done; undefined if there is nothing to turn on. */
export function planEnabling(state: MultiRemote, defaultRemote: string): Migration | undefined {
  const { remotes, repository, settings } = state;
  if (settings.multiRemoteEnabled) return undefined;
  if (remotes.length === 0) throw new DaftError('No remotes configured.', { hint: 'To add one: git remote add <name> <url>' });
  const moves = planGrouping(inContainer(state), { container: repository.projectRoot, remoteOf: ({ branch }) => trackingRemote(branch, state) ?? defaultRemote });
  checkMoves(moves, isTaken);
  return { moves, warnings: remotes.includes(defaultRemote) ? [] : [unknownRemote(defaultRemote, remotes)] };
}

/** Throws DaftError if it cannot be done; undefined if there is nothing to turn off. */
export function planDisabling(state: MultiRemote): Migration | undefined {
  const { remotes, repository, settings } = state;
  if (!settings.multiRemoteEnabled) return undefined;
  const moves = planFlattening(inContainer(state), { container: repository.projectRoot, remotes });
  checkMoves(moves, isTaken);
  return { moves, warnings: remotes.length > 1 ? [`There are several remotes (${remotes.join(', ')}): branches of the same name could not lie side by side any more`] : [] };
}

export async function enable({ moves }: Migration, defaultRemote: string, { repository }: MultiRemote, services: MoveServices): Promise<void> {
  await moveWorktrees(moves, repository, services, async (undertaking) => {
    await undertaking.configure(configOf(undertaking), 'daft.multiRemote.defaultRemote', defaultRemote);
    await undertaking.configure(configOf(undertaking), 'daft.multiRemote.enabled', 'true');
  });
}

export async function disable({ moves }: Migration, { repository }: MultiRemote, services: MoveServices): Promise<void> {
  await moveWorktrees(moves, repository, services, (undertaking) => undertaking.configure(configOf(undertaking), 'daft.multiRemote.enabled', 'false'));
}

function configOf({ commonDir }: Undertaking): string {
  return join(commonDir, 'config');
}

/** Worktrees that have a folder to be in: only a bare layout groups them. */
function inContainer({ repository, worktrees }: MultiRemote) {
  return repository.bare ? worktrees : [];
}

export function isTaken(path: string): boolean {
  return lstatIfExists(path) !== undefined;
}
