/** First ahead or inserted, then behind or deleted. */
export type Pair = readonly [number, number];

/** One line of a listing. Null: nothing to be known, or not asked for. */
export interface Row {
  kind: 'worktree' | 'branch' | 'remote';
  /** Branch, `(detached)`, or `<remote>/<branch>`. */
  name: string;
  /** Absolute; null without worktree. */
  path: string | null;
  /** Relative to the current directory. */
  shownPath: string | null;
  isCurrent: boolean;
  isDefaultBranch: boolean;
  isSandbox: boolean;
  sizeBytes: number | null;
  /** Commits against the default branch. */
  base: Pair | null;
  baseLines: Pair | null;
  /** Files; null without worktree. */
  changes: { staged: number; unstaged: number; untracked: number } | null;
  changedLines: { staged: Pair; unstaged: Pair } | null;
  /** Commits against the upstream. */
  remote: Pair | null;
  remoteLines: Pair | null;
  createdAtSecs: number | null;
  owner: { name: string; email: string } | null;
  commit: { atSecs: number; shortHash: string; subject: string } | null;
  /** Newest mtime of what is changed or untracked. */
  touchedAtSecs: number | null;
}
