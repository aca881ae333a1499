import { relative } from 'node:path';
import type { Survey } from '../../git';
import type { Refs } from '../branches';
import type { Row } from './row';

/** A row before anything has been counted, with what it is to be counted from. */
export interface Skeleton {
  row: Row;
  /** Id of its commit; undefined for an unborn branch. */
  tip: string | undefined;
  /** Of a worktree row or a local branch; undefined when detached. */
  branch: string | undefined;
  /** Full name of the remote-tracking ref that is looked at for a branch that has no commits of its own. */
  published: string | undefined;
  upstream: string | undefined;
  /** A worktree that is really there. */
  directory: string | undefined;
}

export interface Selection {
  branches: boolean;
  remotes: boolean;
}

/** Which rows there are (worktrees-manage.md 4.1). */
export function selectRows(
  { repository, worktrees }: Survey,
  refs: Refs,
  options: Selection & { cwd: string; defaultBranch: string; remote: string },
): readonly Skeleton[] {
  const { cwd, defaultBranch, remote } = options;
  const checkedOut = new Set(worktrees.flatMap(({ branch }) => (branch === undefined ? [] : [branch])));
  const idOf = (ref: string | undefined) => (ref === undefined ? undefined : refs.ids.get(ref));

  const rows: Skeleton[] = worktrees.map((worktree) => ({
    ...ofBranch(worktree.branch),
    row: {
      ...emptyRow('worktree', worktree.branch ?? '(detached)'),
      path: worktree.path,
      shownPath: relative(cwd, worktree.path) || '.',
      isCurrent: worktree.path === repository.worktreeRoot,
      isDefaultBranch: worktree.branch === defaultBranch,
      isSandbox: worktree.branch === undefined,
      changes: { staged: 0, unstaged: 0, untracked: 0 },
    },
    tip: /^0+$/.test(worktree.head) ? undefined : worktree.head,
    directory: worktree.missing ? undefined : worktree.path,
  }));
  const local = namesBelow('refs/heads/', refs).filter((branch) => !checkedOut.has(branch));
  if (options.branches) {
    rows.push(
      ...local.map((branch) => ({
        ...ofBranch(branch),
        row: { ...emptyRow('branch', branch), isDefaultBranch: branch === defaultBranch },
        tip: idOf(`refs/heads/${branch}`),
        directory: undefined,
      })),
    );
  }
  if (options.remotes) {
    const listed = options.branches ? new Set([...checkedOut, ...local]) : checkedOut;
    rows.push(
      ...namesBelow('refs/remotes/', refs)
        .filter((name) => !refs.symrefs.has(`refs/remotes/${name}`) && !listed.has(name.slice(name.indexOf('/') + 1)))
        .map((name) => ({
          row: emptyRow('remote', name),
          tip: idOf(`refs/remotes/${name}`),
          branch: undefined,
          published: undefined,
          upstream: undefined,
          directory: undefined,
        })),
    );
  }
  return rows;

  function ofBranch(branch: string | undefined): Pick<Skeleton, 'branch' | 'published' | 'upstream'> {
    if (branch === undefined) return { branch, published: undefined, upstream: undefined };
    return { branch, published: `refs/remotes/${remote}/${branch}`, upstream: refs.upstreams.get(`refs/heads/${branch}`) };
  }
}

function namesBelow(prefix: string, { ids }: Refs): string[] {
  return [...ids.keys()].filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
}

/** A row of which nothing is known yet. */
export function emptyRow(kind: Row['kind'], name: string): Row {
  return {
    kind,
    name,
    path: null,
    shownPath: null,
    isCurrent: false,
    isDefaultBranch: false,
    isSandbox: false,
    sizeBytes: null,
    base: null,
    baseLines: null,
    changes: null,
    changedLines: null,
    remote: null,
    remoteLines: null,
    createdAtSecs: null,
    owner: null,
    commit: null,
    touchedAtSecs: null,
  };
}
