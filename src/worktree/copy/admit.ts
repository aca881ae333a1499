import { dirname, join } from 'node:path';
import { lstatIfExists } from '../../fs';
import type { Git } from '../../git';
import { keepIgnored, keepTracked } from './ignored';
import type { WantedPath } from './select';

/** Why something is not copied. */
export type Refusal =
  | 'there already'
  /** It would be an untracked file there, on its way into a commit. */
  | 'not ignored'
  /** The directory it is in is no directory there: a link, that leads who knows where, or a file. */
  | 'no way'
  /** The directory it is in belongs to the branch of the source, and that of the target has none. */
  | 'no directory';

export interface Admission {
  admitted: readonly WantedPath[];
  refused: readonly { wanted: WantedPath; why: Refusal }[];
}

/** Which of the paths of one worktree may be copied to another: what exists there is never touched. */
export async function admit(offered: readonly WantedPath[], { source, target, git }: { source: string; target: string; git: Git }): Promise<Admission> {
  const ways = new Map(offered.map((wanted) => [wanted, wayTo(target, wanted.path)]));
  const possible = offered.filter((wanted) => ways.get(wanted) === 'open' || ways.get(wanted) === 'without directory');
  const parents = [...new Set(possible.filter((wanted) => ways.get(wanted) === 'without directory').map(({ path }) => dirname(path)))];
  const [ignored, tracked] = await Promise.all([keepIgnored(target, possible, git), keepTracked(source, parents, git)]);
  const isIgnored = new Set(ignored);
  const isTracked = new Set(tracked);

  const judge = (wanted: WantedPath): Refusal | undefined => {
    const way = ways.get(wanted);
    if (way === 'taken') return 'there already';
    if (way === 'blocked') return 'no way';
    if (!isIgnored.has(wanted)) return 'not ignored';
    return way === 'without directory' && isTracked.has(dirname(wanted.path)) ? 'no directory' : undefined;
  };
  const judged = offered.map((wanted) => ({ wanted, why: judge(wanted) }));
  return {
    admitted: judged.flatMap(({ wanted, why }) => (why === undefined ? [wanted] : [])),
    refused: judged.flatMap(({ wanted, why }) => (why === undefined ? [] : [{ wanted, why }])),
  };
}

export function wayTo(worktree: string, path: string): 'open' | 'without directory' | 'blocked' | 'taken' {
  const names = path.split('/');
  for (let depth = 1; depth < names.length; depth += 1) {
    const around = lstatIfExists(join(worktree, ...names.slice(0, depth)));
    if (around === undefined) return 'without directory';
    if (!around.isDirectory()) return 'blocked';
  }
  return lstatIfExists(join(worktree, path)) === undefined ? 'open' : 'taken';
}
