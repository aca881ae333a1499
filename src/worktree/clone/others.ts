import { DaftError } from '../../daft-error';
import type { Repository } from '../../git';
import { addWorktree } from '../add-worktree';
import { repositoryOf } from '../checkout-context';
import { copyIntoNewWorktree } from '../copy';
import { fireAndSettle } from '../hook-outcome';
import { keepOutOfSight } from '../ignore-entry';
import { placeInNew } from '../placement';
import type { Cloning } from './cloning';
import { cloneFiring, settleFirings, type FiringPlace } from './hooks';
import { tie } from './tracking';

/** A worktree beside the base. */
export interface OtherWorktree {
  branch: string;
  path: string;
  /** The layout has no place for it. */
  problem?: DaftError;
}

export function placeOther(branch: string, { commonDir }: Repository, cloning: Cloning): OtherWorktree {
  try {
    return { branch, path: placeInNew(branch, commonDir, cloning) };
  } catch (error) {
    if (error instanceof DaftError) return { branch, path: cloning.root, problem: error };
    throw error;
  }
}

/** The worktrees beside the base, each on its own: one that cannot be made is told, and no more. Returns their paths by branch. */
export async function createOthers(
  others: readonly OtherWorktree[],
  { basePath, about }: { basePath: string; about: FiringPlace['about'] },
  repository: Repository,
  cloning: Cloning,
): Promise<Map<string, string>> {
  const { services, request, adviser } = cloning;
  const { narrator, signal } = services;
  const paths = new Map<string, string>();
  let aborted: DaftError | undefined;
  for (const { branch, path, problem } of others) {
    const place: FiringPlace = { path, branch, source: basePath, about };
    adviser.tell({ type: 'creating', branch, path });
    if (problem === undefined && !request.allBranches && !(await passes(fireAndSettle(cloneFiring('worktree-pre-create', place, repository), services)))) {
      adviser.tell({ type: 'not-created', branch, because: 'hook', message: `pre-create hook failed for '${branch}', skipping` });
      continue;
    }
    const failure = problem ?? (await failureOf(addWorktree({ path, branch }, repository, services)));
    if (failure !== undefined) {
      signal.throwIfAborted();
      const attempt = request.allBranches ? `creating worktree for branch '${branch}'` : `Could not create worktree for branch '${branch}'`;
      adviser.tell({ type: 'not-created', branch, because: 'git', message: `${attempt}: ${failure.message}` });
      continue;
    }
    paths.set(branch, path);
    await tie(branch, repository, services);
    await keepOutOfSight(path, repository, narrator);
    await copyIntoNewWorktree(path, { worktree: basePath }, repository, services);
    adviser.tell({ type: 'created', branch });
    if (!request.allBranches) {
      const abort = await failureOf(settleFirings(['worktree-post-create'], place, repositoryOf(path, repository), services));
      aborted ??= abort; // not in one expression, in which the hooks would not run any more once one has aborted
    }
    adviser.tell({ type: 'settled', branch });
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
