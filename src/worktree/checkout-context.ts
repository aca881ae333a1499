import type { Firing } from '../hooks';
import { findDefaultBranch, privateGitDir, type Repository, type Survey, type Worktree } from '../git';
import type { LayoutAdviser } from './choose-layout';
import type { WorktreeServices } from './worktree-services';

/** What both ways of getting to a worktree, opening a branch and creating one, are asked for. */
export interface CheckoutRequest {
  branch: string;
  /** Absolute path to use instead of the layout's. */
  at?: string | undefined;
  /** Undefined: as the settings say. */
  carry?: boolean | undefined;
  /** `--remote`. */
  remote?: string | undefined;
  /** No fetch and no push, whatever the settings. */
  local?: boolean | undefined;
}

export interface CheckoutContext extends Survey {
  services: WorktreeServices;
  adviser: LayoutAdviser | undefined;
}

/** Remote of one run: in multi-remote mode `--remote` names it. */
export function remoteOfRun(request: CheckoutRequest, { services }: CheckoutContext): string {
  const { settings } = services;
  return (settings.multiRemoteEnabled ? request.remote : undefined) ?? settings.remote;
}

/** The worktree the command was started in; undefined in a container. */
export function currentWorktree({ repository, worktrees }: Survey): Worktree | undefined {
  return worktrees.find(({ path }) => path === repository.worktreeRoot);
}

/** The worktree whose daft.yml takes part in choosing the layout (worktrees-create.md 2.3). */
export async function configurationWorktree(
  { repository, worktrees, services }: Pick<CheckoutContext, 'repository' | 'worktrees'> & { services: Pick<WorktreeServices, 'git' | 'settings'> },
  base: string | undefined,
): Promise<string | undefined> {
  if (repository.worktreeRoot !== undefined) return repository.worktreeRoot;
  const present = worktrees.filter(({ missing }) => !missing);
  const on = (branch: string | undefined) => (branch === undefined ? undefined : present.find((worktree) => worktree.branch === branch));
  const preferred = on(base) ?? on(await findDefaultBranch(services.git, repository, { remote: services.settings.remote, offline: true }));
  return (preferred ?? present[0])?.path;
}

export interface CreatedFacts {
  path: string;
  branch: string;
  isNewBranch: boolean;
  baseBranch: string | undefined;
}

/** The firing of a create hook. Before the creation the new worktree has no git dir of its own yet. */
export function createFiring(
  hook: 'worktree-pre-create' | 'worktree-post-create',
  { path, branch, isNewBranch, baseBranch }: CreatedFacts,
  { repository, services }: CheckoutContext,
): Firing {
  return {
    hook,
    command: 'checkout',
    repository: hook === 'worktree-post-create' ? repositoryOf(path, repository) : repository,
    sourceWorktree: repository.worktreeRoot ?? services.cwd,
    targetWorktree: path,
    branch,
    worktreeLabel: branch,
    isNewBranch,
    baseBranch,
  };
}

/** The same repository as seen from a linked worktree. */
export function repositoryOf(worktree: string, repository: Repository): Repository {
  return { ...repository, worktreeRoot: worktree, gitDir: privateGitDir({ path: worktree, main: worktree === repository.projectRoot && !repository.bare }, repository) };
}
