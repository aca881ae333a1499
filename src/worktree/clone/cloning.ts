import type { GitVersion, Repository, TransferProgress } from '../../git';
import type { Layout } from '../../layout';
import type { WorktreeServices } from '../worktree-services';
import type { NewRepository } from '../placement';
import type { Taking } from '../taking';

export interface CloneRequest {
  url: string;
  branches: readonly string[];
  allBranches: boolean;
  noCheckout: boolean;
  /** Of the command line; already found. */
  layout: Layout | undefined;
  /** `--remote`: multi-remote mode with this folder. */
  remoteFolder: string | undefined;
  trustHooks: boolean;
}

export interface CloneAdviser {
  /** Asks for the layout where nothing has decided it; undefined: nobody was asked. */
  askLayout: () => Promise<Layout | 'cancelled' | undefined>;
  onProgress: (progress: TransferProgress) => void;
  tell: (event: CloneEvent) => void;
  /** Nobody may be asked for passwords from `planned` on: the terminal has a table on it. */
  occupiesTerminal: boolean;
}

/** What becomes of the worktrees of a clone, once the base is there. */
export type CloneEvent =
  /** The base comes first. */
  | { type: 'planned'; repository: Repository; defaultBranch: string; worktrees: readonly { branch: string; path: string }[] }
  | { type: 'creating'; branch: string; path: string }
  | { type: 'created'; branch: string }
  | { type: 'not-created'; branch: string; because: 'hook' | 'git'; message: string }
  /** Its hooks have run, too. */
  | { type: 'settled'; branch: string };

/** A clone under way. */
export interface Cloning extends NewRepository {
  request: CloneRequest;
  services: WorktreeServices;
  adviser: CloneAdviser;
  name: string;
  version: GitVersion;
  taking: Taking;
}
