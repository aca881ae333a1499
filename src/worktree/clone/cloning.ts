import type { GitVersion, TransferProgress } from '../../git';
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
}

/** A clone under way. */
export interface Cloning extends NewRepository {
  request: CloneRequest;
  services: WorktreeServices;
  adviser: CloneAdviser;
  name: string;
  version: GitVersion;
  taking: Taking;
}
