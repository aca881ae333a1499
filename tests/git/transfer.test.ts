import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGit, transfer } from '../../src/git';
import { buildRemote, temporaryHome } from '../support';

test('a clone succeeds under the environment of a user who has pagers, editors and ssh commands', async () => {
  await using home = await temporaryHome();
  const remote = join(home.root, 'remotes/app.git');
  await buildRemote(home, remote, { main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n' } }] } });
  const git = createGit({ ...home.env, PAGER: 'less', GIT_EDITOR: 'vi', GIT_SSH_COMMAND: 'ssh -v', GIT_PAGER: 'cat', GIT_SSL_NO_VERIFY: '1' });
  const stages: string[] = [];

  const answer = await transfer(git, home.work, ['clone', '--bare', '--no-local', '--', remote, 'app'], { onProgress: ({ stage }) => stages.push(stage) });

  expect(answer).toMatchObject({ exitCode: 0 });
  expect(stages).toContain('Receiving objects');
  expect(await home.git(join(home.work, 'app'), 'branch')).toContain('main');
});

test('a failure of git is an answer with its exit code, and so is exit 1 with nothing on stderr', async () => {
  await using home = await temporaryHome();
  const git = createGit(home.env);
  const failed = await transfer(git, home.work, ['clone', '--bare', join(home.root, 'nowhere'), 'app']);
  expect(failed).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('does not exist') });

  await home.git(home.work, 'init', '--quiet');
  expect(await transfer(git, home.work, ['config', '--get', 'no.such.key'])).toMatchObject({ exitCode: 1, stderr: '' });
});

test('a fetch outlasts a worktree that somebody else is half-way through adding', async () => {
  await using home = await temporaryHome();
  const remote = join(home.root, 'remotes/app.git');
  await buildRemote(home, remote, { main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n' } }] } });
  const repo = join(home.work, 'app');
  await home.git(home.work, 'init', '--quiet', repo);
  await home.git(repo, 'remote', 'add', 'origin', remote);
  const halfMade = join(repo, '.git/worktrees/half-made');
  mkdirSync(halfMade, { recursive: true });
  // In this order git makes them; HEAD is all zeros until it knows the commit.
  for (const [file, content] of [['gitdir', join(home.work, 'half-made/.git')], ['HEAD', '0'.repeat(40)], ['commondir', '../..']] as const) {
    writeFileSync(join(halfMade, file), `${content}\n`);
  }
  const git = createGit(home.env);

  const fetched = transfer(git, repo, ['fetch', 'origin']);
  const refused = await git.ask(repo, ['fetch', 'origin']);
  expect(refused.stderr).toContain('bad object worktrees/half-made/HEAD');
  rmSync(halfMade, { recursive: true });

  expect(await fetched).toMatchObject({ exitCode: 0 });
});

test('without git the dependency is named', async () => {
  await using home = await temporaryHome();
  const git = createGit({ ...home.env, PATH: join(home.root, 'empty') });
  await expect(transfer(git, home.work, ['fetch'])).rejects.toThrow('Missing required dependencies: git');
});
