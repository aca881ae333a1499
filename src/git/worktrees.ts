import { join, resolve } from 'node:path';
import { readTextIfExists, realPathIfExists } from '../fs';
import { askPatiently } from './patience';
import type { Repository } from './repository';
import { gitFailure, type Git } from './run';
import { requireGitVersion } from './version';

export interface Worktree {
  /** Symlink-free as long as it exists. */
  path: string;
  /** All zeros while the branch is unborn. */
  head: string;
  /** Undefined when detached; a worktree paused in a rebase belongs to the branch being rebased (worktrees-create.md 2.3). */
  branch: string | undefined;
  /** HEAD is detached, whatever `branch` says: a rebase is under way. */
  detached: boolean;
  /** The main working tree of a non-bare repository. */
  main: boolean;
  locked: boolean;
  /** The directory is gone. */
  missing: boolean;
}

/** Non-bare entries of `git worktree list --porcelain -z`, main working tree first. */
export async function listWorktrees(git: Git, repository: Repository): Promise<Worktree[]> {
  return worktreesFrom(await askForWorktrees(git, repository.commonDir), repository);
}

/** The stanzas as git prints them; empty outside a repository. */
export async function askForWorktrees(git: Git, cwd: string): Promise<Stanza[]> {
  const answer = await askPatiently(git, cwd, ['worktree', 'list', '--porcelain', '-z']);
  if (answer.exitCode === 0) return parseStanzas(answer.stdout, '\0');
  if (answer.exitCode === 128) return []; // no repository: told by whoever looked for it
  // -z came with 2.36, so its refusal is also the moment to find out about a git that is too old for all of this.
  await requireGitVersion(git);
  const older = await git.ask(cwd, ['worktree', 'list', '--porcelain']);
  if (older.exitCode !== 0) throw gitFailure('Failed to list worktrees', older);
  return parseStanzas(older.stdout, '\n');
}

export interface Stanza {
  path: string;
  head: string;
  branch: string | undefined;
  bare: boolean;
  locked: boolean;
}

/** @param terminator of lines; an empty line ends a stanza, which the last one may lack */
export function parseStanzas(text: string, terminator: '\0' | '\n'): Stanza[] {
  return text
    .split(terminator + terminator)
    .map((stanza) => stanza.split(terminator).filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const value = (label: string) => lines.find((line) => line.startsWith(`${label} `))?.slice(label.length + 1);
      return {
        path: value('worktree') ?? '',
        head: value('HEAD') ?? '',
        branch: value('branch')?.replace(/^refs\/heads\//, ''),
        bare: lines.includes('bare'),
        locked: lines.some((line) => /^locked( |$)/.test(line)),
      };
    });
}

export function worktreesFrom(stanzas: readonly Stanza[], repository: Repository): Worktree[] {
  const entries = stanzas.flatMap((stanza, index) => {
    // The flag of the first entry follows the current directory in some versions of git; the configuration does not.
    const main = index === 0 && !repository.bare;
    if (stanza.bare || (index === 0 && repository.bare)) return [];
    const path = realPathIfExists(stanza.path);
    const worktree: Worktree = {
      path: path ?? stanza.path,
      head: stanza.head,
      branch: stanza.branch,
      detached: stanza.branch === undefined,
      main,
      locked: stanza.locked,
      missing: path === undefined,
    };
    return [worktree];
  });
  const attached = new Set(entries.map(({ branch }) => branch));
  return entries.map((worktree) => {
    if (worktree.branch !== undefined || worktree.missing) return worktree;
    const rebased = branchBeingRebased(privateGitDir(worktree, repository));
    return rebased === undefined || attached.has(rebased) ? worktree : { ...worktree, branch: rebased };
  });
}

/** The directory that keeps a worktree's own HEAD, index and operations in progress. */
export function privateGitDir(worktree: Pick<Worktree, 'path' | 'main'>, repository: Pick<Repository, 'commonDir'>): string {
  if (worktree.main) return repository.commonDir;
  const link = readTextIfExists(join(worktree.path, '.git'))?.trim().replace(/^gitdir: /, '');
  return link === undefined ? join(worktree.path, '.git') : resolve(worktree.path, link);
}

function branchBeingRebased(gitDir: string): string | undefined {
  return ['rebase-merge', 'rebase-apply']
    .map((operation) => readTextIfExists(join(gitDir, operation, 'head-name'))?.trim())
    .find((name) => name?.startsWith('refs/heads/'))
    ?.replace('refs/heads/', '');
}
