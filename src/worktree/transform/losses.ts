import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { lstatIfExists } from '../../fs';
import type { Git, Repository, Worktree } from '../../git';
import { isPaused } from '../carry';
import { isDirty } from '../is-dirty';
import { registrationOf } from './links';
import { modulesBelow } from './submodules';

/** Throws DaftError where something would be gone for good with these worktrees; some of their directories may be missing. */
export async function refuseLosses(worktrees: readonly Worktree[], repository: Repository, git: Git): Promise<void> {
  const locked = worktrees.find((worktree) => worktree.locked);
  if (locked) throw new DaftError(`Worktree '${locked.path}' is locked and would be removed`, { hint: `To unlock it: git worktree unlock '${locked.path}'` });

  // What a rebase has made so far is on no branch yet, however clean its worktree is.
  const dirty = await among(worktrees, async (worktree) => isPaused(worktree, repository) || (await isDirty(git, worktree)));
  if (dirty.length > 0) throw new DaftError(['The following worktrees have uncommitted changes:', ...dirty].join('\n'), { hint: 'Commit or stash them; --force discards them.' });

  const alone = await among(worktrees, (worktree) => holdsCommitsAlone(worktree, repository, git));
  if (alone.length > 0) {
    throw new DaftError(['The following worktrees have commits that would be lost with them:', ...alone].join('\n'), {
      hint: 'Give a detached HEAD a branch, push what was committed in submodules; --force discards it.',
    });
  }
}

async function among(worktrees: readonly Worktree[], isLoss: (worktree: Worktree) => Promise<boolean>): Promise<string[]> {
  const lines: string[] = [];
  for (const worktree of worktrees) if (await isLoss(worktree)) lines.push(`  ${worktree.path} (${worktree.branch ?? 'detached'})`);
  return lines;
}

/** A detached HEAD may be the only way to commits, and the git dirs of submodules are the worktree's own. */
async function holdsCommitsAlone(worktree: Worktree, { commonDir }: Repository, git: Git): Promise<boolean> {
  // Not --all: that would count HEAD of every worktree, this one's too.
  if (worktree.detached && (await finds(git, commonDir, [worktree.head, '--not', '--glob=refs/*']))) return true;
  for (const module of await submodulesOf(worktree, commonDir, git)) {
    // The working tree that the submodule's configuration names may be gone, and git would not start.
    if (await finds(git, module, ['--all', '--not', '--remotes'], [`--git-dir=${module}`, `--work-tree=${module}`])) return true;
  }
  return false;
}

async function finds(git: Git, cwd: string, commits: readonly string[], options: readonly string[] = []): Promise<boolean> {
  const answer = await git.ask(cwd, [...options, 'rev-list', '--max-count=1', ...commits]);
  // An answer that cannot be had proves nothing.
  return answer.exitCode !== 0 || answer.stdout !== '';
}

/** Git dirs, at whatever depth: those that git keeps with the worktree's registration, and those inside working trees. */
async function submodulesOf(worktree: Worktree, commonDir: string, git: Git): Promise<string[]> {
  const kept = modulesBelow(join(registrationOf(worktree.path, commonDir).directory, 'modules'));
  if (worktree.missing) return kept;
  const { stdout } = await git.ask(worktree.path, ['ls-files', '--stage', '-z']);
  const links = stdout.split('\0').filter((entry) => entry.startsWith('160000 ')).map((entry) => entry.slice(entry.indexOf('\t') + 1));
  const inside = links.map((path) => join(worktree.path, path, '.git')).filter((gitDir) => lstatIfExists(gitDir)?.isDirectory() === true);
  return [...kept, ...inside.flatMap((gitDir) => [gitDir, ...modulesBelow(join(gitDir, 'modules'))])];
}
