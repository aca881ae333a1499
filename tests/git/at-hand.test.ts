import { appendFileSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGit, findRepository, findRepositoryAtHand } from '../../src/git';
import { temporaryHome, temporaryRepository } from '../support';

test('what is at hand is what git finds: repository, worktrees, directories in them, a bare container and its worktrees', async () => {
  await using repo = await temporaryRepository();
  const { home, path } = repo;
  const worktree = join(home.work, 'beside é', 'feat');
  await repo.git('worktree', 'add', '--quiet', '-b', 'feat', worktree);
  const box = join(home.work, 'box');
  await home.git(home.work, 'clone', '--quiet', '--bare', repo.remote, join(box, '.git'));
  await home.git(box, 'worktree', 'add', '--quiet', join(box, 'main'), 'main');
  mkdirSync(join(worktree, 'deep/er'), { recursive: true });
  symlinkSync(worktree, join(home.work, 'link'));
  const git = createGit(home.env);
  for (const cwd of [path, worktree, join(worktree, 'deep/er'), join(home.work, 'link/deep'), box, join(box, 'main')]) {
    const found = findRepositoryAtHand(cwd, home.env);
    expect(found, cwd).toBeDefined();
    expect(found, cwd).toEqual(await findRepository(git, cwd));
  }
});

describe('is nothing, so that git is asked,', () => {
  const extraordinary: [string, (path: string) => void][] = [
    ['where the configuration is broken', (path) => writeFileSync(join(path, '.git/config'), '[core\n')],
    ['where it is missing', (path) => rmSync(join(path, '.git/config'))],
    ['where it moves the worktree', (path) => appendFileSync(join(path, '.git/config'), '[core]\n\tworktree = /elsewhere\n')],
    ['where it includes another one', (path) => appendFileSync(join(path, '.git/config'), '[include]\n\tpath = more\n')],
    ['where it has extensions', (path) => appendFileSync(join(path, '.git/config'), '[extensions]\n\tworktreeConfig = true\n')],
    ['where a value is quoted', (path) => appendFileSync(join(path, '.git/config'), '[user]\n\tname = "a b"\n')],
    ['where its format is a later one', (path) => appendFileSync(join(path, '.git/config'), '[core]\n\trepositoryformatversion = 1\n')],
    ['where HEAD is damaged', (path) => writeFileSync(join(path, '.git/HEAD'), 'nonsense\n')],
    ['where there are no objects', (path) => renameSync(join(path, '.git/objects'), join(path, '.git/subjects'))],
    ['where .git is empty', (path) => { rmSync(join(path, '.git'), { recursive: true }); mkdirSync(join(path, '.git')); }],
    ['where .git points nowhere', (path) => { rmSync(join(path, '.git'), { recursive: true }); writeFileSync(join(path, '.git'), 'gitdir: /nowhere\n'); }],
    ['where .git is a link', (path) => { renameSync(join(path, '.git'), join(path, 'real')); symlinkSync('real', join(path, '.git')); }],
  ];
  test.for(extraordinary)('%s', async ([, change]) => {
    await using repo = await temporaryRepository();
    expect(findRepositoryAtHand(repo.path, repo.home.env)).toBeDefined();
    change(repo.path);
    expect(findRepositoryAtHand(repo.path, repo.home.env)).toBeUndefined();
  });

  test('inside a git dir, outside any repository, and in a directory that is gone', async () => {
    await using repo = await temporaryRepository();
    for (const cwd of [join(repo.path, '.git'), join(repo.path, '.git/objects'), repo.home.work, join(repo.path, 'gone')]) {
      expect(findRepositoryAtHand(cwd, repo.home.env), cwd).toBeUndefined();
    }
  });

  test('where the environment tells git where not to look', async () => {
    await using repo = await temporaryRepository();
    expect(findRepositoryAtHand(repo.path, { ...repo.home.env, GIT_CEILING_DIRECTORIES: '/' })).toBeUndefined();
  });

  test.skipIf(process.geteuid?.() !== 0)('where it belongs to somebody else', async () => {
    await using repo = await temporaryRepository();
    chownSync(join(repo.path, '.git'), 12_345, 12_345);
    expect(findRepositoryAtHand(repo.path, repo.home.env)).toBeUndefined();
  });
});

test('a submodule is left to git, which knows where its worktree is', async () => {
  await using home = await temporaryHome();
  const inner = join(home.work, 'inner');
  const outer = join(home.work, 'outer');
  for (const path of [inner, outer]) {
    await home.git(home.work, 'init', '--quiet', path);
    await home.git(path, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  }
  await home.git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
  expect(findRepositoryAtHand(join(outer, 'sub'), home.env)).toBeUndefined();
  expect(findRepositoryAtHand(outer, home.env)).toBeDefined();
});
