// What tests written in TypeScript see of treasure.mjs.

export type GitCall = (cwd: string, ...args: string[]) => { status: number | null; out: string; complaint: string };

export interface InventoryOfWorktree {
  files: string[];
  status: string[];
  index: string[];
  operation: string[];
  head: string;
  reflog: string[];
  submodules: string;
  insideSubmodules: string;
}

export interface Inventory {
  /** By full name of the branch, or by commit and path. */
  worktrees: Record<string, InventoryOfWorktree>;
  stashes: string;
  branches: string;
  config: string[];
  locks: [name: string, lock: string | undefined][];
}

export interface ExactState extends Inventory {
  everything: string[];
  git: string[];
  links: [path: string, link: string | undefined][];
  leftovers: string[];
}

export function gitIn(env: Readonly<Record<string, string | undefined>>): GitCall;
export function inventory(commonDir: string, git: GitCall, options?: { inSight?: boolean }): Inventory;
export function exactState(root: string, commonDir: string, git: GitCall): ExactState;
