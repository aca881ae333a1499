import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../daft-error';
import { crash } from '../fault';
import { isErrno, readTextIfExists } from '../fs';
import { askPatiently, deleteBranch, gitsComplaint, privateGitDir, type Git, type GitAnswer, type Repository } from '../git';
import { findNote, strikeOut, writeNote, type CreationNote } from './creation-note';
import { withPlaceLock } from './place-lock';
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
export async function addWorktree(worktree: NewWorktree, repository: Repository, services: AddingServices): Promise<void> {
  await settle(() => make(worktree, repository, services), worktree, repository, services);
}

/** The same, with a note for whoever comes after us if we are killed; it stays until it is struck out. */
export async function addNotedWorktree(note: CreationNote, repository: Repository, services: AddingServices): Promise<void> {
  const { commonDir } = repository;
  const { branch, path } = note;
  const noted = async (): Promise<DaftError | undefined> => {
    const other = findNote(commonDir, branch);
    if (other.kind !== 'none') {
      return new PlaceTaken(`Failed to create git worktree: another command is about to make one for '${branch}'`, other.kind === 'alive' ? other.path : path);
    }
    writeNote(commonDir, note);
    let made = false;
    try {
      if (DAFT_FAULTS) crash('create: noted');
      const failure = await make(note, repository, services);
      made = failure === undefined;
      return failure;
    } finally {
      if (!made) strikeOut(commonDir, branch);
    }
  };
  await settle(noted, note, repository, services);
}

type AddingServices = Pick<WorktreeServices, 'git' | 'signal' | 'narrator'>;

async function settle(add: () => Promise<DaftError | undefined>, { path }: NewWorktree, repository: Repository, { signal }: AddingServices): Promise<void> {
  signal.throwIfAborted();
  const failure = await withPlaceLock(path, repository, add);
  if (failure === undefined) return;
  signal.throwIfAborted();
  throw failure;
}

/** Returns what went wrong, or throws; everything has been taken back then. */
async function make(worktree: NewWorktree, repository: Repository, services: AddingServices): Promise<DaftError | undefined> {
  const { path, branch, startPoint } = worktree;
  const { git } = services;
  if (startPoint === undefined) return makeTree(worktree, repository, services);
  // --no-track: an upstream is set on purpose or not at all, never by branch.autoSetupMerge.
  const made = await askPatiently(git, repository.commonDir, ['branch', '--no-track', branch, startPoint]);
  if (made.exitCode !== 0) return made.stderr.includes('already exists') ? new PlaceTaken(complaintOf(made), path) : new DaftError(complaintOf(made));
  let kept = false;
  try {
    if (DAFT_FAULTS) crash('create: branch made');
    const failure = await makeTree(worktree, repository, services);
    kept = failure === undefined;
    return failure;
  } finally {
    if (!kept) await deleteBranch(git, repository.commonDir, branch);
  }
}

async function makeTree({ path, branch }: NewWorktree, repository: Repository, { git, narrator }: AddingServices): Promise<DaftError | undefined> {
  const { commonDir } = repository;
  const firstMissing = topmostMissing(path);
  // --quiet: should we be killed, git must not die of having something to say, and take away what it has made.
  const add = () => askPatiently(git, commonDir, ['worktree', 'add', '--quiet', path, branch]);
  let added = await add();
  for (let again = 0; added.exitCode === 0 && again < 3 && !isRegistered(path, repository); again += 1) {
    unmake(path, repository);
    added = await add();
  }
  if (DAFT_FAULTS) crash('create: worktree added');
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
  removeEmpty(path, firstMissing);
  return left === "a neighbour's" ? new PlaceTaken(complaintOf(added), path) : new DaftError(complaintOf(added));
}

/**
 * Whether git will find what it has just made. It gives a registration its name before it locks it, and a neighbour's prune
 * that comes by in between takes for abandoned, and deletes, whatever is in there by then.
 */
function isRegistered(path: string, repository: Repository): boolean {
  const registration = privateGitDir({ path, main: false }, repository);
  return ['HEAD', 'commondir', 'gitdir'].every((name) => existsSync(join(registration, name)));
}

/** Only for a worktree that was made a moment ago at a place where nothing was. */
function unmake(path: string, repository: Repository): void {
  const registration = privateGitDir({ path, main: false }, repository);
  if (dirname(registration) === join(repository.commonDir, 'worktrees')) rmSync(registration, { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
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

function complaintOf(answer: GitAnswer): string {
  return `Failed to create git worktree: ${gitsComplaint(answer)}`;
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
