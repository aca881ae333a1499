import type { Structure } from '../../layout';

export interface CloneWish {
  /** `-b`, as given. */
  branches: readonly string[];
  allBranches: boolean;
}

export interface ClonePlan {
  /** The first worktree, or the main working tree; undefined if none is to be made. */
  base: string | undefined;
  /** Further worktrees, in order. */
  others: readonly string[];
  /** Requested, but no branch of the remote. */
  missing: readonly string[];
  /** Whose worktree the user is led to; undefined: the project root. */
  destination: string | undefined;
}

/** `-b HEAD` and `-b @` mean the default branch. */
export function meansDefault(branch: string): boolean {
  return branch === 'HEAD' || branch === '@';
}

/** Which worktrees a clone makes (worktrees-create.md 6.3). */
export function planClone(
  wish: CloneWish,
  { structure, defaultBranch, heads }: { structure: Structure; defaultBranch: string; heads: readonly string[] },
): ClonePlan {
  const requested = [...new Set(wish.branches.map((branch) => (meansDefault(branch) ? defaultBranch : branch)))];
  const found = requested.filter((branch) => heads.includes(branch));
  const missing = requested.filter((branch) => !heads.includes(branch));
  const plan = (base: string | undefined, others: readonly string[]): ClonePlan => ({
    base,
    others: others.filter((branch) => branch !== base),
    missing,
    destination: base === undefined ? undefined : (found[0] ?? base),
  });

  if (wish.allBranches) return plan(heads.includes(defaultBranch) ? defaultBranch : heads.toSorted()[0], heads);
  if (requested.length === 0) return plan(defaultBranch, []);
  if (requested.length === 1 || structure === 'bare') return plan(found[0], found);
  return plan(defaultBranch, found);
}
