import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askPatiently, createGit, isTransient, requireGitVersion } from '../../src/git';
import { lastValue } from '../../src/git/core-bare';
import { temporaryHome, temporaryRepository } from '../support';

test('without git the dependency is named; without the directory it is an answer', async () => {
  await using home = await temporaryHome();
  await expect(createGit({ ...home.env, PATH: join(home.root, 'empty') }).ask(home.work, ['--version'])).rejects.toThrow('Missing required dependencies: git');
  expect(await createGit(home.env).ask(join(home.work, 'gone'), ['--version'])).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('cannot change to') });
});

test('answers are in English whatever the user speaks', async () => {
  await using home = await temporaryHome();
  const git = createGit({ ...home.env, LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' });
  expect((await git.ask(home.work, ['status'])).stderr).toMatch(/^fatal: not a git repository/);
});

test('the same question gets an answer in each directory, whatever it is called and whatever goes wrong there', async () => {
  await using repo = await temporaryRepository();
  const git = createGit(repo.home.env);
  const names = ["it's", 'two words', '$HOME `x` "y"', 'line\nbreak', 'ä'];
  for (const name of names) await repo.git('worktree', 'add', '--quiet', '--detach', join(repo.home.work, name));
  const paths = [repo.path, join(repo.home.work, 'gone'), ...names.map((name) => join(repo.home.work, name)), repo.home.work];
  writeFileSync(join(repo.home.work, names[3]!, 'new\nfile'), '');

  const answers = await git.askEach(paths, ['status', '--porcelain', '-z', '--', ':(glob)**']);
  const alone = await Promise.all(paths.map((path) => git.ask(path, ['status', '--porcelain', '-z', '--', ':(glob)**'])));
  expect(answers).toEqual(alone.map(({ exitCode, stdout }) => ({ exitCode, stdout })));
  expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 128, 0, 0, 0, 0, 0, 128]);
  expect(answers[5]?.stdout).toBe('?? new\nfile\0');
  expect(await git.askEach([], ['status'])).toEqual([]);
  await repo.git('worktree', 'add', '--quiet', '--detach', join(repo.path, 'inside'));
  rmSync(join(repo.path, 'inside/.git'));
  expect(await git.askEach([join(repo.path, 'inside'), repo.path], ['rev-parse', '--is-inside-git-dir'])).toEqual([
    { exitCode: 128, stdout: '' },
    { exitCode: 0, stdout: 'false\n' },
  ]);
  const withFunction = createGit({ ...repo.home.env, 'BASH_FUNC_git%%': '() { echo not git; }' });
  expect(await withFunction.askEach([repo.path], ['rev-parse', '--is-bare-repository'])).toEqual([{ exitCode: 0, stdout: 'false\n' }]);
});

test('an answer does not wait for what a hook of git leaves running', async () => {
  await using repo = await temporaryRepository();
  const hook = join(repo.path, '.git/hooks/post-checkout');
  writeFileSync(hook, '#!/bin/sh\nsleep 30 &\n');
  chmodSync(hook, 0o755);
  const git = createGit(repo.home.env);
  const begun = performance.now();
  const answer = await git.ask(repo.path, ['worktree', 'add', '-b', 'x', join(repo.home.work, 'x')]);
  expect(answer.exitCode).toBe(0);
  expect(performance.now() - begun).toBeLessThan(15_000);
  const sleepers = repo.home.processes().filter(({ commandLine }) => commandLine === 'sleep 30');
  expect(sleepers).toHaveLength(1);
  for (const { pid } of sleepers) process.kill(pid, 'SIGKILL');
});

test('a git that is too old is refused with both versions', async () => {
  await using home = await temporaryHome();
  const fake = join(home.root, 'old');
  await home.run('mkdir', [fake]);
  writeFileSync(join(fake, 'git'), '#!/bin/sh\necho git version 2.25.1\n', { mode: 0o755 });
  await expect(requireGitVersion(createGit({ ...home.env, PATH: `${fake}:${home.env['PATH']}` }))).rejects.toThrow(/2\.25.*2\.28/);
});

test('a failure that passes by itself is waited for', async () => {
  await using repo = await temporaryRepository();
  const git = createGit(repo.home.env);
  const lock = join(repo.path, '.git/config.lock');
  writeFileSync(lock, '');
  const asked = askPatiently(git, repo.path, ['config', 'x.y', 'z']);
  // Held for at least as long as another git takes to be refused.
  const refused = await git.ask(repo.path, ['config', 'x.y', 'z']);
  expect(isTransient({ exitCode: 1, stderr: refused.stderr })).toBe(true);
  await repo.home.run('rm', [lock]);
  expect((await asked).exitCode).toBe(0);
  expect((await git.ask(repo.path, ['config', 'x.y'])).stdout).toBe('z\n');
});

test.each([
  ["fatal: failed to read .git/worktrees/w2-13/commondir: Success", true],
  ['fatal: bad object worktrees/main/HEAD\nerror: /r.git did not send all necessary objects', true],
  ["fatal: could not open 'worktrees/w2/locked' for writing: No such file or directory", true],
  ["fatal: could not create directory of '/r/.git/worktrees/w2': No such file or directory", true],
  ["fatal: could not create directory of '/r/.git/worktrees/w2': Permission denied", false],
  ['error: could not lock config file .git/config: File exists', true],
  ["fatal: cannot lock ref 'refs/heads/x': Unable to create '/r/.git/refs/heads/x.lock': File exists.", true],
  ["fatal: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'", false],
  ['error: could not lock config file .git/config: Permission denied', false],
])('%s passes by itself: %s', (stderr, expected) => {
  expect(isTransient({ exitCode: 128, stderr })).toBe(expected);
});

test.each([
  ['[core]\n\tbare = true\n', 'true'],
  ['[core] bare=false\n[core]\nBare = yes ; really\n', 'yes'],
  ['[core]\nbare\n', 'true'],
  ['[core "sub"]\nbare = true\n', undefined],
  ['[other]\nbare = true\n# [core]\n', undefined],
  ['[core]\nbare = "true" # quoted\n', 'true'],
])('core.bare of %j is %s', (config, expected) => {
  expect(lastValue(config, 'core', 'bare')).toBe(expected);
});
