import { basename, isAbsolute, join, normalize } from 'node:path';
import type { Repository, Worktree } from '../../git';
import { canonicalPath } from '../canonical-path';

export type TargetFound = { kind: 'found'; worktree: Worktree } | { kind: 'unresolved'; reason: string };

/** The worktree that is meant: by path, by branch, or by the last component of its path (worktrees-create.md 9). */
export function findTarget(text: string, { repository, worktrees }: { repository: Pick<Repository, 'projectRoot'>; worktrees: readonly Worktree[] }): TargetFound {
  const path = canonicalPath(isAbsolute(text) ? normalize(text) : join(repository.projectRoot, text));
  const found =
    worktrees.find((worktree) => worktree.path === path) ??
    worktrees.find(({ branch }) => branch === text) ??
    onlyOne(worktrees.filter((worktree) => basename(worktree.path) === text));
  if (found === undefined) return { kind: 'unresolved', reason: 'no worktree has this path, branch or name' };
  if (found === 'several') return { kind: 'unresolved', reason: 'several worktrees have this name; say the branch or the path' };
  if (found.missing) return { kind: 'unresolved', reason: `the directory '${found.path}' no longer exists` };
  return { kind: 'found', worktree: found };
}

function onlyOne(worktrees: readonly Worktree[]): Worktree | 'several' | undefined {
  return worktrees.length > 1 ? 'several' : worktrees[0];
}

/** As the user is told: the branch, or the path of a worktree without one. */
export function nameOf({ branch, path }: Pick<Worktree, 'branch' | 'path'>): string {
  return branch ?? path;
}
