import { resolve } from 'node:path';
import { DaftError } from '../../daft-error';
import { realPathIfExists } from '../../fs';
import type { Survey, Worktree } from '../../git';

/** A branch to be removed, with the worktree that has it checked out. */
export interface Target {
  branch: string;
  worktree: Worktree | undefined;
}

/**
 * What the arguments mean: worktrees by path, as seen from the current directory or from the project root, before branches
 * by name. What is meant twice counts once. Throws DaftError for a worktree without branch.
 */
export function resolveTargets(args: readonly string[], { repository, worktrees }: Survey, cwd: string): readonly Target[] {
  const branches = args.map((arg) => {
    // A path that leads nowhere may be that of a worktree whose directory is gone.
    const paths = [resolve(cwd, arg), resolve(repository.projectRoot, arg)].map((path) => realPathIfExists(path) ?? path);
    const meant = paths.map((path) => worktrees.find((worktree) => worktree.path === path)).find((found) => found !== undefined);
    if (meant === undefined) return arg;
    if (meant.branch === undefined) throw new DaftError(`worktree at '${meant.path}' has a detached HEAD; specify a branch name instead`);
    return meant.branch;
  });
  return [...new Set(branches)].map((branch) => ({ branch, worktree: worktrees.find((worktree) => worktree.branch === branch) }));
}
