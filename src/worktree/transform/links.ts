import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { lstatIfExists, readTextIfExists, unlessMissing } from '../../fs';
import { writeInPlace } from './write-in-place';

/** A linked worktree as git knows it: a directory below `worktrees/` that names it, and its `.git` file that points back. */
export interface Registration {
  directory: string;
  /** The `.git` file of the worktree. */
  link: string;
}

export function registrationsOf(commonDir: string): Registration[] {
  const names = unlessMissing(() => readdirSync(join(commonDir, 'worktrees'))) ?? [];
  return names.flatMap((name) => {
    const directory = join(commonDir, 'worktrees', name);
    const text = readTextIfExists(join(directory, 'gitdir'))?.trim();
    return text ? [{ directory, link: resolve(directory, text) }] : [];
  });
}

/** The registration of the linked worktree at `path`, found by its own word, not by its name. */
export function registrationOf(path: string, commonDir: string): Registration {
  const found = registrationsOf(commonDir).find(({ link }) => link === join(path, '.git') || sameFile(link, join(path, '.git')));
  if (!found) throw new Error(`no registration of a worktree at '${path}' in '${commonDir}'`);
  return found;
}

function sameFile(one: string, other: string): boolean {
  const [first, second] = [lstatIfExists(one), lstatIfExists(other)];
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/**
 * Makes worktrees and registrations find each other again after the git directory has moved from `before` to `now`, each
 * in the style it had, absolute or relative. Does no harm where all is well.
 */
export function relinkWorktrees(now: string, before: string): void {
  for (const name of unlessMissing(() => readdirSync(join(now, 'worktrees'))) ?? []) {
    const directory = join(now, 'worktrees', name);
    const gitdirFile = join(directory, 'gitdir');
    const gitdir = readTextIfExists(gitdirFile)?.trim();
    if (!gitdir) continue;
    const link = [resolve(directory, gitdir), resolve(before, 'worktrees', name, gitdir)].find((path) => pointsTo(path, name));
    if (link === undefined) continue; // a directory that is gone: nothing points back
    if (!isAbsolute(gitdir)) rewrite(gitdirFile, `${relative(directory, link)}\n`);
    const target = targetOf(link) ?? '';
    rewrite(link, `gitdir: ${isAbsolute(target) ? directory : relative(dirname(link), directory)}\n`);
  }
}

function pointsTo(link: string, name: string): boolean {
  const target = targetOf(link);
  return target !== undefined && basename(target) === name && basename(dirname(target)) === 'worktrees';
}

/** What a `.git` file says, as it stands; undefined where there is none. */
export function targetOf(link: string): string | undefined {
  if (lstatIfExists(link)?.isFile() !== true) return undefined;
  return /^gitdir: (.+)$/m.exec(readTextIfExists(link) ?? '')?.[1];
}

function rewrite(path: string, content: string): void {
  if (readTextIfExists(path) !== content) writeInPlace(path, content, statSync(path).mode & 0o7777);
}
