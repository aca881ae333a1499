import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { assert, constantFrom, infiniteStream, property, uniqueArray } from '../support/properties';
import { describe, expect, test } from 'vitest';
import { planFlattening, planGrouping } from '../../src/worktree/multi-remote/plan';
import { playground, type Playground } from '../create/support';
import { atEveryPassage } from '../support';

/** A container `c/app` with worktrees of `main`, `feature/one` and of `origin`, a branch named like the remote, and a second remote. */
async function container(): Promise<Playground & { inside: string; places: () => Promise<Record<string, string>>; run: (...args: string[]) => ReturnType<Playground['daft']> }> {
  const repo = await playground();
  mkdirSync(repo.at('c'));
  await repo.daftWith({ cwd: repo.at('c') }, 'clone', repo.remote, '--layout', 'contained');
  const inside = repo.at('c/app');
  await repo.daftWith({ cwd: join(inside, 'main') }, 'go', 'feature/one');
  await repo.daftWith({ cwd: join(inside, 'main') }, 'start', 'origin');
  await repo.home.git(inside, 'remote', 'add', 'fork', repo.remote);
  return Object.assign(repo, {
    inside,
    run: (...args: string[]) => repo.daftWith({ cwd: inside }, 'multi-remote', ...args),
    async places() {
      return Object.fromEntries(Object.entries(await repo.worktrees(inside)).map(([branch, path]) => [branch, relative(inside, path)]));
    },
  });
}
const flat = { main: 'main', 'feature/one': 'feature/one', origin: 'origin' };
const grouped = { main: 'origin/main', 'feature/one': 'origin/feature/one', origin: 'origin/origin' };

describe('multi-remote enable and disable', () => {
  test('move every worktree into the folder of its remote and back, with what is uncommitted', async () => {
    await using repo = await container();
    await repo.home.git(repo.inside, 'config', 'branch.feature/one.remote', 'fork');
    writeFileSync(join(repo.inside, 'main/a.txt'), 'changed\n');
    writeFileSync(join(repo.inside, 'main/new'), 'new\n');
    const enabled = await repo.run('enable', '-f');
    expect(enabled).toMatchObject({ exitCode: 0, stderr: '' });
    expect(enabled.stdout).toContain('\nMulti-remote mode enabled (default remote: origin)\n');
    expect(await repo.places()).toEqual({ ...grouped, 'feature/one': 'fork/feature/one' });
    expect(readdirSync(repo.inside).toSorted()).toEqual(['.git', 'fork', 'origin']);
    expect(await repo.status(join(repo.inside, 'origin/main'))).toBe(' M a.txt\n?? new');
    expect(await repo.run('enable')).toMatchObject({ exitCode: 0, stdout: 'Multi-remote mode is already enabled\n' });
    // What is created from now on goes to its folder, too.
    await repo.daftWith({ cwd: join(repo.inside, 'origin/main') }, 'start', 'next', '--no-carry');
    expect((await repo.places())['next']).toBe('origin/next');

    const disabled = await repo.run('disable', '-f');
    expect(disabled).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^warning: There are several remotes \(fork, origin\)/) });
    expect(disabled.stdout).toMatch(/\nMulti-remote mode disabled\n$/);
    expect(await repo.places()).toEqual({ ...flat, next: 'next' });
    expect(readdirSync(repo.inside).toSorted()).toEqual(['.git', 'feature', 'main', 'next', 'origin']);
    expect(await repo.home.git(repo.inside, 'config', 'daft.multiRemote.enabled')).toBe('false');
    expect(await repo.run('disable')).toMatchObject({ exitCode: 0, stdout: 'Multi-remote mode is already disabled\n' });
  });

  test('tell those whose worktree moves where it is then', async () => {
    await using repo = await container();
    const from = (place: string, ...args: string[]) => repo.daftWith({ cwd: join(repo.inside, place) }, 'multi-remote', ...args);
    const wayTo = (place: string) => `\nRun \`cd ${join(repo.inside, place)}\` (your previous working directory was removed)\n`;
    expect((await from('main', 'enable', '-f')).stdout).toContain(wayTo('origin/main'));
    expect((await from('origin/main', 'move', 'main', '--to', 'fork', '-f')).stdout).toContain(wayTo('fork/main'));
    expect((await from('fork/main', 'move', 'feature/one', '--to', 'fork', '-f')).stdout).not.toContain('Run `cd');
  });

  test('show what they would do, and ask before they do it', async () => {
    await using repo = await container();
    const dry = await repo.run('enable', '--dry-run');
    expect(dry.stdout).toContain('  feature/one -> origin/feature/one\n');
    expect(dry.stdout).toMatch(/Dry run complete - no changes made\n$/);
    const asked = await repo.daftWith({ cwd: repo.inside, stdin: 'n\n' }, 'multi-remote', 'enable');
    expect(asked).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Proceed with migration\? \[y\/N\] Aborted/) });
    expect(await repo.places()).toEqual(flat);
    expect(await repo.daftWith({ cwd: repo.inside, stdin: 'YES\n' }, 'multi-remote', 'enable', '--default', 'nope')).toMatchObject({
      exitCode: 0,
      stderr: "warning: Remote 'nope' does not exist. Available remotes: fork, origin\n",
    });
    expect(await repo.home.git(repo.inside, 'config', 'daft.multiRemote.defaultRemote')).toBe('nope');
  });

  test('refuse before anything moves where two would meet, something is in the way, or a worktree is locked', async () => {
    await using repo = await container();
    await repo.run('enable', '-f');
    await repo.home.git(repo.inside, 'worktree', 'add', '--quiet', '-b', 'x', 'fork/main', 'main');
    expect(await repo.run('disable', '-f')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`would both go to '${join(repo.inside, 'main')}'`) });
    await repo.home.git(repo.inside, 'worktree', 'move', 'fork/main', 'fork/other');
    mkdirSync(join(repo.inside, 'other'));
    expect(await repo.run('disable', '-f')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`Target path already exists: ${join(repo.inside, 'other')}`) });
    rmdirSync(join(repo.inside, 'other'));
    await repo.home.git(repo.inside, 'worktree', 'lock', 'origin/main');
    expect(await repo.run('disable', '-f')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Worktree 'main' is locked") });
    expect(await repo.places()).toEqual({ ...grouped, x: 'fork/other' });
  });

  test('that fail on the way put everything back', { timeout: 120_000 }, async () => {
    await using repo = await container();
    const config = join(repo.inside, '.git/config');
    const before = readFileSync(config, 'utf8');
    const points = await atEveryPassage('EIO', async (env, passage) => {
      const faultLog = join(repo.home.root, `passage-${passage}`);
      const ran = await repo.daftWith({ cwd: repo.inside, env: { ...env, DAFT_FAULT_LOG: faultLog } }, 'multi-remote', 'enable', '-f');
      if (ran.exitCode === 0) await repo.run('disable', '-f');
      else expect(readFileSync(config, 'utf8')).toBe(before);
      expect(await repo.places()).toEqual(flat);
      return { faultLog };
    });
    expect(points.filter((point) => point === 'transform: worktree moved')).toHaveLength(4);
    expect(points.filter((point) => point === 'transform: configured')).toHaveLength(2);
  });

  test.each([
    ['the first worktree has moved out of the way', 'transform: worktree moved@1'],
    ['the third worktree has moved', 'transform: worktree moved@3'],
    ['all have moved', 'transform: configured@1'],
    ['all is done', 'transform: before the journal goes'],
  ])('that are killed after %s are done anew by the same command', async (_when, point) => {
    await using repo = await container();
    await repo.home.git(repo.inside, 'worktree', 'move', 'main', 'elsewhere');
    const kill = { cwd: repo.inside, env: { DAFT_FAULT: `${point}:kill` } };
    expect(await repo.daftWith(kill, 'multi-remote', 'enable', '-f', '--default', 'fork')).toMatchObject({ exitCode: 137 });
    expect(await repo.daftWith({ cwd: repo.inside }, 'start', 'next')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('which first takes back what was done: daft multi-remote enable --default fork') });
    expect(await repo.run('enable', '--dry-run')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("An earlier 'daft multi-remote enable --default fork' was interrupted half-way") });
    expect(await repo.run('enable', '-f', '--default', 'fork')).toMatchObject({ exitCode: 0, stderr: "warning: An earlier 'daft multi-remote enable --default fork' was interrupted half-way; taking it back\n" });
    expect(await repo.places()).toEqual({ ...grouped, main: 'origin/elsewhere', origin: 'fork/origin' });
    expect(readdirSync(repo.inside).toSorted()).toEqual(['.git', 'fork', 'origin']);
    expect(await repo.home.git(repo.inside, 'config', 'daft.multiRemote.defaultRemote')).toBe('fork');

    expect(await repo.daftWith(kill, 'multi-remote', 'disable', '-f')).toMatchObject({ exitCode: 137 });
    expect(await repo.run('disable', '-f')).toMatchObject({ exitCode: 0 });
    expect(await repo.places()).toEqual({ ...flat, main: 'elsewhere' });
  });

  test('in a repository without remotes cannot be enabled; outside one there is nothing to ask', async () => {
    await using repo = await container();
    await repo.daftWith({ cwd: repo.home.work }, 'init', 'lonely', '--layout', 'contained');
    expect(await repo.daftWith({ cwd: repo.at('lonely') }, 'multi-remote', 'enable')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('No remotes configured.') });
    expect((await repo.daftWith({ cwd: repo.at('lonely') }, 'multi-remote')).stdout).toContain('Remotes:\n  (none)\n');
    expect(await repo.daftWith({ cwd: repo.home.work }, 'multi-remote')).toMatchObject({ exitCode: 1, stderr: 'Error: Not in a git repository\n' });
  });
});

test('in multi-remote mode a branch written with its remote goes to the folder of that one', async () => {
  await using repo = await container();
  await repo.home.git(repo.inside, 'push', '--quiet', 'fork', 'main:refs/heads/theirs');
  await repo.home.git(repo.inside, 'update-ref', '-d', 'refs/remotes/origin/theirs');
  await repo.run('enable', '-f');
  expect(await repo.lead(repo.inside, 'go', 'fork/theirs')).toMatchObject({ exitCode: 0, destination: join(repo.inside, 'fork/theirs') });
});

describe('multi-remote move', () => {
  test('takes a worktree to the folder of another remote, and its branch if that is wanted', async () => {
    await using repo = await container();
    await repo.home.run('git', ['clone', '--quiet', '--bare', repo.remote, repo.at('fork.git')], { cwd: repo.home.work });
    await repo.home.git(repo.inside, 'remote', 'set-url', 'fork', repo.at('fork.git'));
    await repo.run('enable', '-f');
    expect(await repo.run('move', 'feature/one', '--to', 'fork', '-f', '--push', '--delete-old')).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/\nWorktree moved to fork\/feature\/one\n$/),
    });
    expect(await repo.places()).toEqual({ ...grouped, 'feature/one': 'fork/feature/one' });
    expect(existsSync(join(repo.inside, 'origin/feature'))).toBe(false);
    expect(await repo.home.git(repo.inside, 'config', 'branch.feature/one.remote')).toBe('fork');
    expect(await repo.home.git(repo.home.work, 'ls-remote', '--heads', repo.remote, 'feature/one')).toBe('');
    expect(await repo.run('move', 'feature/one', '--to', 'fork')).toMatchObject({ exitCode: 0, stdout: 'Worktree is already in the target remote folder\n' });
    // As after a move that was killed before it had pushed.
    await repo.home.git(repo.inside, 'config', 'branch.feature/one.remote', 'origin');
    expect(await repo.run('move', 'feature/one', '--to', 'fork', '--push')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Worktree is already in the target remote folder\nProceed\? \[y\/N\] \nAborted\.\n$/) });
    expect(await repo.run('move', 'feature/one', '--to', 'fork', '--push', '-f')).toMatchObject({ exitCode: 0, stdout: 'Worktree is already in the target remote folder\n' });
    expect(await repo.home.git(repo.inside, 'config', 'branch.feature/one.remote')).toBe('fork');

    expect(await repo.run('move', 'origin/main', '--to', 'fork', '-f', '--delete-old', '--set-upstream')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('--delete-old deletes it only after a successful --push'),
    });
    expect((await repo.places())['main']).toBe('fork/main');
  });

  test.each([
    [['main', '--to', 'nope'], "Remote 'nope' does not exist. Available remotes: fork, origin"],
    [['nowhere', '--to', 'fork'], "Could not find worktree for branch 'nowhere'"],
  ])('%j is refused', async (args, message) => {
    await using repo = await container();
    expect(await repo.run('move', ...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Multi-remote mode is not enabled.') });
    await repo.run('enable', '-f');
    expect(await repo.run('move', ...args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(message) });
    expect(await repo.run('move', 'main')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--to <REMOTE>') });
    mkdirSync(join(repo.inside, 'fork/main'), { recursive: true });
    expect(await repo.run('move', 'main', '--to', 'fork', '-f')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Target path already exists') });
  });
});

test('multi-remote move refuses the main working tree of an ordinary repository', async () => {
  await using repo = await playground();
  await repo.daft('multi-remote', 'enable', '-f');
  expect(await repo.daft('multi-remote', 'move', 'main', '--to', 'origin', '-f')).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: 'main' is in the main working tree/) });
});

test('multi-remote status tells mode, remotes and worktrees, to people and to programs', async () => {
  await using repo = await container();
  expect((await repo.run('status')).stdout).toBe(
    [
      `Repository: ${repo.inside}`,
      'Mode: disabled',
      'Default remote: origin',
      'Remotes:',
      '  fork',
      '  origin (default)',
      'Worktrees:',
      '  feature/one [feature/one]',
      '  main [main]',
      '  origin [origin]',
      '',
      'To turn it on: daft multi-remote enable',
      '',
    ].join('\n'),
  );
  await repo.run('enable', '-f');
  const told = JSON.parse((await repo.run('--format', 'json')).stdout) as unknown;
  expect(told).toEqual({
    remotes: [{ name: 'fork', is_default: false }, { name: 'origin', is_default: true }],
    worktrees: Object.entries(grouped).toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([branch, path]) => ({ branch, remote: 'origin', path: join(repo.inside, path) })),
  });
  expect((await repo.run('--template', '{{ remotes | length }} {{ worktrees.0.branch }}')).stdout).toBe('2 feature/one\n');
  expect(await repo.run('--format', 'tsv')).toMatchObject({ exitCode: 1, stderr: "'multi-remote status' does not support --format tsv\n  supported formats: json, yaml, toon, markdown\n" });
  expect(await repo.run('--format', 'nope')).toMatchObject({ exitCode: 2 });
  expect(await repo.run('set-default', 'fork')).toMatchObject({ exitCode: 0, stdout: 'Default remote set to: fork\n' });
  expect((await repo.run()).stdout).toContain('  fork (default)\n');
  expect(await repo.run('set-default', 'x')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Remote 'x' does not exist. Available remotes: fork, origin") });
  expect(readFileSync(join(repo.inside, '.git/config'), 'utf8')).toContain('defaultRemote = fork');
});

test('flattening undoes grouping', () => {
  const name = constantFrom('main', 'origin', 'fork', 'feature/a', 'feature/b', 'fix');
  assert(
    property(uniqueArray(name), infiniteStream(constantFrom('origin', 'fork')), (branches, remote) => {
      const remotes = new Map<string, string>(branches.map((branch) => [branch, remote.next().value]));
      const worktrees = branches.map((branch) => ({ path: `/c/${branch}`, branch, head: '1', detached: false, main: false, locked: false, missing: false }));
      const there = planGrouping(worktrees, { container: '/c', remoteOf: ({ branch = '' }) => remotes.get(branch) ?? '' });
      const moved = worktrees.map((worktree) => ({ ...worktree, path: there.find((move) => move.worktree === worktree)?.to ?? worktree.path }));
      const back = planFlattening(moved, { container: '/c', remotes: ['origin', 'fork'] });
      expect(moved.map((worktree) => back.find((move) => move.worktree === worktree)?.to ?? worktree.path)).toEqual(worktrees.map(({ path }) => path));
    }),
  );
});
