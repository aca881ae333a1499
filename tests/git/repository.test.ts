import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGit, findBlob, findBranchHere, findDefaultBranch, findRepository, listWorktrees, readBlob, readRefs, surveyRepository, type Repository } from '../../src/git';
import { buildRemote, temporaryHome, temporaryRepository } from '../support';

describe('findRepository', () => {
  test('answers from any depth of a working tree, symlink-free, in the presence of blanks and accents', async () => {
    await using home = await temporaryHome();
    const app = join(home.work, 'mein Projekt é');
    mkdirSync(app);
    await home.git(app, 'init', '--quiet');
    mkdirSync(join(app, 'a/b'), { recursive: true });
    symlinkSync(app, join(home.work, 'link'));
    const expected: Repository = { commonDir: join(app, '.git'), gitDir: join(app, '.git'), projectRoot: app, bare: false, worktreeRoot: app };

    const git = createGit(home.env);
    expect(await findRepository(git, join(app, 'a/b'))).toEqual(expected);
    expect(await findRepository(git, join(home.work, 'link', 'a'))).toEqual(expected);
  });

  test('tells a bare container from its worktrees, where git itself says not bare', async () => {
    await using repo = await temporaryRepository();
    const { home } = repo;
    const root = join(home.work, 'box');
    await home.git(home.work, 'clone', '--quiet', '--bare', repo.remote, join(root, '.git'));
    await home.git(root, 'worktree', 'add', '--quiet', join(root, 'main'), 'main');
    const git = createGit(home.env);

    expect(await findRepository(git, root)).toMatchObject({ projectRoot: root, bare: true, worktreeRoot: undefined });
    expect(await findRepository(git, join(root, 'main'))).toMatchObject({ projectRoot: root, bare: true, worktreeRoot: join(root, 'main'), gitDir: join(root, '.git/worktrees/main') });
    expect(await home.git(join(root, 'main'), 'rev-parse', '--is-bare-repository')).toBe('false');

    // A sparse checkout moves core.bare into the configuration of the "main worktree".
    await home.git(join(root, 'main'), 'sparse-checkout', 'set', '--skip-checks', 'README.md');
    expect(await findRepository(git, join(root, 'main'))).toMatchObject({ bare: true });
    expect((await surveyRepository(git, join(root, 'main')))?.worktrees.map(({ path }) => path)).toEqual([join(root, 'main')]);
  });

  test('finds nothing outside, and nothing in a directory that is gone', async () => {
    await using home = await temporaryHome();
    const git = createGit(home.env);
    expect(await findRepository(git, home.work)).toBeUndefined();
    expect(await findRepository(git, join(home.work, 'gone'))).toBeUndefined();
  });

  test('a repository that git refuses is an error with its reason', async () => {
    await using repo = await temporaryRepository();
    writeFileSync(join(repo.path, '.git/config'), '[core\n');
    const failure = await findRepository(createGit(repo.home.env), repo.path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'Not inside a Git repository', cause: { message: expect.stringContaining('bad config') } });
  });

  test('is not led astray by what a git hook or alias leaves in the environment', async () => {
    await using repo = await temporaryRepository();
    await repo.git('init', '--quiet', '../other');
    const git = createGit({ ...repo.home.env, GIT_DIR: join(repo.path, '.git'), GIT_WORK_TREE: repo.path, GIT_PREFIX: 'x/', GIT_INDEX_FILE: '/dev/null' });
    expect(await findRepository(git, join(repo.home.work, 'other'))).toMatchObject({ worktreeRoot: join(repo.home.work, 'other') });
  });
});

describe('a survey', () => {
  test('finds what git finds, from wherever it is made', async () => {
    await using repo = await temporaryRepository();
    const { home, path } = repo;
    const box = join(home.work, 'box');
    const worktree = join(home.work, 'beside');
    await repo.git('worktree', 'add', '--quiet', '-b', 'feat', worktree);
    await home.git(home.work, 'clone', '--quiet', '--bare', repo.remote, join(box, '.git'));
    await home.git(home.work, 'clone', '--quiet', '--bare', repo.remote, 'bare.git');
    await home.git(join(home.work, 'bare.git'), 'worktree', 'add', '--quiet', join(home.work, 'main'), 'main');
    symlinkSync(path, join(home.work, 'link'));
    const linked = join(home.work, 'linked');
    await repo.git('worktree', 'add', '--quiet', '-b', 'linked', linked);
    writeFileSync(join(linked, '.git'), `gitdir: ${join(home.work, 'link/.git/worktrees/linked')}\n`);
    const git = createGit(home.env);
    for (const cwd of [path, worktree, linked, box, join(home.work, 'main'), join(path, '.git'), join(home.work, 'bare.git'), join(home.work, 'link')]) {
      const repository = await findRepository(git, cwd);
      expect(repository, cwd).toBeDefined();
      expect(await surveyRepository(git, cwd), cwd).toMatchObject({ repository, worktrees: await listWorktrees(git, repository!) });
    }
    expect(await surveyRepository(git, home.work)).toBeUndefined();
    expect(await surveyRepository(git, join(home.work, 'gone'))).toBeUndefined();
  });

  test('leaves a repository alone that git refuses for a reason outside of it', async () => {
    await using repo = await temporaryRepository();
    writeFileSync(join(repo.home.root, 'broken'), '[core\n');
    const git = createGit({ ...repo.home.env, GIT_CONFIG_GLOBAL: join(repo.home.root, 'broken') });
    const failure = await surveyRepository(git, repo.path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'Not inside a Git repository', cause: { message: expect.stringContaining('bad config') } });
  });
});

describe('worktrees', () => {
  test('are listed with the main one first; missing, locked and detached ones are known as such', async () => {
    await using repo = await temporaryRepository();
    const at = (name: string) => join(repo.home.work, name);
    await repo.git('worktree', 'add', '--quiet', '-b', 'x', at('x\nwith newline'));
    await repo.git('worktree', 'add', '--quiet', '-b', 'y', at('y'));
    await repo.git('worktree', 'add', '--quiet', '--detach', at('z'));
    await repo.git('worktree', 'lock', '--reason', 'on a stick', at('y'));
    rmSync(at('y'), { recursive: true });
    const git = createGit(repo.home.env);
    const repository = (await findRepository(git, repo.path))!;

    expect(await listWorktrees(git, repository)).toMatchObject([
      { path: repo.path, branch: 'main', main: true, locked: false, missing: false, detached: false },
      { path: at('x\nwith newline'), branch: 'x', main: false },
      { path: at('y'), branch: 'y', locked: true, missing: true },
      { path: at('z'), branch: undefined, detached: true, missing: false },
    ]);
  });

  test('one that is paused in a rebase belongs to the branch being rebased', async () => {
    await using repo = await temporaryRepository({
      branches: {
        main: { commits: [{ message: 'first', files: { a: '1\n' } }, { message: 'second', files: { a: '2\n' } }] },
        topic: { from: 'main~1', commits: [{ message: 'topic', files: { a: '3\n' } }] },
      },
    });
    const topic = join(repo.home.work, 'topic');
    await repo.git('worktree', 'add', '--quiet', topic, 'topic');
    const rebase = await repo.home.run('git', ['rebase', 'main'], { cwd: topic });
    expect(rebase.exitCode).not.toBe(0);
    const git = createGit(repo.home.env);
    const survey = await surveyRepository(git, repo.path);
    expect(survey?.worktrees[1]).toMatchObject({ path: topic, branch: 'topic', detached: true });
  });
});

describe('the default branch', () => {
  test('is what the remote said, else what it says now, else main or master', async () => {
    await using home = await temporaryHome();
    const remote = join(home.root, 'remotes/app.git');
    await buildRemote(home, remote, { trunk: { commits: [{ message: 'first', files: { a: 'a\n' } }] } });
    await home.git(home.work, 'clone', '--quiet', remote, 'app');
    const app = join(home.work, 'app');
    const git = createGit(home.env);
    const repository = (await findRepository(git, app))!;
    const ask = (offline: boolean) => findDefaultBranch(git, repository, { remote: 'origin', offline });

    expect(await ask(true)).toBe('trunk');
    await home.git(app, 'remote', 'set-head', 'origin', '--delete');
    expect(await ask(false)).toBe('trunk');
    await home.git(app, 'branch', 'master');
    expect(await ask(true)).toBe('master');
    renameSync(remote, `${remote}.away`);
    expect(await ask(false)).toBe('master');
  });
});

test('refs are read by their exact names, blobs by what is committed', async () => {
  await using repo = await temporaryRepository({ branches: { main: { commits: [{ message: 'first', files: { 'a b/ü.txt': 'hällo\n' } }] } } });
  await repo.git('branch', 'x/y');
  const git = createGit(repo.home.env);
  expect([...(await readRefs(git, repo.path, ['refs/heads/x', 'refs/heads/main', 'refs/heads/x/y'])).keys()]).toEqual(['refs/heads/main', 'refs/heads/x/y']);
  expect(await readBlob(git, repo.path, 'main', 'a b/ü.txt')).toBe('hällo\n');
  expect(await readBlob(git, repo.path, 'main', 'nope')).toBeUndefined();
  expect(await findBlob(git, repo.path, [{ ref: 'nope', path: 'a' }, { ref: 'main', path: 'a b' }, { ref: 'main', path: 'a b/ü.txt' }])).toEqual({ ref: 'main', path: 'a b/ü.txt', content: 'hällo\n' });
  expect(await findBlob(git, repo.path, [{ ref: 'main', path: 'nope' }])).toBeUndefined();
});

describe('findBranchHere', () => {
  test('knows the branch of each worktree and of the bare container, unborn ones too, and none of a detached HEAD', async () => {
    await using repo = await temporaryRepository();
    const { home } = repo;
    const root = join(home.work, 'box');
    await home.git(home.work, 'clone', '--quiet', '--bare', repo.remote, join(root, '.git'));
    await home.git(root, 'worktree', 'add', '--quiet', '-b', 'feature/x', join(root, 'x'), 'main');
    await home.git(root, 'worktree', 'add', '--quiet', '--detach', join(root, 'detached'), 'main');
    await home.git(home.work, 'init', '--quiet', '--initial-branch=unborn', 'empty');
    const git = createGit(home.env);
    const branchIn = async (directory: string): Promise<string | undefined> => {
      const repository = await findRepository(git, directory);
      return repository && findBranchHere(git, repository);
    };

    expect(await branchIn(join(root, 'x'))).toBe('feature/x');
    expect(await branchIn(root)).toBe('main');
    expect(await branchIn(join(root, 'detached'))).toBeUndefined();
    expect(await branchIn(join(home.work, 'empty'))).toBe('unborn');
  });
});
