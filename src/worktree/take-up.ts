import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomBytes, readTextIfExists, removeFile, unlessMissing } from '../fs';
import { askPatiently, deleteBranch, listWorktrees, readRefs, type Repository } from '../git';
import { anyStartedWith } from '../process';
import { canonicalPath } from './canonical-path';
import type { CheckoutContext } from './checkout-context';
import { findNote, strikeOut, writeNote, type CreationNote } from './creation-note';
import { patienceForPlaceMs, withPlaceLock } from './place-lock';

export interface TakenUp {
  /** As things are now. */
  context: CheckoutContext;
  /** A worktree that its maker did not live to finish; finishing it is ours from now on. */
  unfinished?: CreationNote;
}

/**
 * Puts in order what a creation for this branch left that was killed. What git had not finished is taken away; a worktree
 * that is there lacks nothing but what daft gives it.
 *
 * @param wish `finish` takes such a worktree over, `look` leaves it, `start anew` too, but takes away a branch without
 *   worktree that was made by what was killed, unless there is something on it
 */
export async function takeUp(branch: string, wish: 'finish' | 'look' | 'start anew', context: CheckoutContext): Promise<TakenUp> {
  const { repository, services } = context;
  const found = findNote(repository.commonDir, branch);
  if (found.kind !== 'dead') return { context };
  const { note } = found;
  services.narrator.step(`Taking up what is left of an interrupted creation of '${branch}'`);
  const unfinished = await withPlaceLock(note.path, repository, async () => {
    if (findNote(repository.commonDir, branch).kind !== 'dead') return undefined; // somebody was faster
    await gitGone(note);
    const rest = findRest(note, repository);
    if (rest.kind === 'whole') {
      if (wish !== 'finish') return undefined;
      if (rest.locked) await askPatiently(services.git, repository.commonDir, ['worktree', 'unlock', note.path]);
      writeNote(repository.commonDir, note);
      return note;
    }
    if (rest.kind === 'half made') await takeAway(note.path, rest.registration, context);
    if (wish === 'start anew' && note.isNewBranch) await takeBackBranch(note, context);
    strikeOut(repository.commonDir, branch);
    return undefined;
  });
  return { context: { ...context, worktrees: await listWorktrees(services.git, repository) }, ...(unfinished && { unfinished }) };
}

/** A git outlives the command that started it, and goes on. */
async function gitGone({ path, branch }: CreationNote): Promise<void> {
  const ours = [{ args: ['worktree', 'add', path, branch] }, { args: ['branch', '--no-track', branch] }, { env: { GIT_WORK_TREE: path } }];
  const deadline = performance.now() + patienceForPlaceMs;
  for (let pauseMs = 10; anyStartedWith(ours) && performance.now() < deadline; pauseMs = Math.min(pauseMs * 2, 200)) await delay(pauseMs);
}

type Rest = { kind: 'none' } | { kind: 'whole'; locked: boolean } | { kind: 'half made'; registration: string };

function findRest({ path, branch }: CreationNote, { commonDir }: Repository): Rest {
  const registration = registrationAt(path, commonDir);
  if (registration === undefined) return { kind: 'none' };
  const locked = readTextIfExists(join(registration, 'locked'))?.trim() === 'initializing';
  // git writes the index when all files are there.
  if (!existsSync(join(registration, 'index'))) return locked ? { kind: 'half made', registration } : { kind: 'none' };
  const isOurs = existsSync(join(path, '.git')) && readTextIfExists(join(registration, 'HEAD'))?.trim() === `ref: refs/heads/${branch}`;
  return isOurs ? { kind: 'whole', locked } : { kind: 'none' };
}

function registrationAt(path: string, commonDir: string): string | undefined {
  const link = join(canonicalPath(path), '.git');
  const names = unlessMissing(() => readdirSync(join(commonDir, 'worktrees'))) ?? [];
  return names.map((name) => join(commonDir, 'worktrees', name)).find((directory) => readTextIfExists(join(directory, 'gitdir'))?.trim() === link);
}

/**
 * Removes a worktree that git had not finished. If there is more in it than files that were not written yet, whoever put it
 * there may want it: then it is set aside.
 */
async function takeAway(path: string, registration: string, { services }: CheckoutContext): Promise<void> {
  const { git, narrator } = services;
  for (const lock of ['index.lock', 'HEAD.lock']) removeFile(join(registration, lock)); // of the git that is dead
  if (await holdsMore(path, git)) {
    const aside = `${path}.half-made-${randomBytes(4).toString('hex')}`; // a sibling: rename(2) works within one file system
    renameSync(path, aside);
    removeFile(join(aside, '.git'));
    narrator.warning(`The worktree at '${path}' was half made and not only by git; what lay there is kept in '${aside}'`);
  } else rmSync(path, { recursive: true, force: true });
  rmSync(registration, { recursive: true, force: true });
}

async function holdsMore(path: string, git: CheckoutContext['services']['git']): Promise<boolean> {
  const entries = (unlessMissing(() => readdirSync(path)) ?? []).filter((name) => name !== '.git');
  if (entries.length === 0) return false;
  const read = await git.ask(path, ['read-tree', 'HEAD']);
  if (read.exitCode !== 0) return true; // nothing was checked out yet
  const status = await git.ask(path, ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--ignored']);
  return status.exitCode !== 0 || status.stdout.split('\0').some((line) => line !== '' && !line.startsWith(' D '));
}

/** With a commit of its own on it, or somebody's worktree, it stays. */
async function takeBackBranch({ branch, startPoint }: CreationNote, { repository: { commonDir }, services: { git } }: CheckoutContext): Promise<void> {
  const own = `refs/heads/${branch}`;
  const made = (await readRefs(git, commonDir, [own])).get(own);
  if (made === undefined || startPoint === undefined) return;
  const start = await git.ask(commonDir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${startPoint}^{commit}`]);
  if (start.stdout.trim() === made) await deleteBranch(git, commonDir, branch);
}
