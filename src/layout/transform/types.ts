import type { Structure } from '../layouts';

/** A worktree whose directory is there. */
export interface Site {
  /** Absolute and symlink-free. */
  path: string;
  /** Undefined when detached: such a worktree stays where it is. */
  branch: string | undefined;
  /** The main working tree of a repository that is not bare. */
  main: boolean;
  /** Reason of its lock, which may be empty; undefined when it is not locked. */
  lock: string | undefined;
}

/** What lies on the disk before anything is moved. */
export interface Ground {
  /** `unreachable`: below something that is no directory. */
  kindOf(path: string): 'absent' | 'directory' | 'other' | 'unreachable';
  entries(directory: string): readonly string[];
}

/** A repository as it lies on the disk. */
export interface Premises {
  commonDir: string;
  structure: Structure;
  layoutRoot: string;
  sites: readonly Site[];
  defaultBranch: string | undefined;
  /** Place of a branch by the layout there was; undefined where none is known. */
  currentPlace: ((branch: string) => string) | undefined;
  ground: Ground;
}

/** What it is to become. */
export interface Goal {
  structure: Structure;
  place: (branch: string) => string;
  /** Which linked worktrees come along though they are at places of their own; 'none' moves no linked worktree at all. */
  include: { kind: 'branches'; branches: ReadonlySet<string> } | { kind: 'all' } | { kind: 'none' };
  /** Branch whose worktree becomes the main working tree of a bare repository; undefined: as the default branch has it. */
  pivot?: string | undefined;
  /** Locked worktrees are moved, too, and stay locked. */
  force: boolean;
}

/** Each can be undone. */
export type Operation =
  | { kind: 'stash'; branch: string; path: string }
  /** A linked worktree; `temporary` ones come to their own place later. */
  | { kind: 'move'; branch: string; from: string; to: string; temporary: boolean; locked: boolean }
  /** The linked worktree at `path` is one no longer: its files are about to be the main working tree's. */
  | { kind: 'unregister'; branch: string; path: string }
  /** The files of the worktree at `from` go up into `to`, the layout root. */
  | { kind: 'collapse'; branch: string | undefined; from: string; to: string }
  /** The files of the main working tree at `from`, the layout root, go down into `to`. */
  | { kind: 'nest'; branch: string; from: string; to: string }
  | { kind: 'move-git'; from: string; to: string }
  | { kind: 'set-bare'; bare: boolean }
  /** The main working tree at `path` gets HEAD, index and all else that was the worktree's own. */
  | { kind: 'attach'; branch: string; path: string }
  /** What was the main working tree becomes a linked worktree, with all that was its own. */
  | { kind: 'register'; branch: string; path: string }
  | { kind: 'check' }
  | { kind: 'restore'; branch: string; path: string };

export interface Relocation {
  branch: string | undefined;
  from: string;
  to: string;
}

export interface TransformPlan {
  operations: readonly Operation[];
  /** Every worktree that ends somewhere else, in the order of its first operation. */
  relocations: readonly Relocation[];
  /** Worktrees that stay because they were put somewhere on purpose. */
  skipped: readonly { branch: string; path: string }[];
  /** Something the user should know about the main working tree. */
  notice: string | undefined;
  /** The worktree that carries the root role over. */
  pivot: Site | undefined;
}

export type Planned = { kind: 'plan'; plan: TransformPlan } | Refusal;

export interface Refusal {
  kind: 'refused';
  message: string;
  hint?: string;
}

/** Directory that files and worktrees pass through where their way is not free. */
export const stagingName = '.daft-transform-staging';
