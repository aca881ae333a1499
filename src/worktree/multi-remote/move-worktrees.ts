import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { lstatIfExists } from '../../fs';
import type { Repository } from '../../git';
import { stagingName } from '../../layout/transform';
import { undertake, type Undertaking } from '../transform';
import type { WorktreeServices } from '../worktree-services';
import { isInTheWay, type FolderMove } from './plan';

export interface MoveServices extends Pick<WorktreeServices, 'git' | 'directories' | 'narrator' | 'now' | 'signal'> {
  /** As the user typed it, for whoever finds it half done. */
  commandLine: string;
}

interface Leg {
  from: string;
  to: string;
}

/**
 * Makes the moves, and then `then`; if anything of it fails, everything is where it was, and if daft is killed the next
 * command that moves worktrees puts it there. What stands in the way of others goes through a place of its own.
 */
export async function moveWorktrees(
  moves: readonly FolderMove[],
  repository: Repository,
  { commandLine, ...services }: MoveServices,
  then: (undertaking: Undertaking) => Promise<void> = async () => {},
): Promise<void> {
  const { narrator, signal } = services;
  const staging = join(repository.projectRoot, stagingName);
  const aside = new Map(moves.filter((move) => isInTheWay(move, moves)).map((move, index) => [move, join(staging, `worktree-${index + 1}`)]));
  if (aside.size > 0) requireFree(staging);
  const legs: readonly Leg[] = [
    ...[...aside].map(([{ from }, place]) => ({ from, to: place })),
    ...moves.map((move) => ({ from: aside.get(move) ?? move.from, to: move.to })),
  ];
  await undertake(repository, commandLine, services, async (undertaking) => {
    for (const { from, to } of legs) {
      signal.throwIfAborted();
      narrator.step(`Moving '${from}' to '${to}'`);
      requireFree(to);
      await undertaking.moveWorktree(from, to, { locked: false });
    }
    await then(undertaking);
  });
}

function requireFree(path: string): void {
  if (lstatIfExists(path) !== undefined) throw new DaftError(`Target path already exists: ${path}`);
}
