import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { isUnreadable } from '../../fs';
import { gitFailure, type Git } from '../../git';
import type { IgnoredPath } from './select';

/** Where copies grow, in the root of the worktree that gets them. */
export const stagingName = '.daft-copy';

/** What git ignores in a worktree: a directory that matches a line of an ignore file as a whole, without what is in it. */
export async function listIgnored(worktree: string, git: Git): Promise<IgnoredPath[]> {
  const args = ['status', '--porcelain', '-z', '--ignored=matching', '--untracked-files=normal', '--no-renames', '--ignore-submodules=all'];
  const answer = await git.ask(worktree, args);
  if (answer.exitCode !== 0) throw gitFailure(`Failed to look for ignored files in ${worktree}`, answer);
  return parseIgnored(answer.stdout).filter(({ path }) => path.split('/')[0] !== stagingName);
}

/** Parses `git status --porcelain -z --ignored --no-renames`. */
export function parseIgnored(text: string): IgnoredPath[] {
  return text.split('\0').flatMap((entry) => {
    if (!entry.startsWith('!! ')) return [];
    const isDirectory = entry.endsWith('/');
    return [{ path: entry.slice(3, isDirectory ? -1 : undefined), isDirectory }];
  });
}

/** What is in an ignored directory; nothing where it cannot be read, or is a worktree of its own. */
export function listBelow(worktree: string, directory: string, worktrees: ReadonlySet<string>): IgnoredPath[] {
  const path = join(worktree, directory);
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return isWorktree(path, entries, worktrees) ? [] : entries.map((entry) => ({ path: `${directory}/${entry.name}`, isDirectory: entry.isDirectory() }));
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

/**
 * Whether a directory belongs to somebody: a worktree of this repository, or one of another, or a submodule, whose `.git` is a
 * file that leads to the one place it is registered at. What has a `.git` directory is whole in itself.
 */
export function isWorktree(path: string, entries: readonly Dirent[], worktrees: ReadonlySet<string>): boolean {
  return worktrees.has(path) || entries.some((entry) => entry.name === '.git' && !entry.isDirectory());
}

/** Those of some paths that git ignores in a worktree, whether or not they exist there. None may lead through a link. */
export async function keepIgnored<Path extends IgnoredPath>(worktree: string, paths: readonly Path[], git: Git): Promise<Path[]> {
  if (paths.length === 0) return [];
  const answer = await git.ask(worktree, ['check-ignore', '-z', '--stdin'], { input: paths.map((path) => `${spelled(path)}\0`).join('') });
  if (answer.exitCode > 1) throw gitFailure(`Failed to ask what is ignored in ${worktree}`, answer);
  const ignored = new Set(answer.stdout.split('\0'));
  return paths.filter((path) => ignored.has(spelled(path)));
}

/** In front of a name `./` is nothing, and keeps a colon from being magic. Without the last slash git sees no directory where there is none yet. */
function spelled({ path, isDirectory }: IgnoredPath): string {
  return `./${path}${isDirectory ? '/' : ''}`;
}

/** Those of some directories in which git tracks something. */
export async function keepTracked(worktree: string, paths: readonly string[], git: Git): Promise<string[]> {
  if (paths.length === 0) return [];
  const answer = await git.ask(worktree, ['ls-files', '-z', '--', ...paths], { env: { GIT_LITERAL_PATHSPECS: '1' } });
  if (answer.exitCode !== 0) throw gitFailure(`Failed to ask what is tracked in ${worktree}`, answer);
  const tracked = answer.stdout.split('\0');
  return paths.filter((path) => tracked.some((file) => file === path || file.startsWith(`${path}/`)));
}
