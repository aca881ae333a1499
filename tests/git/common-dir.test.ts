import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGit, findCommonDir, findRepository } from '../../src/git';
import { temporaryRepository } from '../support';

test('the common directory is found as git finds it, from the repository, its worktrees and their directories', async () => {
  await using repository = await temporaryRepository();
  const { home, path } = repository;
  const worktree = join(home.work, 'beside', 'feat');
  await home.git(path, 'worktree', 'add', '--quiet', worktree, '-b', 'feat');
  mkdirSync(join(worktree, 'deep', 'er'), { recursive: true });
  const git = createGit(home.env);
  for (const cwd of [path, join(path, '.git'), worktree, join(worktree, 'deep', 'er')]) {
    expect(findCommonDir(cwd), cwd).toBe((await findRepository(git, cwd))?.commonDir);
  }
  expect(findCommonDir(join(worktree, 'gone'))).toBe(join(path, '.git'));
  expect(findCommonDir(home.work)).toBeUndefined();
});
