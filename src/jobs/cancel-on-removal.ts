/** What happens to the jobs of a worktree that is about to go; the words are in `output/jobs`. */
export type RemovalEvent =
  | { type: 'stopping'; job: string }
  | { type: 'stopped'; job: string }
  | { type: 'not-stopped'; job: string; error: string }
  /** Time is up: these still run, and the removal of the directory may fail. */
  | { type: 'still-running'; jobs: readonly string[] };

/**
 * Cancels every active job of a worktree and waits until they are gone, at most 7 s (jobs.md 13). To be called after the
 * checks that may refuse the removal and before the pre-remove hook. Never throws; tells nothing if there is nothing to
 * cancel.
 *
 * @param options.worktree the label: branch name, or directory name of a branchless worktree
 */
export declare function cancelForRemoval(options: {
  commonDir: string;
  stateDir: string;
  worktree: string;
  now: () => Date;
  tell: (event: RemovalEvent) => void;
}): Promise<void>;
