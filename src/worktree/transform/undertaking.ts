import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fault } from '../../fault';
import { lstatIfExists, readTextIfExists, unlessMissing } from '../../fs';
import { askPatiently, gitFailure, type Git } from '../../git';
import { isWithin } from '../../layout';
import { stagingName } from '../../layout/transform';
import type { Journal } from './journal';
import { registrationOf, relinkWorktrees } from './links';
import { writeInPlace } from './write-in-place';

/** The steps that everything else is made of: each is noted with its way back before it is made. */
export class Undertaking {
  readonly git: Git;

  constructor(
    readonly journal: Journal,
    git: Git,
    readonly layoutRoot: string,
  ) {
    this.git = journal.attended(git);
  }

  /** Where the git directory is now. */
  get commonDir(): string {
    return this.journal.commonDir;
  }

  rename(moves: readonly (readonly [from: string, to: string])[]): void {
    if (moves.length === 0) return;
    this.journal.note({ undo: 'rename', moves });
    for (const [from, to] of moves) {
      // rename(2) would replace an empty directory without a word.
      if (lstatIfExists(to) !== undefined) throw new Error(`'${to}' already exists`);
      renameSync(from, to);
      if (DAFT_FAULTS) fault('transform: renamed');
    }
  }

  /** With the parents that are missing. */
  makeDirectory(path: string, mode?: number): void {
    if (lstatIfExists(path) !== undefined) return;
    this.makeDirectory(dirname(path));
    this.journal.note({ undo: 'make-directory', path });
    mkdirSync(path, mode === undefined ? {} : { mode });
  }

  /** Removes a directory if there is nothing in it; false if there is. */
  removeIfEmpty(path: string): boolean {
    const mode = unlessMissing(() => statSync(path).mode);
    if (mode === undefined) return true;
    if (!isEmptyDirectory(path)) return false;
    this.journal.note({ undo: 'remove-directory', path, mode: mode & 0o7777 });
    rmdirSync(path);
    return true;
  }

  /** Upwards from `path` as far as there is nothing else; never the layout root, nor what is outside, but for our own staging. */
  removeEmpty(path: string): void {
    for (let directory = path; directory !== this.layoutRoot; directory = dirname(directory)) {
      const ours = basename(directory) === stagingName;
      if (!ours && !isWithin(directory, this.layoutRoot)) return;
      if (!this.removeIfEmpty(directory)) return;
    }
  }

  /** What is at `path` is about to go for good: the directories that lead there go if they are empty then, even if all else is taken back. */
  leaveFor(path: string): void {
    const parents: string[] = [];
    for (let parent = dirname(path); isWithin(parent, this.layoutRoot) && parent !== this.layoutRoot; parent = dirname(parent)) parents.unshift(parent);
    for (const parent of parents) this.journal.note({ undo: 'make-directory', path: parent });
  }

  /** Null removes the file. */
  write(path: string, content: string | null): void {
    const before = readTextIfExists(path) ?? null;
    if (before === content) return;
    const mode = (unlessMissing(() => statSync(path).mode) ?? 0o644) & 0o7777;
    this.journal.note({ undo: 'write', path, before, mode });
    if (content === null) unlinkSync(path);
    else writeInPlace(path, content, mode);
  }

  async moveWorktree(from: string, to: string, { locked }: { locked: boolean }): Promise<void> {
    const { directory: registration } = registrationOf(from, this.commonDir);
    this.makeDirectory(dirname(to));
    // A directory that led to worktrees which have left: git would move into it.
    if (!this.removeIfEmpty(to)) throw new Error(`'${to}' already exists`);
    this.journal.note({
      undo: 'move-worktree',
      from,
      to,
      registration,
      gitdir: readTextIfExists(join(registration, 'gitdir')) ?? '',
      link: readTextIfExists(join(from, '.git')) ?? '',
    });
    const force = locked ? ['--force', '--force'] : [];
    const answer = await askPatiently(this.git, this.commonDir, ['worktree', 'move', ...force, from, to], { untilDone: true });
    if (answer.exitCode !== 0) throw gitFailure(`Failed to move the worktree at '${from}'`, answer);
    if (DAFT_FAULTS) fault('transform: worktree moved');
    this.removeEmpty(dirname(from));
  }

  moveGit(from: string, to: string): void {
    this.journal.note({ undo: 'move-git', from, to });
    renameSync(from, to);
    this.journal.moveTo(to);
    if (DAFT_FAULTS) fault('transform: git directory renamed');
    relinkWorktrees(to, from);
  }

  /** Null unsets. */
  async configure(file: string, key: string, value: string | null): Promise<void> {
    const before = await this.git.ask('/', ['config', '--file', file, '--get', key]);
    const present = before.exitCode === 0 ? before.stdout.replace(/\n$/, '') : null;
    if (present === value) return;
    this.journal.note({ undo: 'config', file: relative(this.commonDir, file), key, before: present });
    await setConfig(this.git, file, key, value);
    if (DAFT_FAULTS) fault('transform: configured');
  }

  /** Beside the values that a key has already. */
  async addConfig(file: string, key: string, value: string): Promise<void> {
    const present = await this.git.ask('/', ['config', '--file', file, '--get-all', key]);
    if (present.stdout.split('\n').includes(value)) return;
    this.journal.note({ undo: 'config-added', file: relative(this.commonDir, file), key, value });
    const answer = await askPatiently(this.git, '/', ['config', '--file', file, '--add', key, value]);
    if (answer.exitCode !== 0) throw gitFailure(`Failed to set ${key}`, answer);
    if (DAFT_FAULTS) fault('transform: configured');
  }
}

export async function setConfig(git: Git, file: string, key: string, value: string | null): Promise<void> {
  const args = value === null ? ['--unset', key] : [key, value];
  const answer = await askPatiently(git, '/', ['config', '--file', file, ...args]);
  if (answer.exitCode !== 0) throw gitFailure(`Failed to set ${key}`, answer);
}

function isEmptyDirectory(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}
