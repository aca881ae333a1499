import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import { lstatIfExists } from '../../fs';
import { askPatiently, gitFailure, type Git, type Repository } from '../../git';
import { removeEmptyParents } from '../empty-parents';
import type { Narrator } from '../worktree-services';
import { isInTheWay, type FolderMove } from './plan';

interface Leg {
  from: string;
  to: string;
}

/**
 * Makes the moves, and then `then`; if anything of it fails, everything is where it was. What stands in the way of others goes
 * through a place of its own.
 */
export async function moveWorktrees(
  moves: readonly FolderMove[],
  { repository, git, narrator, signal }: { repository: Repository; git: Git; narrator: Narrator; signal: AbortSignal },
  then: () => Promise<void>,
): Promise<void> {
  const { projectRoot, commonDir } = repository;
  const aside = new Map(moves.filter((move) => isInTheWay(move, moves)).map((move, index) => [move, join(projectRoot, `.daft-moving-${index + 1}`)]));
  const legs: readonly Leg[] = [
    ...[...aside].map(([{ from }, place]) => ({ from, to: place })),
    ...moves.map((move) => ({ from: aside.get(move) ?? move.from, to: move.to })),
  ];
  const done: Leg[] = [];
  try {
    for (const leg of legs) {
      signal.throwIfAborted();
      narrator.step(`Moving '${leg.from}' to '${leg.to}'`);
      await move(leg);
      done.push(leg);
      if (DAFT_FAULTS) fault('remotes: moved');
    }
    await then();
  } catch (error) {
    for (const { from, to } of done.toReversed()) {
      try {
        await move({ from: to, to: from });
      } catch (failure) {
        if (!(failure instanceof Error)) throw failure;
        narrator.warning(`Could not move '${to}' back to '${from}': ${failure.message}`);
      }
    }
    throw error;
  }

  async function move({ from, to }: Leg): Promise<void> {
    // Onto a directory that is there git moves a worktree into it.
    if (lstatIfExists(to) !== undefined) throw new DaftError(`Target path already exists: ${to}`);
    mkdirSync(dirname(to), { recursive: true });
    const moved = await askPatiently(git, commonDir, ['worktree', 'move', '--', from, to], { untilDone: true });
    removeEmptyParents(moved.exitCode === 0 ? from : to, projectRoot);
    if (moved.exitCode !== 0) throw gitFailure(`Failed to move worktree '${from}' to '${to}'`, moved);
  }
}
