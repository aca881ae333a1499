/** Which repository and which worktree the commands of `daft hooks jobs` are about. Loads as little as git needs to begin. */
import { basename } from 'node:path';
import { DaftError } from '../../daft-error';
import { createGit, findBranchHere, findRepository, findRepositoryAtHand, listWorktrees } from '../../git';
import type { Git, Repository } from '../../git';
import type { CommandContext } from '../context';

export interface JobsPlace {
  git: Git;
  repository: Repository;
  /** Label of the current worktree; undefined outside any. */
  here: string | undefined;
}

export async function findJobsPlace({ env, cwd }: CommandContext): Promise<JobsPlace> {
  const git = createGit(env);
  const repository = findRepositoryAtHand(cwd, env) ?? (await findRepository(git, cwd));
  if (repository === undefined) {
    throw new DaftError('No repository found for hook jobs. Are you inside a git repository?');
  }
  return { git, repository, here: (await findBranchHere(git, repository)) ?? (await labelOfDetached(git, repository)) };
}

/** A worktree that is being rebased still belongs to its branch; one without branch goes by its directory. */
async function labelOfDetached(git: Git, repository: Repository): Promise<string | undefined> {
  const { worktreeRoot } = repository;
  if (worktreeRoot === undefined) return undefined;
  const worktrees = await listWorktrees(git, repository);
  return worktrees.find(({ path }) => path === worktreeRoot)?.branch ?? basename(worktreeRoot);
}
