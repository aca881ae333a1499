import { join } from 'node:path';
import { newestChange } from '../../fs';
import { findDefaultBranch, inTurn, privateGitDir, type Git, type Repository, type Worktree } from '../../git';

/** Whom to prefer, by what the command was told and where it was given. */
export interface Preference {
  /** A worktree, by its path. */
  first: string | undefined;
  /** Another one. */
  second: string | undefined;
}

/**
 * Worktrees to copy from, best first: those preferred, that of the default branch, and of the others the nearest in
 * history among those used last. What takes time to find out is found out when somebody asks for it.
 */
export async function* sourcesFor(
  target: Worktree,
  worktrees: readonly Worktree[],
  { first, second }: Preference,
  { git, repository, remote }: { git: Git; repository: Repository; remote: string },
): AsyncGenerator<Worktree> {
  const left = new Set(worktrees.filter(({ path, missing }) => !missing && path !== target.path));
  const take = (chosen: (worktree: Worktree) => boolean): readonly Worktree[] => {
    const taken = [...left].filter(chosen);
    for (const worktree of taken) left.delete(worktree);
    return taken;
  };
  yield* take(({ path }) => path === first);
  yield* take(({ path }) => path === second);
  if (left.size === 0) return;
  const defaultBranch = await findDefaultBranch(git, repository, { remote, offline: true });
  yield* take(({ branch }) => branch !== undefined && branch === defaultBranch);
  const recent = lastUsed([...left].map((worktree) => ({ worktree, usedAt: usedAt(worktree, repository) })));
  yield* nearestFirst(await inTurn(recent, 4, async (worktree) => ({ worktree, commitsApart: await commitsApart(worktree, target, git) })));
}

/** As many are asked, at most, when neither the preferred ones nor the default branch has what is wanted. */
const mostOthers = 5;

export function lastUsed(others: readonly { worktree: Worktree; usedAt: number }[]): Worktree[] {
  return others
    .toSorted((one, other) => other.usedAt - one.usedAt)
    .slice(0, mostOthers)
    .map(({ worktree }) => worktree);
}

/** Those that are equally near stay in their order. */
export function nearestFirst(others: readonly { worktree: Worktree; commitsApart: number }[]): Worktree[] {
  return others.toSorted((one, other) => (one.commitsApart < other.commitsApart ? -1 : one.commitsApart > other.commitsApart ? 1 : 0)).map(({ worktree }) => worktree);
}

/** Seconds: when git last had something to do in a worktree. */
function usedAt(worktree: Worktree, repository: Repository): number {
  const gitDir = privateGitDir(worktree, repository);
  return newestChange([join(gitDir, 'index'), join(gitDir, 'HEAD')]) ?? 0;
}

/** Commits that one of them has and the other has not; of an unborn branch, infinitely many. */
async function commitsApart(one: Worktree, other: Worktree, git: Git): Promise<number> {
  const counted = await git.ask(one.path, ['rev-list', '--count', `${one.head}...${other.head}`]);
  return counted.exitCode === 0 ? Number(counted.stdout) : Infinity;
}
