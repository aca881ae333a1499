import { DaftError } from '../../daft-error';
import type { Repository } from '../../git';
import { addWorktree } from '../add-worktree';
import { repositoryOf } from '../checkout-context';
import { fireAndSettle } from '../hook-outcome';
import { keepOutOfSight } from '../ignore-entry';
import { placeInNew } from '../placement';
import type { Cloning } from './cloning';
import { cloneFiring, settleFirings, type FiringPlace } from './hooks';
import type { ClonePlan } from './plan';
import { tie } from './tracking';

/** The worktrees beside the base, each on its own: one that fails is a warning. Returns their paths by branch. */
export async function createOthers(
  plan: ClonePlan,
  { basePath, about }: { basePath: string; about: FiringPlace['about'] },
  repository: Repository,
  cloning: Cloning,
): Promise<Map<string, string>> {
  const { services, request } = cloning;
  const { narrator, signal } = services;
  const paths = new Map<string, string>();
  let aborted: DaftError | undefined;
  for (const branch of plan.others) {
    const path = placeInNew(branch, repository.commonDir, cloning);
    const place: FiringPlace = { path, branch, source: basePath, about };
    narrator.step(`Creating worktree '${path}'`);
    if (!request.allBranches && !(await passes(fireAndSettle(cloneFiring('worktree-pre-create', place, repository), services)))) {
      narrator.warning(`pre-create hook failed for '${branch}', skipping`);
      continue;
    }
    const failure = await failureOf(addWorktree({ path, branch }, repository, services));
    if (failure !== undefined) {
      signal.throwIfAborted();
      narrator.warning(
        request.allBranches
          ? `creating worktree for branch '${branch}': ${failure.message}`
          : `Could not create worktree for branch '${branch}': ${failure.message}`,
      );
      continue;
    }
    paths.set(branch, path);
    await tie(branch, repository, services);
    await keepOutOfSight(path, repository, narrator);
    if (!request.allBranches) {
      aborted ??= await failureOf(settleFirings(['worktree-post-create'], place, repositoryOf(path, repository), services));
    }
  }
  if (aborted !== undefined) throw aborted;
  return paths;
}

async function passes(attempt: Promise<void>): Promise<boolean> {
  return (await failureOf(attempt)) === undefined;
}

async function failureOf(attempt: Promise<void>): Promise<DaftError | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (error instanceof DaftError) return error;
    throw error;
  }
}
