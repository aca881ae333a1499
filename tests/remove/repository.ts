import { join } from 'node:path';
import { temporaryRepository, writeFiles, type TemporaryRepository } from '../support';

/** A clone of a remote whose `main` has one commit, with ways to make what removal is about. */
export interface Orchard extends TemporaryRepository {
  /** A branch in a worktree of its own, with one commit per set of files. Returns its path. */
  plant(branch: string, ...commits: Record<string, string>[]): Promise<string>;
  commit(worktree: string, files: Record<string, string>): Promise<void>;
  branches(): Promise<string[]>;
  worktrees(): Promise<string[]>;
}

export async function orchard(): Promise<Orchard> {
  const repo = await temporaryRepository();
  const commit = async (worktree: string, files: Record<string, string>) => {
    writeFiles(worktree, files);
    await repo.home.git(worktree, 'add', '--all');
    await repo.home.git(worktree, 'commit', '--quiet', '-m', `edit ${Object.keys(files).join(' ')}`);
  };
  return {
    ...repo,
    commit,
    async plant(branch, ...commits) {
      const path = join(repo.home.work, branch);
      await repo.git('worktree', 'add', '--quiet', '-b', branch, path);
      for (const files of commits) await commit(path, files);
      return path;
    },
    branches: async () => lines(await repo.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')),
    worktrees: async () =>
      lines(await repo.git('worktree', 'list', '--porcelain'))
        .filter((line) => line.startsWith('worktree '))
        .map((line) => line.slice('worktree '.length)),
  };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
