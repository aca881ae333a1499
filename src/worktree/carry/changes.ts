import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { LockTimeout, lstatIfExists, readTextIfExists, withFileLock } from '../../fs';
import { gitFailure, gitsComplaint, privateGitDir, readBlob, type Git, type GitAnswer, type Repository, type Worktree } from '../../git';
import { lockHolder } from '../../process';
import type { WorktreeServices } from '../worktree-services';
import { differsByEntriesOnly, entriesIn } from '../ignore-entry';

/** Uncommitted changes on their way from one worktree to another: a stash entry, known by its commit. */
export interface CarriedChanges {
  commit: string;
  source: string;
  /** Lines of daft's own that stood in the `.gitignore` there. They stay, even if the user's changes of that file go. */
  ignoreEntries: readonly string[];
}

/** A change of one path, as `git status --porcelain=v2` has it. */
export interface Change {
  kind: 'changed' | 'untracked';
  path: string;
  /** Only the file differs from the index, not the index from HEAD. */
  unstaged: boolean;
}

/**
 * Uncommitted changes of a worktree, untracked files included.
 *
 * @param ownEntries lines of daft's own in `.gitignore`: a file that differs by nothing else is not changed
 */
export async function listChanges(git: Git, worktree: string, ownEntries: ReadonlySet<string>): Promise<{ changes: Change[]; ownIgnoreFile: boolean }> {
  const answer = await git.ask(worktree, ['status', '--porcelain=v2', '-z', '--untracked-files=normal']);
  if (answer.exitCode !== 0) throw gitFailure(`Failed to look for changes in ${worktree}`, answer);
  const changes = parseStatus(answer.stdout);
  const ignoreFile = changes.find(({ path, unstaged }) => path === '.gitignore' && unstaged);
  if (ignoreFile === undefined || ownEntries.size === 0) return { changes, ownIgnoreFile: false };
  const committed = ignoreFile.kind === 'untracked' ? '' : ((await readBlob(git, worktree, 'HEAD', '.gitignore')) ?? '');
  const present = readTextIfExists(join(worktree, '.gitignore')) ?? '';
  const own = differsByEntriesOnly(committed, present, ownEntries);
  return { changes: own ? changes.filter((change) => change !== ignoreFile) : changes, ownIgnoreFile: own };
}

/** Whether anything has been checked out here yet. Where nothing has, as after `git clone --no-checkout`, all files count as deleted. */
export function isCheckedOut(worktree: Worktree, repository: Repository): boolean {
  return existsSync(join(privateGitDir(worktree, repository), 'index'));
}

/** Parses `git status --porcelain=v2 -z`. */
export function parseStatus(text: string): Change[] {
  const fields = text.split('\0');
  const changes: Change[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    const words = field.split(' ');
    switch (words[0] ?? '') {
      case '1':
        changes.push({ kind: 'changed', path: words.slice(8).join(' '), unstaged: words[1]?.[0] === '.' });
        break;
      case '2': // renamed: the field behind it is the old path
        changes.push({ kind: 'changed', path: words.slice(9).join(' '), unstaged: words[1]?.[0] === '.' });
        index += 1;
        break;
      case 'u':
        changes.push({ kind: 'changed', path: words.slice(10).join(' '), unstaged: false });
        break;
      case '?':
        changes.push({ kind: 'untracked', path: field.slice(2), unstaged: true });
    }
  }
  return changes;
}

export interface StashOrder {
  message: string;
  repository: Repository;
  ownEntries: ReadonlySet<string>;
  services: Pick<WorktreeServices, 'git' | 'narrator'>;
  /** What the user can do if git cannot stash. */
  hint: string | undefined;
}

/**
 * Puts all changes of a worktree into one stash entry. Undefined if there was nothing to put. If git fails over it, whatever
 * it had put there already is brought back.
 *
 * The stash is one list for all worktrees, so the entry is told from those of others by what was not there before, under a
 * lock that other invocations of daft respect, and by the branch in its subject, which no other worktree can be on.
 */
export async function stashChanges(
  source: Worktree,
  { message, repository, ownEntries, services, hint }: StashOrder,
): Promise<CarriedChanges | undefined> {
  const { git } = services;
  const { carried, pushed } = await withStashLock(repository, async (): Promise<{ carried?: CarriedChanges; pushed?: GitAnswer }> => {
    const { changes, ownIgnoreFile } = await listChanges(git, source.path, ownEntries);
    if (changes.length === 0) return {};
    const ignoreEntries = entriesIn(source.path, ownEntries);
    const before = new Set((await listStash(git, source.path)).map(({ commit }) => commit));
    const paths = ownIgnoreFile ? ['--', '.', ':(exclude,top).gitignore'] : [];
    const pushed = await git.ask(source.path, ['stash', 'push', '--quiet', '--include-untracked', '--message', message, ...paths], { untilDone: true });
    const entry = (await listStash(git, source.path)).find(({ commit, subject }) => !before.has(commit) && subject.endsWith(`: ${message}`));
    return { pushed, ...(entry && { carried: { commit: entry.commit, source: source.path, ignoreEntries } }) };
  });
  if (pushed === undefined || pushed.exitCode === 0) return carried;
  if (carried) await returnChanges(carried, services, repository);
  // Which files are unmerged git tells on stdout, and on stderr, in later versions, only that it could not go on.
  throw gitFailure('Failed to stash uncommitted changes', { ...pushed, stderr: pushed.stdout.trim() || pushed.stderr }, { hint });
}

export type Applied = { kind: 'applied' } | { kind: 'conflict'; complaint: string };

/**
 * Takes carried changes out of the stash into a worktree, staged ones staged. On a conflict the entry stays, with
 * whatever git could apply.
 */
export async function unstashChanges(carried: CarriedChanges, target: string, { git, repository }: { git: Git; repository: Repository }): Promise<Applied> {
  const applied = await applyChanges(carried, target, git);
  if (applied.kind === 'applied') await forgetChanges(carried, target, { git, repository });
  return applied;
}

/** Applies carried changes in a worktree, staged ones staged; the stash entry stays. */
export async function applyChanges({ commit }: CarriedChanges, target: string, git: Git): Promise<Applied> {
  let applied = await git.ask(target, ['stash', 'apply', '--quiet', '--index', commit], { untilDone: true });
  // Refused before anything was touched: what was staged here cannot be staged there, but it can be applied.
  if (applied.exitCode !== 0 && /Try without --index/.test(applied.stderr)) applied = await git.ask(target, ['stash', 'apply', '--quiet', commit], { untilDone: true });
  return applied.exitCode === 0 ? { kind: 'applied' } : { kind: 'conflict', complaint: gitsComplaint(applied) };
}

/**
 * What of a worktree the carried changes would write over. Git refuses such an application too, but may have unpacked the
 * untracked files by then, in the way of the next attempt.
 */
export async function listObstacles({ commit }: CarriedChanges, worktree: string, git: Git): Promise<string[]> {
  const attempt = 'Failed to look into the stash';
  const ask = async (...args: string[]) => (await git.run(worktree, args, attempt)).split('\0').filter((path) => path !== '');
  const [ofFiles, ofIndex, untracked, { changes }] = await Promise.all([
    ask('diff', '--name-only', '--no-renames', '-z', `${commit}^1`, commit),
    ask('diff', '--name-only', '--no-renames', '-z', `${commit}^1`, `${commit}^2`),
    ask('rev-list', '--no-walk', '--parents', commit).then(([line = '']) => (line.trim().split(' ').length > 3 ? ask('ls-tree', '-r', '--name-only', '-z', `${commit}^3`) : [])),
    listChanges(git, worktree, new Set()),
  ]);
  const changed = new Set(changes.map(({ path }) => path));
  const tracked = [...new Set([...ofFiles, ...ofIndex])].filter((path) => changed.has(path));
  return [...tracked, ...untracked.filter((path) => lstatIfExists(join(worktree, path)) !== undefined)];
}

/**
 * Drops the stash entry of changes that have arrived. If that fails, what stays is a copy of them.
 *
 * @param worktree any of the repository: git knows the stash in a worktree only
 */
export async function forgetChanges({ commit }: CarriedChanges, worktree: string, { git, repository }: { git: Git; repository: Repository }): Promise<void> {
  try {
    await withStashLock(repository, () => drop(commit, worktree, git));
  } catch (error) {
    // A full disk, a lock that is never released.
    if (!(error instanceof Error && 'code' in error) && !(error instanceof LockTimeout)) throw error;
  }
}

async function drop(commit: string, cwd: string, git: Git): Promise<void> {
  const position = (await listStash(git, cwd)).findIndex((entry) => entry.commit === commit);
  if (position >= 0) await git.ask(cwd, ['stash', 'drop', '--quiet', `stash@{${position}}`], { untilDone: true });
}

/** Brings changes back to where they came from, after what they were to be carried to did not come about. */
export async function returnChanges(carried: CarriedChanges, services: Pick<WorktreeServices, 'git' | 'narrator'>, repository: Repository): Promise<Applied> {
  const { git, narrator } = services;
  const returned = await unstashChanges(carried, carried.source, { git, repository });
  if (returned.kind === 'conflict') {
    narrator.warning(`Could not restore the changes in ${carried.source}: ${returned.complaint}`);
    narrator.warning(`They are kept in the stash as ${carried.commit}: git stash apply --index ${carried.commit}`);
  }
  return returned;
}

/** Whether a stash entry is still there. */
export async function isStashed(commit: string, worktree: string, git: Git): Promise<boolean> {
  return (await listStash(git, worktree)).some((entry) => entry.commit === commit);
}

/** Newest first, as `stash@{n}` counts them. */
async function listStash(git: Git, cwd: string): Promise<{ commit: string; subject: string }[]> {
  const answer = await git.ask(cwd, ['stash', 'list', '--format=%H %gs']);
  if (answer.exitCode !== 0) throw new DaftError(`Failed to read the stash: ${gitsComplaint(answer)}`);
  return answer.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ commit: line.slice(0, line.indexOf(' ')), subject: line.slice(line.indexOf(' ') + 1) }));
}

async function withStashLock<T>({ commonDir }: Repository, change: () => Promise<T>): Promise<T> {
  mkdirSync(join(commonDir, '.daft'), { recursive: true });
  return withFileLock(join(commonDir, '.daft', 'stash.lock'), lockHolder(), change, { timeoutMs: 60_000 });
}
