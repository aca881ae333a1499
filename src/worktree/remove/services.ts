import type { WorktreeServices, Narrator } from '../worktree-services';

/** What removal needs of its surroundings; one per command. */
export interface RemovalServices extends Pick<WorktreeServices, 'git' | 'settings' | 'cwd' | 'signal' | 'fireHook'> {
  narrator: Narrator & {
    /** What was done to a branch. */
    result: (text: string) => void;
    /** A failure that the rest of the work survives. */
    error: (text: string) => void;
  };
  /** Stops the background jobs of a worktree by its label, as far as possible; never fails. */
  cancelJobs: (worktree: string) => Promise<void>;
}
