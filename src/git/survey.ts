import { findRepositoryAtHand } from './at-hand';
import { findRepository, readConfigList, type Repository } from './repository';
import type { Git } from './run';
import { askForWorktrees, worktreesFrom, type Stanza, type Worktree } from './worktrees';

/** Everything a command first wants to know, asked in parallel. */
export interface Survey {
  repository: Repository;
  worktrees: Worktree[];
  /** For `parseSettings`. */
  config: string;
}

/** `findRepository`, `listWorktrees` and the configuration in the time of one question. */
export async function surveyRepository(git: Git, cwd: string): Promise<Survey | undefined> {
  const atHand = findRepositoryAtHand(cwd, git.env);
  const [list, config, asked] = await Promise.all([askForWorktrees(git, cwd), readConfigList(git, cwd), atHand === undefined ? findRepository(git, cwd) : undefined]);
  const repository = atHand === undefined || isListed(atHand, list) ? (atHand ?? asked) : await findRepository(git, cwd);
  return repository && { repository, worktrees: worktreesFrom(list, repository), config };
}

/** Whether git sees the same: the first that it lists is the repository itself. */
function isListed({ projectRoot, commonDir }: Repository, [first]: readonly Stanza[]): boolean {
  return first !== undefined && [projectRoot, commonDir].includes(first.path);
}
