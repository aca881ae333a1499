import { cancelForRemoval } from '../jobs';
import type { Messages } from '../output';
import { describeRemoval } from '../output/jobs';

/** Stops the background jobs of a worktree that is about to be removed, and tells about it. */
export function jobCancelling(
  { commonDir, stateDir, now }: { commonDir: string; stateDir: string; now: () => Date },
  messages: Messages,
): (worktree: string) => Promise<void> {
  return (worktree) =>
    cancelForRemoval({
      commonDir,
      stateDir,
      worktree,
      now,
      tell(event) {
        const { kind, text } = describeRemoval(event);
        messages[kind](text);
      },
    });
}
