import { join } from 'node:path';
import { readTextIfExists } from '../fs';
import { readRefsAtHand } from './refs-at-hand';
import type { Repository } from './repository';
import { gitFailure, type Git } from './run';

/** Object ids of those of the full ref names that exist, e.g. `refs/heads/main`. One process at most, whatever their number. */
export async function readRefs(git: Git, commonDir: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const atHand = readRefsAtHand(commonDir, names);
  if (atHand !== undefined) return atHand;
  const answer = await git.ask(commonDir, ['for-each-ref', '--format=%(refname) %(objectname)', ...names]);
  if (answer.exitCode !== 0) throw gitFailure('Failed to read refs', answer);
  const rows = answer.stdout.split('\n').map((line) => line.split(' '));
  // A name is a pattern to git and matches what lies below it, too.
  return new Map(rows.flatMap(([name, oid]) => (name !== undefined && oid !== undefined && names.includes(name) ? [[name, oid]] : [])));
}

/** Object id of one full ref name; undefined if there is no such ref. */
export async function readRef(git: Git, commonDir: string, name: string): Promise<string | undefined> {
  return (await readRefs(git, commonDir, [name])).get(name);
}

/** Branches by name: local ones, and those known of a remote, without its prefix and without its HEAD. */
export async function listBranches(git: Git, cwd: string, remote: string): Promise<{ local: string[]; remote: string[] }> {
  const answer = await git.ask(cwd, ['for-each-ref', '--format=%(refname)', 'refs/heads', `refs/remotes/${remote}`]);
  if (answer.exitCode !== 0) throw gitFailure('Failed to list branches', answer);
  const below = (prefix: string) => answer.stdout.split('\n').flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  return { local: below('refs/heads/'), remote: below(`refs/remotes/${remote}/`).filter((name) => name !== 'HEAD') };
}

/**
 * The default branch of a repository (worktrees-create.md 2.3); `offline` leaves out `ls-remote`. Without any word from a
 * remote: what HEAD of a bare repository names, `main`, `master`, what the main working tree is on, whichever exists.
 */
export async function findDefaultBranch(
  git: Git,
  repository: Repository,
  options: { remote: string; offline?: boolean },
): Promise<string | undefined> {
  const { commonDir } = repository;
  const remoteHead = `refs/remotes/${options.remote}/HEAD`;
  const target = (await git.ask(commonDir, ['for-each-ref', '--format=%(symref)', remoteHead])).stdout.trim();
  const prefix = `refs/remotes/${options.remote}/`;
  if (target.startsWith(prefix)) return target.slice(prefix.length);

  if (options.offline !== true) {
    const asked = await git.ask(commonDir, ['ls-remote', '--symref', options.remote, 'HEAD']);
    const named = parseSymref(asked.stdout);
    if (named !== undefined) return named;
  }
  const head = (await git.ask(commonDir, ['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.trim();
  const local = await readRefs(git, commonDir, ['main', 'master', head].map((branch) => `refs/heads/${branch}`));
  return chooseDefaultBranch({ bare: repository.bare, head, exists: (branch) => local.has(`refs/heads/${branch}`) });
}

/** The default branch without any word from a remote; `head` is what HEAD of the common dir names. */
export function chooseDefaultBranch({ bare, head, exists }: { bare: boolean; head: string; exists: (branch: string) => boolean }): string | undefined {
  const candidates = bare ? [head, 'main', 'master'] : ['main', 'master', head];
  return candidates.find((branch) => branch !== '' && exists(branch));
}

/** Branch that `ls-remote --symref <url> HEAD` names: `ref: refs/heads/main	HEAD`. */
export function parseSymref(text: string): string | undefined {
  return /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(text)?.[1];
}

/** Current branch of a worktree, undefined when detached; an unborn branch has its name all the same. */
export async function findCurrentBranch(git: Git, worktree: string): Promise<string | undefined> {
  const answer = await git.ask(worktree, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}

/**
 * The same of the worktree that a repository was found from, or of its bare container, without a process: the file HEAD
 * is read. Git is asked only where that file does not tell (reftable).
 */
export async function findBranchHere(git: Git, { gitDir }: Repository): Promise<string | undefined> {
  const head = readTextIfExists(join(gitDir, 'HEAD'))?.trim();
  if (head === undefined || head === 'ref: refs/heads/.invalid') return findCurrentBranch(git, gitDir);
  return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
}
