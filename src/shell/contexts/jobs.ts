import { basename } from 'node:path';
import { readDirectories } from '../../config';
import { createGit, findBranchHere, findRepository } from '../../git';
import { completeJobs, isJobsContext, openHistory } from '../../jobs/complete';
import { openStore, readRepoId } from '../../logstore';
import { candidateLines } from '../../output/jobs';
import type { Question } from '../complete';

/** Jobs, invocations, worktrees and hooks of the history. Looks only: nothing is repaired for a key press. */
export async function completeHistory({ context, word, env, cwd }: Question): Promise<readonly string[]> {
  if (!isJobsContext(context)) return [];
  const git = createGit(env);
  const repository = await findRepository(git, cwd);
  if (repository === undefined) return [];
  const id = readRepoId(repository.commonDir);
  if (id === undefined) return [];
  const { worktreeRoot } = repository;
  const here = (await findBranchHere(git, repository)) ?? (worktreeRoot === undefined ? undefined : basename(worktreeRoot));
  // Whether somebody answers for a job is not worth a connection: it is shown as it was recorded.
  const history = openHistory(openStore(readDirectories(env).state, id), { coordinatorLive: true });
  return candidateLines(completeJobs(context, word, { history, here }), new Date());
}
