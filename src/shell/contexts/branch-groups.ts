/** Which branches a command's positional takes, and the lines that tell them to a shell. Pure. */

export interface Wanted {
  local: boolean;
  remote: boolean;
  /** Whether the branch checked out here is among the worktrees. */
  current: 'included' | 'excluded';
}

/** Undefined where a new name is expected, or none at all. */
export function wantedBranches(context: string, slot: number): Wanted | undefined {
  switch (context) {
    case 'git-worktree-checkout':
      return slot <= 2 ? { local: true, remote: true, current: slot === 1 ? 'excluded' : 'included' } : undefined;
    case 'daft-go':
      return slot === 1 ? { local: true, remote: true, current: 'excluded' } : undefined;
    case 'daft-start':
      return slot === 2 ? { local: true, remote: true, current: 'included' } : undefined;
    case 'git-worktree-carry':
      return { local: false, remote: false, current: 'excluded' };
    case 'git-worktree-fetch':
    case 'git-worktree-exec':
      return { local: false, remote: false, current: 'included' };
    case 'daft-rename':
      return slot === 1 ? { local: false, remote: false, current: 'included' } : undefined;
    case 'daft-remove':
    case 'git-worktree-branch':
    case 'git-worktree-branch-delete':
      return { local: true, remote: false, current: 'included' };
    default:
      return undefined;
  }
}

export interface Ref {
  /** Full, e.g. `refs/remotes/origin/main`. */
  name: string;
  /** Relative, in git's words. */
  age: string;
  author: string;
}

export interface CheckedOut {
  branch: string;
  /** Absolute. */
  path: string;
}

export interface Candidate {
  name: string;
  kind: 'worktree' | 'local' | 'remote';
  ref: Ref | undefined;
  /** Of a worktree. */
  path: string | undefined;
}

export interface Known {
  refs: readonly Ref[];
  checkedOut: readonly CheckedOut[];
  /** The branch of the worktree we are in. */
  current: string | undefined;
  /** Its prefix goes; undefined in multi-remote mode, where every prefix stays. */
  strippedRemote: string | undefined;
}

/** Worktrees, local and remote branches that begin with `word`, each name once, by name in bytes within its group. */
export function branchCandidates(wanted: Wanted, word: string, { refs, checkedOut, current, strippedRemote }: Known): readonly Candidate[] {
  const shown = new Set<string>();
  const group = (candidates: readonly Candidate[]): readonly Candidate[] => {
    const fresh = candidates.filter(({ name }) => name.startsWith(word) && !shown.has(name) && shown.add(name));
    return fresh.toSorted((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));
  };
  const local = new Map(named(refs, 'refs/heads/'));
  return [
    ...group(
      checkedOut
        .filter(({ branch }) => wanted.current === 'included' || branch !== current)
        .map(({ branch, path }) => ({ name: branch, kind: 'worktree', ref: local.get(branch), path })),
    ),
    ...group(wanted.local ? [...local].map(([name, ref]) => ({ name, kind: 'local', ref, path: undefined })) : []),
    ...group(
      wanted.remote
        ? named(refs, 'refs/remotes/')
            .filter(([name]) => name.includes('/') && !name.endsWith('/HEAD'))
            .map(([name, ref]) => ({ name: withoutRemote(name, strippedRemote), kind: 'remote', ref, path: undefined }))
        : [],
    ),
  ];
}

function named(refs: readonly Ref[], prefix: string): readonly (readonly [string, Ref])[] {
  return refs.flatMap((ref) => (ref.name.startsWith(prefix) ? [[ref.name.slice(prefix.length), ref] as const] : []));
}

function withoutRemote(name: string, remote: string | undefined): string {
  return remote !== undefined && name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : name;
}

const columns = ['age', 'author', 'path', 'tracked-changes', 'untracked'] as const;
export type Column = (typeof columns)[number];

/** `a,b` names the columns, `+a,-b` changes the default; what is neither, or names the unknown, is ignored as a whole. */
export function parseColumns(setting: string | undefined): ReadonlySet<Column> {
  const all = new Set(columns);
  const parts = (setting ?? '').split(',').map((part) => part.trim());
  const read = parts.map((part) => ({ sign: /^[+-]/.exec(part)?.[0], column: columns.find((column) => column === part.replace(/^[+-]/, '')) }));
  const known = read.flatMap(({ column }) => column ?? []);
  const mixed = new Set(read.map(({ sign }) => sign !== undefined)).size > 1;
  if (known.length < read.length || new Set(known).size < known.length || mixed) return all;
  if (read[0]?.sign === undefined) return new Set(known);
  const left = columns.filter((column) => !read.some((part) => part.sign === '-' && part.column === column));
  return left.length > 0 ? new Set(left) : all;
}

export interface Dirt {
  tracked: boolean;
  untracked: boolean;
}

/** @param directory the path of a worktree is shown relative to */
export function candidateLine(
  { name, kind, ref, path }: Candidate,
  { shown, dirt, relativePath }: { shown: ReadonlySet<Column>; dirt: Dirt | undefined; relativePath: (path: string) => string },
): string {
  const markers = `${dirt?.tracked ? '*' : ''}${dirt?.untracked ? '?' : ''}`;
  const fields = [`${name}${markers}`, kind, shown.has('age') ? ref?.age : '', shown.has('author') ? ref?.author : ''];
  const place = kind === 'worktree' ? [path !== undefined && shown.has('path') ? relativePath(path) : ''] : [];
  return [...fields, ...place].map((field) => (field ?? '').replaceAll(/[\t\r\n]/g, ' ')).join('\t');
}
