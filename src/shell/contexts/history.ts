import { readDirectories } from '../../config';
import { completeJobs, isJobsContext, openHistory } from '../../jobs/complete';
import { openStore, readRepoId } from '../../logstore';
import { candidateLines } from '../../output/jobs';
import type { Question } from '../complete';

/** @param place.here label of the current worktree, if any */
export function candidatesOf({ commonDir, here }: { commonDir: string; here: string | undefined }, { context, word, env }: Question): readonly string[] {
  if (!isJobsContext(context)) return [];
  const id = readRepoId(commonDir);
  if (id === undefined) return [];
  // Whether somebody answers for a job is not worth a connection: it is shown as it was recorded.
  const history = openHistory(openStore(readDirectories(env).state, id), { coordinatorLive: true });
  return candidateLines(completeJobs(context, word, { history, here }), new Date());
}
