import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../daft-error';
import { isErrno, readTextIfExists, withFileLock } from '../fs';
import { askPatiently, deleteBranch, gitsComplaint, privateGitDir, type Git, type GitAnswer, type Repository } from '../git';
import { lockHolder } from '../process';
import { canonicalPath } from './canonical-path';
import { PlaceTaken } from './placement';
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
  repository: Repository,
  { git, signal, narrator }: Pick<WorktreeServices, 'git' | 'signal' | 'narrator'>,
): Promise<void> {
  const { commonDir } = repository;
  signal.throwIfAborted();
  const failure = await withPlaceLock(path, repository, async () => {
    if (startPoint !== undefined) {
      // --no-track: an upstream is set on purpose or not at all, never by branch.autoSetupMerge.
      const made = await askPatiently(git, commonDir, ['branch', '--no-track', branch, startPoint]);
      if (made.exitCode !== 0) return made.stderr.includes('already exists') ? new PlaceTaken(complaintOf(made), path) : new DaftError(complaintOf(made));
    }
    const firstMissing = topmostMissing(path);
    const added = await askPatiently(git, commonDir, ['worktree', 'add', path, branch]);
    if (added.exitCode === 0) return undefined;
    const left = whatIsLeft(path, repository, added);
    switch (left) {
      case 'complete':
        narrator.warning(`git's post-checkout hook failed with status ${added.exitCode}`);
        return undefined;
      case 'half made':
        await askPatiently(git, commonDir, ['worktree', 'remove', '--force', '--force', path]);
        break;
      case "a neighbour's":
      case 'nothing':
        break;
    }
    if (startPoint !== undefined) await deleteBranch(git, commonDir, branch);
    removeEmpty(path, firstMissing);
    return left === "a neighbour's" ? new PlaceTaken(complaintOf(added), path) : new DaftError(complaintOf(added));
  });
  if (failure === undefined) return;
  signal.throwIfAborted();
  throw failure;
}

/** What a failed `git worktree add` has left: as a rule git takes back what it could not make. */
function whatIsLeft(path: string, repository: Repository, { exitCode, stderr }: GitAnswer): 'nothing' | "a neighbour's" | 'half made' | 'complete' {
  if (exitCode === 128 && /^fatal: '.*' (already exists|is already (checked out|used by worktree) at '.*')$/m.test(stderr)) return "a neighbour's";
  if (!existsSync(join(path, '.git'))) return 'nothing';
  // git keeps a worktree locked while it makes it, and unlocks it before its post-checkout hook: of a worktree that is
  // there all the same, git was killed over the making, or the exit code is that of the hook.
  const lock = readTextIfExists(join(privateGitDir({ path, main: false }, repository), 'locked'))?.trim();
  return lock === 'initializing' ? 'half made' : 'complete';
}

/** Waits until nobody is making a worktree at this place any more. */
export async function placeSettled(path: string, repository: Repository): Promise<void> {
  await withPlaceLock(path, repository, async () => {});
}

/** One at a time for a place: git looks whether it is free, and some time later it takes it. */
async function withPlaceLock<T>(path: string, { commonDir }: Repository, add: () => Promise<T>): Promise<T> {
  mkdirSync(join(commonDir, '.daft'), { recursive: true });
  // As long as it takes to check out whatever is there: the neighbour is at work, and its death would be noticed.
  return withFileLock(join(commonDir, '.daft', `place-${numberOf(canonicalPath(path))}.lock`), lockHolder(), add, { timeoutMs: 600_000 });
}

/** FNV-1a: two paths with one number merely wait for each other, which is not worth loading node:crypto. */
function numberOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}

function complaintOf(answer: GitAnswer): string {
  const stderr = answer.stderr.replaceAll(/^Preparing worktree .*\n/gm, '');
  return `Failed to create git worktree: ${gitsComplaint({ ...answer, stderr })}`;
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
