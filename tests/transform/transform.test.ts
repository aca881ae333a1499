import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Journal, type Undo } from '../../src/worktree/transform/journal';
import { playground, registry, type Playground } from '../create/support';
import { writeFiles } from '../support';

const layouts = ['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized'] as const;

/** A walk through all ordered pairs, each once, that ends where it began. */
function everyPair<Item>(items: readonly Item[]): Item[] {
  const left = new Map(items.map((item) => [item, items.filter((other) => other !== item)]));
  const walk: Item[] = [];
  const stack = items.slice(0, 1);
  for (let here = stack.at(-1); here !== undefined; here = stack.at(-1)) {
    const next = left.get(here)?.pop();
    if (next === undefined) walk.push(...stack.splice(-1));
    else stack.push(next);
  }
  return walk.toReversed();
}

/** `app` with worktrees of `test`, which is a directory of the tree, too, and of `feature/x`; on main, all clean. */
async function repository(): Promise<Playground> {
  const repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', 'test/t': 't\n', 'feature/f': 'f\n' } }] } });
  await repo.git('worktree', 'add', '--quiet', '-b', 'test', '../app.test');
  await repo.git('worktree', 'add', '--quiet', '-b', 'feature/x', '../app.feature-x');
  return repo;
}

function mainTree(repo: Playground): string {
  return existsSync(repo.at('app/main/.git')) ? repo.at('app/main') : repo.path;
}

test('every layout becomes every other, with clean worktrees at the same places each time', { timeout: 240_000 }, async () => {
  await using repo = await repository();
  const places = new Map<string, Record<string, string>>();
  const walk = everyPair(layouts);
  expect(walk).toHaveLength(31);
  for (const layout of walk) {
    const ran = await repo.daftWith({ cwd: mainTree(repo) }, 'layout', 'transform', layout);
    expect(ran, layout).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(new RegExp(`^Transformed to layout '${layout}'\\.\n`)) as string, stderr: '' });
    const worktrees = await repo.worktrees(mainTree(repo));
    expect(worktrees, layout).toEqual(places.get(layout) ?? worktrees);
    places.set(layout, worktrees);
    const states = await Promise.all(Object.values(worktrees).map((path) => repo.status(path)));
    expect(states.filter((state) => state !== ''), layout).toEqual(layout === 'nested' ? ['?? .gitignore'] : []);
    expect(existsSync(repo.at('app/.daft-transform-staging'))).toBe(false);
  }
  expect(places.get('contained')).toEqual({ main: repo.at('app/main'), test: repo.at('app/test'), 'feature/x': repo.at('app/feature/x') });
  expect(places.get('centralized')).toEqual({ main: repo.path, test: join(repo.home.data, 'worktrees/app/test'), 'feature/x': join(repo.home.data, 'worktrees/app/feature-x') });
});

test('a dry run prints the plan with its stashes and what is left out, and changes nothing', async () => {
  await using repo = await repository();
  await repo.git('worktree', 'add', '--quiet', '-b', 'apart', repo.at('elsewhere/apart'));
  writeFileSync(repo.at('app.test/a.txt'), 'changed\n');
  const { stdout, exitCode } = await repo.daft('layout', 'transform', 'contained', '--force', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout.replaceAll(repo.at(), '<work>').split('\n')).toEqual([
    'Transform plan (8 operations):',
    "  1. Stash changes of 'test' in <work>/app.test",
    "  2. Nest files of 'main': <work>/app -> <work>/app/main",
    '  3. Set core.bare to true',
    "  4. Register 'main' as linked worktree: <work>/app/main",
    "  5. Move 'feature/x': <work>/app.feature-x -> <work>/app/feature/x",
    "  6. Move 'test': <work>/app.test -> <work>/app/test",
    '  7. Check integrity',
    "  8. Restore changes of 'test' in <work>/app/test",
    'Skipped (1 non-conforming):',
    "  'apart': <work>/elsewhere/apart (use --include to relocate)",
    '',
  ]);
  expect(await repo.worktrees()).toMatchObject({ main: repo.path, test: repo.at('app.test') });
  expect(existsSync(repo.at('app/.git/.daft/transform'))).toBe(false);
});

test('takes trust and layout to the new place of the git directory, and the user to the new place of the worktree', async () => {
  await using repo = await repository();
  await repo.daft('hooks', 'trust', '-f');
  expect(await repo.lead(repo.at('app.test'), 'layout', 'transform', 'contained-classic')).toMatchObject({ exitCode: 0, destination: repo.at('app/test') });
  expect(registry(repo)).toEqual({ [repo.at('app/main/.git')]: { layout: 'contained-classic', trust: expect.objectContaining({ level: 'allow' }) } });
  expect(await repo.lead(repo.at('app/main'), 'layout', 'transform', 'default')).toMatchObject({ exitCode: 0, destination: repo.path, stdout: "Transformed to layout 'sibling'.\n" });
  expect(Object.keys(registry(repo))).toEqual([repo.at('app/.git')]);
  // Nothing to do: checked, and said all the same.
  expect(await repo.lead(repo.at('app.test'), 'layout', 'transform', 'sibling')).toMatchObject({ exitCode: 0, destination: repo.at('app.test'), stdout: "Transformed to layout 'sibling'.\n" });
});

describe('uncommitted changes', () => {
  test('of the pivot and the default branch are refused; those of others come along', async () => {
    await using repo = await repository();
    writeFileSync(repo.at('app.test/a.txt'), 'changed\n');
    writeFileSync(repo.at('app.test/new'), 'new\n');
    await repo.home.git(repo.at('app.test'), 'add', 'new');
    const status = await repo.status(repo.at('app.test'));
    expect(await repo.daft('layout', 'transform', 'contained')).toMatchObject({ exitCode: 0 });
    expect(await repo.status(repo.at('app/test'))).toBe(status);

    writeFileSync(repo.at('app/main/untracked'), '');
    for (const more of [[], ['--dry-run']]) {
      expect(await repo.daftWith({ cwd: repo.at('app/test') }, 'layout', 'transform', 'sibling', ...more)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: "Error: Worktree 'main' has uncommitted changes. Commit, stash, or use --force.\n",
      });
    }
    expect(await repo.daftWith({ cwd: repo.at('app/test') }, 'layout', 'transform', 'contained')).toMatchObject({ exitCode: 0 }); // moves nothing
  });

  test('are stashed and restored by force, staged ones as such, beside the stashes of the user', async () => {
    await using repo = await repository();
    writeFileSync(repo.at('app/a.txt'), 'mine\n');
    await repo.git('stash', 'push', '--quiet', '-m', 'mine');
    writeFileSync(repo.at('app/a.txt'), 'staged\n');
    await repo.git('add', 'a.txt');
    writeFileSync(repo.at('app/a.txt'), 'staged, then modified\n');
    writeFileSync(repo.at('app/test/untracked'), 'u\n');
    const before = [await repo.status(repo.path), await repo.git('stash', 'list'), await repo.git('ls-files', '--stage')];
    expect(await repo.daft('layout', 'transform', 'contained-classic', '--force')).toMatchObject({ exitCode: 0, stderr: '' });
    const git = (...args: string[]) => repo.home.git(repo.at('app/main'), ...args);
    expect([await repo.status(repo.at('app/main')), await git('stash', 'list'), await git('ls-files', '--stage')]).toEqual(before);
    expect(readFileSync(repo.at('app/main/a.txt'), 'utf8')).toBe('staged, then modified\n');
  });

  test.each([
    ['deleted', (_: Playground, path: string) => Promise.resolve(rmSync(join(path, 'feature-x'), { recursive: true }))],
    ['staged as deleted', (repo: Playground, path: string) => repo.home.git(path, 'rm', '--quiet', '-r', 'feature-x')],
    ['renamed', (repo: Playground, path: string) => repo.home.git(path, 'mv', 'feature-x', 'renamed')],
  ])('to a directory that is %s, which a stash brings back where a worktree is to go, leave it a way', async (_what, change) => {
    await using repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', 'feature-x/f': 'f\n' } }] } });
    await repo.git('worktree', 'add', '--quiet', '-b', 'feature/x', '../app.feature-x');
    writeFileSync(repo.at('app/a.txt'), 'changed\n'); // by itself, what has the name of a worktree's directory is no change
    await change(repo, repo.path);
    const status = await repo.status(repo.path);
    for (const layout of ['contained-flat', 'nested', 'contained-flat', 'sibling']) {
      expect(await repo.daftWith({ cwd: mainTree(repo) }, 'layout', 'transform', layout, '--force'), layout).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await repo.status(mainTree(repo))).replace(/\n?\?\? .gitignore/, ''), layout).toBe(status);
      expect(existsSync(join(mainTree(repo), 'feature-x', 'f'))).toBe(false);
    }
    expect(await repo.worktrees()).toEqual({ main: repo.path, 'feature/x': repo.at('app.feature-x') });
  });

  test('to a file that is deleted, which a stash brings back where the way to a worktree is to be, leave it none', async () => {
    await using repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', '.worktrees': 'w\n' } }] } });
    await repo.git('worktree', 'add', '--quiet', '-b', 'test', '../app.test');
    await repo.daft('layout', 'transform', 'contained');
    const main = repo.at('app/main');
    writeFileSync(join(main, 'a.txt'), 'changed\n');
    rmSync(join(main, '.worktrees'));
    expect(await repo.daftWith({ cwd: main }, 'layout', 'transform', 'nested', '--force')).toMatchObject({
      exitCode: 1,
      stderr: `Error: Target path already exists: ${repo.at('app/.worktrees/test')}\n`,
    });
  });

  test('that git cannot stash, conflicts for one, move as they are', async () => {
    await using repo = await repository();
    const git = (...args: string[]) => repo.home.git(repo.path, ...args);
    writeFileSync(repo.at('app.test/a.txt'), 'theirs\n');
    await repo.home.git(repo.at('app.test'), 'commit', '--quiet', '-am', 'theirs');
    writeFileSync(repo.at('app/a.txt'), 'ours\n');
    await git('commit', '--quiet', '-am', 'ours');
    await repo.home.run('git', ['merge', 'test'], { cwd: repo.path });
    const before = [await git('status', '--porcelain=v2'), await git('ls-files', '--stage'), await git('rev-parse', 'MERGE_HEAD')];
    expect(await repo.daft('layout', 'transform', 'contained', '--force')).toMatchObject({ exitCode: 0, stderr: '' });
    const after = (...args: string[]) => repo.home.git(repo.at('app/main'), ...args);
    expect([await after('status', '--porcelain=v2'), await after('ls-files', '--stage'), await after('rev-parse', 'MERGE_HEAD')]).toEqual(before);
  });
});

describe('the ignore entry', () => {
  test('of nested comes and goes, with the rest of the file as it was', async () => {
    await using repo = await repository();
    writeFileSync(repo.at('app/.gitignore'), '*.o');
    await repo.git('add', '.gitignore');
    await repo.git('commit', '--quiet', '-m', 'ignore');
    await repo.daft('layout', 'transform', 'nested');
    expect(readFileSync(repo.at('app/.gitignore'), 'utf8')).toBe('*.o\n.worktrees/\n');
    await repo.daft('layout', 'transform', 'contained');
    expect(readFileSync(repo.at('app/main/.gitignore'), 'utf8')).toBe('*.o');
    expect(await repo.status(repo.at('app/main'))).toBe('');
  });

  test('is staged away where it was committed, and stays where a worktree stays', async () => {
    await using repo = await repository();
    await repo.daft('layout', 'transform', 'nested');
    await repo.git('add', '.gitignore');
    await repo.git('commit', '--quiet', '-m', 'ignore');
    await repo.git('worktree', 'add', '--quiet', '--detach', '.worktrees/apart');
    await repo.daft('layout', 'transform', 'sibling');
    expect(await repo.status(repo.path)).toBe('');
    await repo.git('worktree', 'remove', '.worktrees/apart');
    await repo.daft('layout', 'transform', 'nested');
    await repo.daft('layout', 'transform', 'sibling');
    expect(await repo.status(repo.path)).toBe('D  .gitignore');
  });
});

test('move hooks fire for each worktree that moves: torn down at the old place, set up at the new one', async () => {
  await using repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n' } }] } });
  const phases = ['worktree-pre-remove', 'worktree-post-remove', 'worktree-pre-create', 'worktree-post-create'];
  const log = repo.at('log');
  const run = `echo "$DAFT_HOOK $DAFT_COMMAND $DAFT_BRANCH_NAME $DAFT_OLD_WORKTREE_PATH $DAFT_WORKTREE_PATH $DAFT_PROJECT_ROOT" >>${log}`;
  writeFiles(repo.path, { 'daft.yml': JSON.stringify({ hooks: Object.fromEntries(phases.map((phase) => [phase, { jobs: [{ name: 'tell', run, tracks: ['path'] }] }])) }) });
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hooks');
  await repo.git('worktree', 'add', '--quiet', '-b', 'x', '../app.x');
  await repo.daft('hooks', 'trust', '-f');
  expect(await repo.daft('layout', 'transform', 'contained', '--dry-run')).toMatchObject({ exitCode: 0 });
  expect(existsSync(log)).toBe(false);
  expect(await repo.daft('layout', 'transform', 'contained')).toMatchObject({ exitCode: 0 });
  const told = readFileSync(log, 'utf8').replaceAll(repo.at(), '').trim().split('\n');
  for (const [branch, from, to] of [['main', '/app', '/app/main'], ['x', '/app.x', '/app/x']]) {
    expect(told.filter((line) => line.includes(` ${branch} `))).toEqual(
      phases.map((phase) => `${phase} layout-transform ${branch} ${from} ${phase.endsWith('remove') ? from : to} /app`),
    );
  }
});

describe('a step that fails', () => {
  test('is named, and everything is as it was', async () => {
    await using repo = await repository();
    writeFileSync(repo.at('app.test/a.txt'), 'changed\n');
    const before = [await repo.worktrees(), await repo.status(repo.at('app.test')), registry(repo)];
    const ran = await repo.daftWith({ env: { DAFT_FAULT: 'transform: before register:EIO' } }, 'layout', 'transform', 'contained', '--force');
    expect(ran).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^warning: EIO[^\n]*\nError: Failed at step 4\/8: Register 'main' as linked worktree: /),
    });
    expect([await repo.worktrees(), await repo.status(repo.at('app.test')), registry(repo)]).toEqual(before);
    expect(await repo.git('config', 'core.bare')).toBe('false');
    expect(existsSync(repo.at('app/.git/.daft/transform'))).toBe(false);
  });

  test('may be git’s own: a linked worktree with submodules', async () => {
    await using repo = await repository();
    await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repo.remote, 'libs/sub');
    await repo.git('commit', '--quiet', '-m', 'sub');
    await repo.home.git(repo.at('app.test'), 'merge', '--quiet', 'main');
    await repo.home.git(repo.at('app.test'), '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    const before = await repo.worktrees();
    expect(await repo.daft('layout', 'transform', 'contained')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed at step') });
    expect(await repo.worktrees()).toEqual(before);
    expect(await repo.git('submodule', 'status')).toMatch(/^ [0-9a-f]{40} libs\/sub/);

    await repo.git('worktree', 'remove', '--force', '../app.test');
    for (const [layout, main] of [['contained', 'app/main'], ['contained-classic', 'app/main'], ['sibling', 'app']] as const) {
      expect(await repo.daftWith({ cwd: mainTree(repo) }, 'layout', 'transform', layout)).toMatchObject({ exitCode: 0 });
      expect(await repo.home.git(repo.at(main), 'submodule', 'status')).toMatch(/^ [0-9a-f]{40} libs\/sub/);
      expect(await repo.status(repo.at(main))).toBe('');
    }
  });

  test.each(['contained', 'contained-classic'])('after the registry has got %s leaves none where there was none', async (layout) => {
    await using repo = await repository();
    const fault = { DAFT_FAULT: 'transform: before the journal goes:EIO' };
    expect(await repo.daftWith({ env: fault }, 'layout', 'transform', layout)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Could not finish the transform') });
    expect(existsSync(join(repo.home.config, 'repos.json'))).toBe(false);
    await repo.daft('layout', 'transform', 'nested');
    expect(await repo.daftWith({ env: fault }, 'layout', 'transform', layout)).toMatchObject({ exitCode: 1 });
    expect(registry(repo)).toEqual({ [repo.at('app/.git')]: { layout: 'nested' } });
  });

  test.each([
    ['a step', ['layout', 'transform', 'contained'], 'transform: before register:EIO; transform: taken back@2:ENOSPC', [/^warning: EIO: /, /^warning: Failed at step 3\/6: Register 'main'/]],
    ['what comes before the steps', ['eject'], 'eject: before removal:EIO; transform: before the journal goes:ENOSPC', [/^warning: EIO: /]],
    ['a worktree that moves', ['multi-remote', 'enable', '--force'], 'transform: worktree moved:EIO; transform: taken back:ENOSPC', [/^warning: EIO: /]],
  ])('%s is told before a second failure, that of taking it back', async (_what, command, faults, reasons) => {
    await using repo = await repository();
    if (command[0] !== 'layout') await repo.daft('layout', 'transform', 'contained');
    const { exitCode, stderr } = await repo.daftWith({ cwd: mainTree(repo), env: { DAFT_FAULT: faults } }, ...command);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toEqual([
      ...reasons.map((reason) => expect.stringMatching(reason) as string),
      expect.stringMatching(/^warning: Could not note what has been taken back: ENOSPC: /),
      'Error: Not everything could be taken back; nothing is lost',
      expect.stringMatching(/^Mend what the warnings name and run the command again\./),
      '',
    ]);
  });

  test('in the registry leaves the repository transformed, and says so', async () => {
    await using repo = await repository();
    rmSync(repo.home.config, { recursive: true, force: true });
    mkdirSync(dirname(repo.home.config), { recursive: true });
    writeFileSync(repo.home.config, 'no directory');
    expect(await repo.daft('layout', 'transform', 'nested')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed to save layout to repos.json') });
    expect(await repo.worktrees()).toMatchObject({ test: repo.at('app/.worktrees/test') });
  });
});

describe('what could not be taken back', () => {
  test.each([
    ['the flag of a bare repository, whose changes git then does not find', 'sibling', 'contained', 'transform: after set-bare:EIO; transform: taking back:EIO', 2],
    ['the flag, when the git directory is in its old place again', 'contained', 'contained-classic', 'transform: after set-bare:EIO; transform: taking back:EIO', 1],
    ['a full disk has stopped at a file', 'sibling', 'contained', 'transform: before check:EIO; transform: taking back@3:ENOSPC', 1],
    ['a full disk has stopped at a directory', 'sibling', 'contained-classic', 'transform: before check:EIO; transform: taking back@7:ENOSPC', 1],
  ])('is taken back by the next command: %s', async (_what, from, to, faults, failures) => {
    await using repo = await repository();
    await repo.daft('layout', 'transform', from);
    writeFiles(mainTree(repo), { 'a.txt': 'changed\n', untracked: 'u\n' });
    const state = async () => [await repo.worktrees(mainTree(repo)), await repo.status(mainTree(repo)), registry(repo), await repo.home.git(mainTree(repo), 'stash', 'list')];
    const before = await state();
    const { exitCode, stderr } = await repo.daftWith({ cwd: mainTree(repo), env: { DAFT_FAULT: faults } }, 'layout', 'transform', to, '--force');
    expect({ exitCode, failures: stderr.match(/^warning: Could not take back a step/gm)?.length }, stderr).toEqual({ exitCode: 1, failures });
    expect(await repo.daftWith({ cwd: repo.at('app') }, 'layout', 'transform', from, '--force')).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('Could not') as string });
    expect(await state()).toEqual(before);
  });
});

test('what a killed transform left is taken back by the next, which says so, and by no dry run', async () => {
  await using repo = await repository();
  const killed = await repo.daftWith({ env: { DAFT_FAULT: 'transform: renamed@5:kill' } }, 'layout', 'transform', 'contained');
  expect(killed.exitCode).toBe(137);
  expect(existsSync(repo.at('app/.daft-transform-staging'))).toBe(true);
  expect(await repo.daft('layout', 'transform', 'nested', '--dry-run')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("An earlier 'daft layout transform contained' was interrupted half-way") });
  expect(existsSync(repo.at('app/.daft-transform-staging'))).toBe(true);
  for (const command of [['start', 'new'], ['go', 'test'], ['remove', 'test'], ['carry', 'test']]) {
    expect(await repo.daft(...command)).toMatchObject({
      exitCode: 1,
      stderr: 'Error: A transform of this repository is under way, or was interrupted\nIf none is running, give the command again, which first takes back what was done: daft layout transform contained\n',
    });
  }
  expect(await repo.daft('layout', 'transform', 'sibling')).toMatchObject({
    exitCode: 0,
    stdout: "Transformed to layout 'sibling'.\n",
    stderr: "warning: An earlier 'daft layout transform contained' was interrupted half-way; taking it back\n",
  });
  expect(await repo.worktrees()).toEqual({ main: repo.path, test: repo.at('app.test'), 'feature/x': repo.at('app.feature-x') });
  expect(await repo.status(repo.path)).toBe('');
});

test.each([[['adopt'], 0], [['eject'], 1], [['multi-remote', 'enable', '--force'], 0], [['multi-remote', 'disable'], 0], [['multi-remote', 'move', 'test', '--to', 'origin'], 1]])(
  'what a killed transform left is taken back by %j, too', async (command, exitCode) => {
    await using repo = await repository();
    await repo.daftWith({ env: { DAFT_FAULT: 'transform: renamed@5:kill' } }, 'layout', 'transform', 'contained');
    const taker = await repo.daft(...command);
    expect(taker).toMatchObject({ exitCode, stderr: expect.stringContaining("An earlier 'daft layout transform contained' was interrupted half-way; taking it back\n") });
    expect(await repo.worktrees()).toMatchObject({ test: repo.at('app.test'), 'feature/x': repo.at('app.feature-x') });
    expect(existsSync(repo.at('app/.git/.daft/transform'))).toBe(false);
  },
);

test('one at a time takes back what a killed transform left', async () => {
  await using repo = await repository();
  await repo.daftWith({ env: { DAFT_FAULT: 'transform: renamed@5:kill' } }, 'layout', 'transform', 'contained');
  const taker = repo.home.start('daft', ['layout', 'transform', 'sibling'], { cwd: repo.path, env: { DAFT_FAULT: 'transform: taking back@2:stop' } });
  await expect.poll(() => readFileSync(`/proc/${taker.pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0], { timeout: 20_000 }).toBe('T');
  expect(await repo.daft('layout', 'transform', 'sibling')).toMatchObject({ exitCode: 1, stderr: 'Error: Another transform of this repository is under way\n' });
  taker.signal('SIGCONT');
  expect(await taker.ended).toMatchObject({ exitCode: 0 });
  expect(await repo.worktrees()).toEqual({ main: repo.path, test: repo.at('app.test'), 'feature/x': repo.at('app.feature-x') });
  expect(await repo.status(repo.path)).toBe('');
});

test('one whose plan another has overtaken changes nothing, and says so', async () => {
  await using repo = await repository();
  const shim = join(repo.home.root, 'shim');
  const overtaken = join(repo.home.root, 'overtaken');
  mkdirSync(shim);
  const other = `cd '${repo.path}' && daft layout transform nested >'${overtaken}' 2>&1`;
  writeFileSync(join(shim, 'git'), `#!/bin/sh\nPATH=\${PATH#*:}\ncase " $* " in *" status "*) mkdir '${overtaken}.once' 2>/dev/null && (${other}) ;; esac\nexec git "$@"\n`, { mode: 0o755 });
  expect(await repo.daftWith({ env: { PATH: `${shim}:${repo.home.env['PATH']}` } }, 'layout', 'transform', 'contained')).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: 'Error: The worktrees of this repository have been moved meanwhile\nNothing was changed. Look where they are, and try again.\n',
  });
  expect(readFileSync(overtaken, 'utf8')).toBe("Transformed to layout 'nested'.\n");
  expect(await repo.worktrees()).toEqual({ main: repo.path, test: repo.at('app/.worktrees/test'), 'feature/x': repo.at('app/.worktrees/feature-x') });
  expect(readdirSync(repo.at('app/.git/.daft')).filter((name) => name.startsWith('transform'))).toEqual([]);
});

test('there is one journal at a time, and none where no git directory is any more', async () => {
  await using repo = await repository();
  const commonDir = repo.at('app/.git');
  const journal = Journal.begin(commonDir, 'daft layout transform nested');
  const left = join(commonDir, '.daft/transform/.tmp-1-0123456789ab'); // of one that is about to find the journal there
  writeFileSync(left, '');
  expect(Journal.begin(commonDir, 'daft layout transform nested')).toBeUndefined();
  expect(existsSync(left)).toBe(true);
  journal?.finish();
  expect(existsSync(join(commonDir, '.daft/transform'))).toBe(false);
  expect(Journal.begin(repo.at('gone/.git'), 'daft layout transform nested')).toBeUndefined();
  expect(existsSync(repo.at('gone'))).toBe(false);
});

/** Takes back what `journal` has, as the answers are, and tells what of it there was to be followed. */
async function follow(journal: Journal | undefined, answers: ('followed' | 'failed' | 'stop')[]) {
  const followed: Undo[] = [];
  const result = await journal?.takeBack((undo) => {
    followed.push(undo);
    return Promise.resolve(answers.shift() ?? 'followed');
  });
  return { result, followed };
}

test('to cross out what has been taken back needs no room on the disk', async () => {
  await using repo = await repository();
  const commonDir = repo.at('app/.git');
  const journal = Journal.begin(commonDir, 'daft layout transform ü');
  const undos = ['one', 'zwei ü', 'three'].map((name): Undo => ({ undo: 'make-directory', path: repo.at(name) }));
  for (const undo of undos) journal?.note(undo);
  const path = join(commonDir, '.daft/transform/journal');
  const { size } = statSync(path);
  appendFileSync(path, ' {"undo":"make-dir'); // the next note, which its writer did not live to finish
  const resume = () => Journal.resume(commonDir, readFileSync(path, 'utf8'));
  expect(await follow(journal, ['followed', 'stop'])).toEqual({ result: 'in part', followed: [undos[2], undos[1]] });
  expect(await follow(resume(), ['failed'])).toEqual({ result: 'in part', followed: [undos[1], undos[0]] });
  expect(await follow(resume(), [])).toEqual({ result: 'all', followed: [undos[1]] });
  expect(await follow(resume(), [])).toEqual({ result: 'all', followed: [] });
  expect(statSync(path).size).toBe(size + 18);
});

test('a file that is called like the branch goes where the others go', async () => {
  await using repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', main: 'm\n', test: 't\n' } }] } });
  await repo.git('worktree', 'add', '--quiet', '-b', 'test', '../app.test');
  for (const layout of ['contained-classic', 'contained-flat', 'sibling', 'contained-classic']) {
    expect(await repo.daftWith({ cwd: mainTree(repo) }, 'layout', 'transform', layout), layout).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.status(mainTree(repo)), layout).toBe('');
    expect(readFileSync(join(mainTree(repo), 'main'), 'utf8')).toBe('m\n');
  }
  // Up again it would come to where the git directory still is.
  expect(await repo.daftWith({ cwd: mainTree(repo) }, 'layout', 'transform', 'sibling')).toMatchObject({
    exitCode: 1,
    stderr: `Error: Target path already exists: ${repo.at('app/main')}\n`,
  });
  expect(await repo.worktrees(repo.at('app/main'))).toEqual({ main: repo.at('app/main'), test: repo.at('app/test') });
});

test('a worktree that has lost its .git file stops a transform, and everything else is as it was', async () => {
  await using repo = await repository();
  await repo.daft('layout', 'transform', 'nested');
  rmSync(repo.at('app/.worktrees/test/.git'));
  writeFiles(repo.at('app'), { '.worktrees/test/precious': '' });
  const before = await repo.worktrees();
  for (const force of [[], ['--force']]) {
    const { exitCode, stderr } = await repo.daft('layout', 'transform', 'sibling', ...force);
    expect(stderr).toMatch(/^Error: Failed to look for uncommitted changes in '.*test': not a git repository .*\n$/);
    expect(exitCode).toBe(1);
  }
  expect(await repo.worktrees()).toEqual(before);
  expect(existsSync(repo.at('app/.worktrees/test/precious'))).toBe(true);
  expect(existsSync(repo.at('app/.git/.daft/transform'))).toBe(false);
});

test.for([
  ['nothing', ''],
  ['what is no JSON', '\0\0\0\n'],
  ['what is no object', 'null\n'],
  ['that of a later version', header({ version: 2 })],
  ['a note that is cut, and goes on', `${header({})} {"undo":"make-dir\n {"undo":"make-directory","path":"/nowhere"}\n`],
  ['an empty line', `${header({})}\n`],
  ['a note that a later version knows', `${header({})} {"undo":"unmake","path":"/nowhere"}\n`],
  ['a note without what it needs', `${header({})} {"undo":"rename"}\n`],
  ['a mark that a later version knows', `${header({})}+{"undo":"make-directory","path":"/nowhere"}\n`],
])('a journal with %s is not followed, and not forgotten', async ([, text = '']) => {
  await using repo = await repository();
  const path = repo.at('app/.git/.daft/transform/journal');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const { exitCode, stderr } = await repo.daft('layout', 'transform', 'contained');
  expect(stderr).toMatch(/^Error: A transform of this repository was interrupted, and its journal cannot be read\n.*\.daft\/transform\n$/);
  expect(exitCode).toBe(1);
  expect(await repo.daft('go', 'test')).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: A transform of this repository (was|is under way, or was) interrupted/) });
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(await repo.worktrees()).toMatchObject({ main: repo.path, test: repo.at('app.test') });
});

function header(changed: object): string {
  return `${JSON.stringify({ version: 1, holder: 'gone', command: 'daft layout transform nested', commonDir: '/nowhere', ...changed })}\n`;
}

test('Ctrl-C takes everything back', async () => {
  await using repo = await repository();
  const daft = repo.home.start('daft', ['layout', 'transform', 'contained', '-v'], { cwd: repo.path, env: { DAFT_FAULT: 'transform: after nest:stop' } });
  await daft.says('Nest files');
  await expect.poll(() => readFileSync(`/proc/${daft.pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0], { timeout: 20_000 }).toBe('T');
  daft.signal('SIGINT');
  daft.signal('SIGCONT');
  expect(await daft.ended).toMatchObject({ exitCode: 130 });
  expect(await repo.status(repo.path)).toBe('');
  expect(await repo.worktrees()).toMatchObject({ main: repo.path, test: repo.at('app.test') });
});

test('Ctrl-C while git looks for changes does not wait for the worktrees that it has not come to', async () => {
  await using repo = await repository();
  const names = Array.from({ length: 9 }, (_, index) => `w${index}`);
  for (const name of names) await repo.daft('start', name);
  writeFiles(repo.at('.'), {
    'bin/git': `#!/bin/sh
case "$*" in *status*)
  if [ -e '${repo.at('app/.git/.daft/transform/journal')}' ]; then
    echo >> '${repo.at('asked')}'
    mkdir '${repo.at('interrupted')}' 2>/dev/null && kill -INT "$(ps -o ppid= $PPID | tr -d ' ')"
  fi
esac
PATH="\${PATH#*:}" exec git "$@"
`,
  });
  chmodSync(repo.at('bin/git'), 0o755);
  const before = await repo.worktrees();
  const transform = await repo.daftWith({ env: { PATH: `${repo.at('bin')}:${repo.home.env['PATH']}` } }, 'layout', 'transform', 'nested');
  expect(transform).toMatchObject({ exitCode: 130 });
  expect(readFileSync(repo.at('asked'), 'utf8').length).toBeLessThan(names.length);
  expect(await repo.worktrees()).toEqual(before);
  expect(existsSync(repo.at('app/.git/.daft/transform'))).toBe(false);
});

test('locked worktrees keep the reason of their lock when they are forced to move', async () => {
  await using repo = await repository();
  await repo.git('worktree', 'lock', '--reason', 'on a stick', '../app.test');
  expect(await repo.daft('layout', 'transform', 'nested')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Worktree 'test' is locked (on a stick)") });
  expect(await repo.daft('layout', 'transform', 'nested', '--force')).toMatchObject({ exitCode: 0 });
  expect(await repo.git('worktree', 'list', '--porcelain')).toContain('locked on a stick');
});

test('outside a repository, with an unknown layout, or in an unusual repository it is refused', async () => {
  await using repo = await repository();
  expect(await repo.daftWith({ cwd: '/' }, 'layout', 'transform', 'nested')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Not inside a Git repository. Run this command from within a repo.') });
  expect(await repo.daft('layout', 'transform', 'nestd')).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: Unknown layout 'nestd'\n[^]*nested/) });
  expect(await repo.daft('layout', 'transform')).toMatchObject({ exitCode: 2 });
  await repo.home.git(repo.at(), 'clone', '--quiet', '--bare', repo.remote, 'odd.git');
  expect(await repo.daftWith({ cwd: repo.at('odd.git') }, 'layout', 'transform', 'contained')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("whose git directory is called '.git'") });
});
