/** What the commands that work on daft.yml of the current worktree have in common. */
import { parseSettings, readDirectories } from '../../config';
import type { Settings } from '../../config';
import { loadWorktreeConfig } from '../../config/daft-yml';
import type { DaftYml } from '../../config/daft-yml';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository } from '../../git';
import type { Git, Repository, Worktree } from '../../git';
import type { CommandContext } from '../context';

export interface CurrentWorktree {
  git: Git;
  repository: Repository;
  worktrees: readonly Worktree[];
  root: string;
  settings: Settings;
}

/** The worktree of the current directory; `refusal` is what is said outside any. */
export async function findCurrentWorktree({ env, cwd }: CommandContext, refusal: string): Promise<CurrentWorktree> {
  const git = createGit(env);
  const survey = await surveyRepository(git, cwd);
  const root = survey?.repository.worktreeRoot;
  if (survey === undefined || root === undefined) throw new DaftError(refusal);
  return { git, repository: survey.repository, worktrees: survey.worktrees, root, settings: parseSettings(survey.config) };
}

/** The merged configuration of a worktree; undefined if it has none. */
export async function loadConfig(root: string, { env }: Pick<CommandContext, 'env'>): Promise<DaftYml | undefined> {
  const loaded = await loadWorktreeConfig(root, readDirectories(env).cache);
  switch (loaded.kind) {
    case 'absent': return undefined;
    case 'broken': throw brokenConfig(loaded.message);
    case 'loaded': return loaded.config;
  }
}

export function brokenConfig(problem: string): DaftError {
  return new DaftError('Failed to load YAML config', { cause: new Error(problem) });
}
