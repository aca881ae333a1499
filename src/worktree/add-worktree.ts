import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../daft-error';
import { isErrno } from '../fs';
import { askPatiently, gitsComplaint, type Git, type GitAnswer, type Repository } from '../git';
import type { WorktreeServices } from './worktree-services';

export interface NewWorktree {
  path: string;
  branch: string;
  /** Makes the branch there first; without it the branch exists. */
  startPoint?: string | undefined;
}

/**
 * `git worktree add`, all or nothing. The branch is made by a step of its own, so that what has to be taken back on a
 * failure is known: had git made both, a second command for the same branch could not tell its own from its neighbour's.
 */
export async function addWorktree(
  { path, branch, startPoint }: NewWorktree,
  { commonDir }: Repository,
  { git, signal, narrator }: Pick<WorktreeServices, 'git' | 'signal' | 'narrator'>,
): Promise<void> {
  signal.throwIfAborted();
  if (startPoint !== undefined) {
    // --no-track: an upstream is set on purpose or not at all, never by branch.autoSetupMerge.
    const made = await askPatiently(git, commonDir, ['branch', '--no-track', branch, startPoint]);
    if (made.exitCode !== 0) throw failure(made);
  }
  const firstMissing = topmostMissing(path);
  const added = await askPatiently(git, commonDir, ['worktree', 'add', path, branch]);
  if (added.exitCode === 0) return;
  if (existsSync(join(path, '.git'))) {
    // git takes back what it could not make. What is there is complete, and the exit code is that of its post-checkout hook.
    narrator.warning(`git's post-checkout hook failed with status ${added.exitCode}`);
    return;
  }
  if (startPoint !== undefined) await askPatiently(git, commonDir, ['branch', '-D', branch]);
  removeEmpty(path, firstMissing);
  signal.throwIfAborted();
  throw failure(added);
}

function failure(answer: GitAnswer): DaftError {
  const stderr = answer.stderr.replaceAll(/^Preparing worktree .*\n/gm, '');
  return new DaftError(`Failed to create git worktree: ${gitsComplaint({ ...answer, stderr })}`);
}

/** The highest directory of a path that does not exist yet; undefined if all do. */
function topmostMissing(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  return topmostMissing(dirname(path)) ?? path;
}

/** Removes the empty directories from `path` up to `top` that git made on the way to a worktree it then did not make. */
function removeEmpty(path: string, top: string | undefined): void {
  if (top === undefined) return;
  for (let directory = path; directory.length >= top.length; directory = dirname(directory)) {
    try {
      rmdirSync(directory);
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EACCES')) return;
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}

/** Sets the upstream of a branch unless it has that one already; the failure is git's answer. */
export async function setUpstream(git: Git, { commonDir }: Repository, { branch, remote }: { branch: string; remote: string }): Promise<GitAnswer> {
  return askPatiently(git, commonDir, ['branch', `--set-upstream-to=${remote}/${branch}`, branch]);
}
