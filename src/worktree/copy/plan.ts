import type { Git, Worktree } from '../../git';
import { admit, type Refusal } from './admit';
import { listBelow, listIgnored } from './ignored';
import { matches, type Pattern } from './patterns';
import { overlap, selectWanted, type WantedPath } from './select';

export interface PlannedCopy extends WantedPath {
  source: Worktree;
}

export interface RefusedCopy extends PlannedCopy {
  why: Refusal;
}

export interface CopyPlan {
  copies: readonly PlannedCopy[];
  refused: readonly RefusedCopy[];
}

/** What is copied from where: for each line of what is wanted, from the first source that has anything for it. */
export async function planCopies(
  target: string,
  patterns: readonly Pattern[],
  { sources, worktrees, git }: { sources: AsyncIterable<Worktree>; worktrees: readonly Worktree[]; git: Git },
): Promise<CopyPlan> {
  const copies: PlannedCopy[] = [];
  const refused: RefusedCopy[] = [];
  const open = new Set(patterns.filter(({ negated }) => !negated));
  const places = new Set(worktrees.map(({ path }) => path));
  if (open.size === 0) return { copies, refused };
  for await (const source of sources) {
    const wanted = selectWanted(await listIgnored(source.path, git), patterns, (directory) => listBelow(source.path, directory, places));
    const offered = wanted.filter(({ path, pattern }) => open.has(pattern) && !holdsWorktree(`${source.path}/${path}`, places) && !copies.some((chosen) => overlap(chosen.path, path)));
    const admission = await admit(offered, { source: source.path, target, git });
    copies.push(...admission.admitted.map((chosen) => ({ ...chosen, source })));
    refused.push(...admission.refused.map(({ wanted: path, why }) => ({ ...path, source, why })));
    for (const found of offered) for (const pattern of open) if (pattern === found.pattern || matches(pattern, found.path.split('/'), found.isDirectory)) open.delete(pattern);
    if (open.size === 0) break;
  }
  return { copies, refused };
}

/** A directory that is there for the sake of worktrees, as `.worktrees` of the layout `nested` is. */
function holdsWorktree(path: string, worktrees: ReadonlySet<string>): boolean {
  return [...worktrees].some((worktree) => worktree === path || worktree.startsWith(`${path}/`));
}
