import { join, relative, sep } from 'node:path';
import { DaftError } from '../../daft-error';
import type { Worktree } from '../../git';
import { isWithin } from '../../layout';

/** A worktree on its way to another folder; paths are absolute. */
export interface FolderMove {
  worktree: Worktree;
  from: string;
  to: string;
}

/** What of a worktree's path lies below the container, in parts; undefined outside. */
export function partsBelow(container: string, path: string): readonly string[] | undefined {
  return path !== container && isWithin(path, container) ? relative(container, path).split(sep) : undefined;
}

/** From `<path>` to `<remote>/<path>`, for all worktrees in the container that are not in the folder of their remote yet. */
export function planGrouping(worktrees: readonly Worktree[], { container, remoteOf }: { container: string; remoteOf: (worktree: Worktree) => string }): FolderMove[] {
  return worktrees.flatMap((worktree) => {
    const parts = partsBelow(container, worktree.path);
    const remote = remoteOf(worktree);
    if (parts === undefined || (parts[0] === remote && parts.slice(1).join('/') === worktree.branch)) return [];
    return [{ worktree, from: worktree.path, to: join(container, remote, ...parts) }];
  });
}

/** From `<remote>/<path>` to `<path>`, for folders that are named like a remote. */
export function planFlattening(worktrees: readonly Worktree[], { container, remotes }: { container: string; remotes: readonly string[] }): FolderMove[] {
  return worktrees.flatMap((worktree) => {
    const [folder, ...rest] = partsBelow(container, worktree.path) ?? [];
    if (folder === undefined || rest.length === 0 || !remotes.includes(folder)) return [];
    return [{ worktree, from: worktree.path, to: join(container, ...rest) }];
  });
}

/**
 * Throws DaftError unless all moves can be made, one beside the other.
 *
 * @param isTaken whether there is something at a path
 */
export function checkMoves(moves: readonly FolderMove[], isTaken: (path: string) => boolean): void {
  for (const { worktree, to } of moves) {
    const name = worktree.branch ?? worktree.path;
    if (worktree.missing) throw new DaftError(`The directory of worktree '${name}' no longer exists: '${worktree.path}'`, { hint: 'To forget it: git worktree prune' });
    if (worktree.locked) throw new DaftError(`Worktree '${name}' is locked`, { hint: `To unlock it: git worktree unlock '${worktree.path}'` });
    const rival = moves.find((other) => other.to !== to && isWithin(other.to, to)) ?? moves.find((other) => other.worktree !== worktree && other.to === to);
    if (rival) throw new DaftError(`Worktrees '${rival.worktree.branch ?? rival.from}' and '${name}' would both go to '${to}'`);
    if (isTaken(to) && !moves.some(({ from }) => from === to || isWithin(from, to))) throw new DaftError(`Target path already exists: ${to}`);
  }
}

/** Whether a worktree must make room before others, or it itself, can be where they are to be. */
export function isInTheWay({ from }: FolderMove, moves: readonly FolderMove[]): boolean {
  return moves.some(({ to }) => isWithin(to, from) || isWithin(from, to));
}
