import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DaftError } from '../daft-error';
import { readCoreBare } from './core-bare';
import { gitsComplaint, type Git } from './run';

/** A repository as found from a directory. All paths absolute and symlink-free. */
export interface Repository {
  commonDir: string;
  /** Parent of the common dir. */
  projectRoot: string;
  /** core.bare of the common dir's configuration. */
  bare: boolean;
  /** Root of the worktree the directory is in; undefined in a bare container. */
  worktreeRoot: string | undefined;
  /** Private git dir of that worktree (or the common dir). */
  gitDir: string;
}

/**
 * Undefined outside a repository and in a directory that is gone. Throws DaftError when there is a repository that git
 * refuses to use (dubious ownership, broken configuration).
 */
export async function findRepository(git: Git, cwd: string): Promise<Repository | undefined> {
  const answer = await git.ask(cwd, ['rev-parse', '--git-common-dir', '--git-dir', '--show-toplevel']);
  // --show-toplevel fails in a container and inside a git dir, after the others have been answered.
  const [commonDir, gitDir, worktreeRoot] = answer.stdout.split('\n').filter((line) => line !== '');
  if (commonDir === undefined || gitDir === undefined) {
    if (answer.stderr.includes('not a git repository') || !existsSync(cwd)) return undefined;
    throw new DaftError('Not inside a Git repository', { cause: new Error(gitsComplaint(answer)) });
  }
  const canonical = (path: string) => realpathSync(resolve(cwd, path));
  return {
    commonDir: canonical(commonDir),
    projectRoot: dirname(canonical(commonDir)),
    bare: readCoreBare(canonical(commonDir)),
    worktreeRoot: worktreeRoot === undefined ? undefined : canonical(worktreeRoot),
    gitDir: canonical(gitDir),
  };
}

/** `git config --null --list` as seen from a directory: all scopes, in git's order of precedence. */
export async function readConfigList(git: Git, cwd: string): Promise<string> {
  return (await git.ask(cwd, ['config', '--null', '--list'])).stdout;
}

/** The same without any repository: system, global and the environment's own. */
export async function readGlobalConfigList(git: Git): Promise<string> {
  // The root directory always exists, and with a git dir that is none no repository around it is looked at.
  return (await git.ask('/', ['config', '--null', '--list'], { env: { GIT_DIR: '/dev/null' } })).stdout;
}
