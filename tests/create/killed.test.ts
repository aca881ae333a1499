import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitForFile } from '../support';
import { playground, type Playground } from './support';

const killedAt = (point: string) => ({ env: { DAFT_FAULT: `${point}:kill` } });

/** A worktree as it is to be, and nothing left of the way there. */
async function expectWhole(repo: Playground, branch: string, { upstream }: { upstream: string }): Promise<void> {
  const path = repo.at(`app.${branch.replaceAll('/', '-')}`);
  expect(await repo.worktrees()).toEqual({ main: repo.path, [branch]: path });
  expect(await repo.status(path)).toBe('');
  const tracked = await repo.home.run('git', ['config', `branch.${branch}.merge`], { cwd: path });
  expect(tracked.stdout.trim()).toBe(upstream);
  expect(existsSync(join(repo.path, '.git/worktrees', `app.${branch.replaceAll('/', '-')}`, 'locked'))).toBe(false);
  expect(readdirSync(join(repo.path, '.git/.daft')).filter((name) => /^(making|place)-/.test(name))).toEqual([]);
}

/** A hook that notes its branch, in a branch `feature/two` of the remote; returns what it noted. */
async function withHook(repo: Playground): Promise<() => string> {
  await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
  const fired = repo.at('fired');
  writeFileSync(join(repo.path, 'daft.yml'), JSON.stringify({ hooks: { 'worktree-post-create': { jobs: [{ name: 'note', run: `echo "$DAFT_BRANCH_NAME" >>${fired}` }] } } }));
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hook');
  await repo.git('push', '--quiet', 'origin', 'main:feature/two');
  return () => (existsSync(fired) ? readFileSync(fired, 'utf8') : '');
}

describe('a creation that is killed', () => {
  test.each(['create: noted', 'create: branch made'])('before its worktree is there begins anew, after %s', async (point) => {
    await using repo = await playground();
    expect(await repo.daftWith(killedAt(point), 'start', 'x')).toMatchObject({ exitCode: 137 });
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stdout: "Created worktree 'x' from 'origin/main'\n", stderr: '' });
    await expectWhole(repo, 'x', { upstream: '' });
  });

  test('leaves a branch that can be opened, too', async () => {
    await using repo = await playground();
    await repo.daftWith(killedAt('create: branch made'), 'start', 'x');
    expect(await repo.daft('go', 'x')).toMatchObject({ exitCode: 0, stdout: "Prepared worktree 'x'\n", stderr: '' });
    await expectWhole(repo, 'x', { upstream: '' });
  });

  test('leaves a branch that somebody has committed to meanwhile', async () => {
    await using repo = await playground();
    await repo.daftWith(killedAt('create: branch made'), 'start', 'x');
    await repo.git('branch', '--force', 'x', 'origin/feature/one');
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 1, stderr: "Error: Branch 'x' already exists\nUse 'daft go x' to open it.\n" });
    expect(await repo.git('rev-parse', 'x')).toBe(await repo.git('rev-parse', 'origin/feature/one'));
  });

  test.each(['create: worktree added', 'create: whole'])('after %s is completed by going there: upstream, hook, result', async (point) => {
    await using repo = await playground();
    const fired = await withHook(repo);
    await repo.daftWith(killedAt(point), 'go', 'feature/two');
    expect(fired()).toBe('');
    expect(await repo.lead(repo.path, 'go', 'feature/two')).toMatchObject({ exitCode: 0, destination: repo.at('app.feature-two'), stdout: expect.stringContaining("Prepared worktree 'feature/two'\n") });
    await expectWhole(repo, 'feature/two', { upstream: 'refs/heads/feature/two' });
    expect(fired()).toBe('feature/two\n');
    expect(await repo.daft('go', 'feature/two')).toMatchObject({ exitCode: 0, stdout: "Switched to existing worktree 'feature/two'\n" });
  });

  test('does not make a start of the same name succeed once there is a worktree, and what it says then is right', async () => {
    await using repo = await playground();
    await repo.daftWith(killedAt('create: worktree added'), 'start', 'x');
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 1, stderr: "Error: Branch 'x' already exists\nUse 'daft go x' to open it.\n" });
    expect(await repo.daft('go', 'x')).toMatchObject({ exitCode: 0, stdout: "Prepared worktree 'x'\n" });
    await expectWhole(repo, 'x', { upstream: '' });
  });

  test('does not fire its hook again', async () => {
    await using repo = await playground();
    const fired = await withHook(repo);
    await repo.daftWith(killedAt('create: note gone'), 'go', 'feature/two');
    expect(await repo.daft('go', 'feature/two')).toMatchObject({ exitCode: 0, stdout: "Switched to existing worktree 'feature/two'\n" });
    expect(fired()).toBe('');
  });

  test('says where the changes are that were on their way', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    await repo.daftWith(killedAt('create: worktree added'), 'start', 'x');
    const stash = (await repo.git('rev-parse', 'stash@{0}')).trim();
    expect(await repo.daft('go', 'x')).toMatchObject({
      exitCode: 0,
      stderr: `warning: The changes that were on their way here are in the stash as ${stash}: git stash apply --index ${stash}\n`,
    });
    expect(await repo.daft('go', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

/** As git leaves it when it is killed over the files: registered, locked, without an index. */
async function leaveHalfMade(repo: Playground): Promise<{ path: string }> {
  await repo.daftWith(killedAt('create: worktree added'), 'start', 'x');
  const registration = join(repo.path, '.git/worktrees/app.x');
  writeFileSync(join(registration, 'locked'), 'initializing');
  rmSync(join(registration, 'index'));
  writeFileSync(join(registration, 'index.lock'), '');
  rmSync(repo.at('app.x', 'b.txt'));
  return { path: repo.at('app.x') };
}

describe('a creation that is killed with its git', () => {
  test.each(['go', 'start'])('is made anew by %s', async (verb) => {
    await using repo = await playground();
    await leaveHalfMade(repo);
    expect(await repo.daft(verb, 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    await expectWhole(repo, 'x', { upstream: '' });
  });

  test.each([['a new file', 'new'], ['a changed one', 'a.txt']])('loses nothing of somebody who did not notice: %s', async (_, name) => {
    await using repo = await playground();
    const { path } = await leaveHalfMade(repo);
    appendFileSync(join(path, name), 'precious\n');
    const ran = await repo.daft('go', 'x');
    const aside = /kept in '(.*)'/.exec(ran.stderr)?.[1] ?? '';
    expect(ran).toMatchObject({ exitCode: 0, stderr: `warning: The worktree at '${path}' was half made and not only by git; what lay there is kept in '${aside}'\n` });
    expect(readFileSync(join(aside, name), 'utf8')).toContain('precious\n');
    await expectWhole(repo, 'x', { upstream: '' });
  });

  test('is only locked where git had all its files', async () => {
    await using repo = await playground();
    await repo.daftWith(killedAt('create: worktree added'), 'go', 'feature/one');
    writeFileSync(join(repo.path, '.git/worktrees/app.feature-one/locked'), 'initializing');
    expect(await repo.daft('go', 'feature/one')).toMatchObject({ exitCode: 0, stdout: "Prepared worktree 'feature/one'\n", stderr: '' });
    await expectWhole(repo, 'feature/one', { upstream: 'refs/heads/feature/one' });
  });
});

test('whoever comes while the git of a killed creation is still at work waits for it', async () => {
  await using repo = await playground();
  const reached = repo.at('reached');
  const gate = repo.at('gate');
  await repo.home.run('mkfifo', [gate], { cwd: repo.path });
  await repo.git('config', 'filter.slow.smudge', `test -e ${reached} || { touch ${reached}; read _ <${gate}; }; cat`);
  writeFileSync(join(repo.path, '.git/info/attributes'), 'b.txt filter=slow\n');
  const killed = repo.home.start('daft', ['go', 'feature/one'], { cwd: repo.path });
  await waitForFile(reached);
  killed.signal('SIGKILL');
  const next = repo.home.start('daft', ['go', '-v', 'feature/one'], { cwd: repo.path });
  await next.says('Taking up what is left');
  writeFileSync(gate, '\n');
  expect(await next.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Prepared worktree 'feature/one'\n"), stderr: '' });
  await killed.ended;
  await expectWhole(repo, 'feature/one', { upstream: 'refs/heads/feature/one' });
});
