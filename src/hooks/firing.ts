import type { Repository } from '../git';
import { slugOf } from './slug';
import type { HookName } from './types';

/** One firing as its command knows it; becomes the variables of hooks.md 3. */
export interface Firing {
  hook: HookName;
  /** DAFT_COMMAND, hooks.md 2.1. */
  command: 'clone' | 'checkout' | 'branch-delete' | 'prune' | 'eject' | 'rename' | 'layout-transform' | 'adopt' | 'hooks-run';
  /** Of the target worktree. */
  repository: Repository;
  sourceWorktree: string;
  targetWorktree: string;
  branch: string;
  /** Branch, or directory name of a branchless worktree. */
  worktreeLabel: string;
  isNewBranch: boolean;
  baseBranch?: string | undefined;
  repositoryUrl?: string | undefined;
  defaultBranch?: string | undefined;
  removalReason?: 'manual' | 'remote-deleted' | 'ejecting' | undefined;
  move?: { oldPath: string; oldBranch: string; changed: ReadonlySet<'path' | 'branch'> } | undefined;
}

/** Facts of a firing that hold for some hooks only. */
function applicable(firing: Firing): Pick<Firing, 'baseBranch' | 'repositoryUrl' | 'defaultBranch' | 'removalReason'> {
  const cloned = firing.hook === 'post-clone';
  const created = firing.hook === 'worktree-pre-create' || firing.hook === 'worktree-post-create';
  const removed = firing.hook === 'worktree-pre-remove' || firing.hook === 'worktree-post-remove';
  return {
    baseBranch: created ? firing.baseBranch : undefined,
    repositoryUrl: cloned ? firing.repositoryUrl : undefined,
    defaultBranch: cloned ? firing.defaultBranch : undefined,
    removalReason: removed && firing.move === undefined ? firing.removalReason : undefined,
  };
}

/** What every process of the hook finds in its environment. */
export function hookVariables(firing: Firing, remote: string): Record<string, string> {
  const { baseBranch, repositoryUrl, defaultBranch, removalReason } = applicable(firing);
  const variables: Record<string, string | undefined> = {
    DAFT_HOOK: firing.hook,
    DAFT_COMMAND: firing.command,
    DAFT_PROJECT_ROOT: firing.repository.projectRoot,
    DAFT_GIT_DIR: firing.repository.commonDir,
    DAFT_REMOTE: remote,
    DAFT_SOURCE_WORKTREE: firing.sourceWorktree,
    DAFT_WORKTREE_PATH: firing.targetWorktree,
    DAFT_BRANCH_NAME: firing.branch,
    DAFT_IS_NEW_BRANCH: String(firing.isNewBranch),
    DAFT_BASE_BRANCH: baseBranch,
    DAFT_REPOSITORY_URL: repositoryUrl,
    DAFT_DEFAULT_BRANCH: defaultBranch,
    DAFT_REMOVAL_REASON: removalReason,
    DAFT_IS_MOVE: firing.move === undefined ? undefined : 'true',
    DAFT_OLD_WORKTREE_PATH: firing.move?.oldPath,
    DAFT_OLD_BRANCH_NAME: firing.move?.oldBranch,
  };
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Values of the template variables of hooks.md 8.1; those left out stay verbatim. `job_name` comes with each job. */
export function templateValues(firing: Firing, remote: string): Record<string, string> {
  const { baseBranch, repositoryUrl, defaultBranch } = applicable(firing);
  return {
    branch: firing.branch,
    worktree_branch: firing.branch,
    worktree_path: firing.targetWorktree,
    worktree_slug: slugOf(firing.worktreeLabel),
    worktree_root: firing.repository.projectRoot,
    source_worktree: firing.sourceWorktree,
    git_dir: firing.repository.commonDir,
    remote,
    ...(baseBranch !== undefined && { base_branch: baseBranch }),
    ...(repositoryUrl !== undefined && { repository_url: repositoryUrl }),
    ...(defaultBranch !== undefined && { default_branch: defaultBranch }),
    old_worktree_path: firing.move?.oldPath ?? '',
    old_branch: firing.move?.oldBranch ?? '',
  };
}
