import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../daft-error';
import { gitFailure, isAtLeast, privateGitDir, type Git, type GitVersion, type Repository } from '../git';

const attempt = 'Failed to create initial worktree';

/** Makes a worktree for a branch that has no commit yet, in a bare repository that has none either. */
export async function addUnbornWorktree(
  { path, branch }: { path: string; branch: string },
  repository: Repository,
  { git, version }: { git: Git; version: GitVersion },
): Promise<void> {
  const { commonDir } = repository;
  if (isAtLeast(version, { major: 2, minor: 42 })) {
    const added = await git.ask(commonDir, ['worktree', 'add', '--orphan', '-b', branch, path]);
    if (added.exitCode !== 0) throw gitFailure(attempt, added);
    return;
  }
  // A worktree needs a commit to begin with, and the user may have no identity yet: an empty one of ours, on which no
  // ref is left in the end, so that git forgets it.
  const tree = await git.run(commonDir, ['hash-object', '-t', 'tree', '-w', '--stdin'], attempt, { input: '' });
  const commit = await git.run(commonDir, ['commit-tree', tree, '-m', 'empty'], attempt, { env: madeUpIdentity });
  await git.run(commonDir, ['worktree', 'add', '--detach', '--no-checkout', path, commit], attempt);
  await git.run(path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`], attempt);
  rmSync(join(privateGitDir({ path, main: false }, repository), 'logs', 'HEAD'), { force: true });
}

const madeUpIdentity = {
  GIT_AUTHOR_NAME: 'daft',
  GIT_AUTHOR_EMAIL: 'daft@localhost',
  GIT_COMMITTER_NAME: 'daft',
  GIT_COMMITTER_EMAIL: 'daft@localhost',
};

/** Lets HEAD of a repository name a branch that need not exist. */
export async function pointHeadAt(git: Git, directory: string, branch: string): Promise<void> {
  const pointed = await git.ask(directory, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  if (pointed.exitCode !== 0) throw new DaftError(`Failed to set the initial branch '${branch}': ${pointed.stderr.trim()}`);
}
