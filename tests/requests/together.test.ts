import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgePlayground } from './support';

describe('opening a request goes the way of go', () => {
  test('with -x, --at, --carry, --no-cd, back with -, from a sub-directory and by every name of the command', async () => {
    await using repo = await forgePlayground();
    const deep = join(repo.path, 'deep');
    mkdirSync(deep);
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    expect(await repo.lead(deep, 'go', 'pr:7', '--carry', '-x', 'pwd')).toMatchObject({
      exitCode: 0,
      stdout: `Pull request #7: Count VAT\nPrepared worktree 'feature'\n${repo.at('app.feature')}\n`,
      destination: repo.at('app.feature'),
    });
    expect(await repo.status(repo.at('app.feature'))).toBe(' M a.txt');
    expect((await repo.lead(repo.at('app.feature'), 'go', '-')).destination).toBe(repo.path);
    expect(await repo.daft('go', 'pr:7', '--at', '../x')).toMatchObject({
      exitCode: 1,
      stderr: "Error: --at cannot be used: worktree already exists for 'feature'. Use 'daft go feature' without --at to navigate to it.\n",
    });
    expect(await repo.lead(repo.path, 'worktree-checkout', '--no-cd', '-q', 'pr:8', '--at', '../review')).toMatchObject({ exitCode: 0, stdout: '', stderr: '', destination: '' });
    expect(await repo.worktrees()).toMatchObject({ 'ada/main': repo.at('review') });
    expect(await repo.home.run('git', ['worktree-checkout', '-s', 'https://github.com/acme/app/pull/9/commits'], { cwd: repo.path })).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Prepared worktree 'topic'") });
  });

  test('from the container of a bare clone', async () => {
    await using repo = await forgePlayground();
    mkdirSync(repo.at('second'));
    await repo.daftWith({ cwd: repo.at('second') }, 'clone', '--layout', 'contained', 'https://github.com/acme/app.git', '-n');
    const container = repo.at('second', 'app');
    expect(await repo.lead(container, 'go', 'pr:7')).toMatchObject({ exitCode: 0, destination: join(container, 'feature') });
    expect(await repo.lead(container, 'go', 'pr:9')).toMatchObject({ exitCode: 0, destination: join(container, 'topic') });
    expect(await repo.home.git(container, 'rev-parse', '--abbrev-ref', 'topic@{upstream}')).toBe('origin/topic');
    // A branch that only the bare clone has made is the default one all the same.
    expect(await repo.lead(container, 'go', 'pr:8')).toMatchObject({ exitCode: 0, destination: join(container, 'ada/main') });
  });

  test("with the repository's hooks, but not with those that a fork has changed", async () => {
    await using repo = await forgePlayground();
    await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
    const seen = repo.at('seen');
    const job = (hook: string) => ({ jobs: [{ name: 'tell', run: `echo ${hook} $DAFT_BRANCH_NAME $DAFT_IS_NEW_BRANCH >>${seen}` }] });
    await repo.publishHooks({ 'worktree-pre-create': job('pre') });
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('Hooks are not run') });
    expect(await repo.daft('go', 'pr:9')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(seen, 'utf8')).toBe('pre feature false\npre topic false\n');

    await repo.pushToFork('main', 'daft.yml', { content: JSON.stringify({ hooks: { 'worktree-pre-create': job('evil'), 'worktree-post-create': job('evil') } }) });
    expect(await repo.daft('go', 'pr:8')).toMatchObject({
      exitCode: 0,
      stdout: "Pull request #8: Count VAT\nPrepared worktree 'ada/main'\n",
      stderr: 'warning: Hooks are not run: pull request #8 changes them, and comes from a fork.\nOnce you have seen what they do, run them in the worktree: daft hooks run worktree-post-create\n',
    });
    expect(readFileSync(seen, 'utf8')).not.toContain('evil');
  });
});

describe('several at once', () => {
  test('the same request opened twice is one worktree', async () => {
    await using repo = await forgePlayground();
    const ran = await Promise.all([repo.daft('go', 'pr:7'), repo.daft('go', 'pr:7'), repo.daft('go', 'pr:7')]);
    expect(ran.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(Array.from({ length: 3 }, () => ({ exitCode: 0, stderr: '' })));
    expect(await repo.worktrees()).toEqual({ main: repo.path, feature: repo.at('app.feature') });
  });

  test('requests whose heads have one name get a branch each', async () => {
    await using repo = await forgePlayground();
    const numbers = [11, 12, 13, 14, 15, 16];
    const commit = await repo.home.git(repo.remote, 'rev-parse', 'refs/pull/8/head');
    for (const number of numbers) {
      await repo.home.git(repo.remote, 'update-ref', `refs/pull/${number}/head`, commit);
      repo.pull(number, { headRefName: 'patch-1', headRefOid: commit, headRepositoryOwner: { login: `user${number}` }, isCrossRepository: true });
    }
    const ran = await Promise.all(numbers.map((number) => repo.daft('go', `pr:${number}`)));
    expect(ran.map(({ exitCode, stderr }) => `${exitCode}${stderr}`)).toEqual(numbers.map(() => '0'));
    const records = (await repo.git('config', '--get-regexp', 'daftrequest')).split('\n');
    expect(records.map((line) => line.replace(/.*\//, '')).toSorted()).toEqual(numbers.map(String));
    expect(Object.keys(await repo.worktrees())).toHaveLength(1 + numbers.length);
  });

  test.each([
    'requests: fetched', 'requests: branch made', 'requests: branch configured', 'requests: branch configured@3', 'create: noted', 'create: worktree added',
  ])('killed at "%s", the next time completes it', async (point) => {
    await using repo = await forgePlayground();
    expect((await repo.daftWith({ env: { DAFT_FAULT: `${point}:kill` } }, 'go', 'pr:7')).exitCode).toBe(137);
    await repo.pushToFork('feature', 'more.txt');
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Prepared worktree 'feature'\n"), stderr: '' });
    for (const [key, value] of [['remote', 'https://github.com/ada/app.git'], ['pushRemote', 'https://github.com/ada/app.git'], ['merge', 'refs/heads/feature']] as const) {
      expect(await repo.config(`branch.feature.${key}`)).toBe(value);
    }
    expect(await repo.worktrees()).toEqual({ main: repo.path, feature: repo.at('app.feature') });
    await repo.home.git(repo.at('app.feature'), 'pull', '--quiet', '--ff-only'); // where git had made the worktree before the push
    expect(await repo.home.git(repo.at('app.feature'), 'log', '-1', '--format=%s')).toBe('more.txt');
  });
});
