import { basename } from 'node:path';
import { createGit, findBranchHere, findRepository, findRepositoryAtHand } from '../../git';
import type { Question } from '../complete';

/** Jobs, invocations, worktrees and hooks of the history. Looks only: nothing is repaired for a key press. */
export async function completeHistory(question: Question): Promise<readonly string[]> {
  const git = createGit(question.env);
  const atHand = findRepositoryAtHand(question.cwd, question.env);
  // Should git have to look for the repository, the rest is loaded meanwhile.
  const [repository, { candidatesOf }] = await Promise.all([atHand ?? findRepository(git, question.cwd), import('./history')]);
  if (repository === undefined) return [];
  const { commonDir, worktreeRoot } = repository;
  const here = (await findBranchHere(git, repository)) ?? (worktreeRoot === undefined ? undefined : basename(worktreeRoot));
  return candidatesOf({ commonDir, here }, question);
}
