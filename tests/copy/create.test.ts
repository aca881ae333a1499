import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../support';
import { writeFiles } from '../support/repository';
import { orchard } from './support';

describe('a new worktree', () => {
  test('has copies of what daft.yml names before its post-create hook runs', async () => {
    await using repo = await orchard({
      copy: ['node_modules/', '.env'],
      hooks: { 'worktree-post-create': { jobs: [{ name: 'see', run: 'cat node_modules/x/index.js .env >seen' }] } },
      ignored: { 'node_modules/x/index.js': 'x\n', '.env': 'A=1\n', 'build/out': '' },
    });
    await repo.daft('hooks', 'trust', '-f');
    expect(await repo.daft('start', 'x', '--no-carry')).toMatchObject({ exitCode: 0, stdout: "Created worktree 'x' from 'origin/main'\n" });
    expect(readFileSync(repo.at('app.x', 'seen'), 'utf8')).toBe('x\nA=1\n');
    expect(existsSync(repo.at('app.x', 'build'))).toBe(false);
    expect(existsSync(repo.at('app.x', '.daft-copy'))).toBe(false);
    expect(await repo.status(repo.at('app.x'))).toBe('?? seen');
  });

  test('has them without any trust, and tells each with -v', async () => {
    await using repo = await orchard({ copy: ['node_modules/'], ignored: { 'node_modules/x': '', 'packages/a/node_modules/y': '' } });
    const ran = await repo.daft('go', '-v', 'other');
    expect(ran.stdout).toContain("Copying 'node_modules' from 'main'\nCopying 'packages/a/node_modules' from 'main'\n");
    expect(existsSync(repo.at('app.other', 'packages/a/node_modules/y'))).toBe(true);
  });

  test('has what .worktreeinclude names, beside what daft.yml does', async () => {
    await using repo = await orchard({ '.worktreeinclude': '# secrets\n.env\n', copy: ['target'], ignored: { '.env': 'A', 'target/debug': '', 'node_modules/x': '' } });
    await repo.daft('start', 'x');
    expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.env', '.git', '.gitignore', '.worktreeinclude', 'daft.yml', 'packages', 'target']);
  });

  test('has what a list of your own names, which git does not know', async () => {
    await using repo = await orchard({ ignored: { '.worktreeinclude': '.env', '.env': 'A' } });
    writeFileSync(join(repo.path, '.git/info/exclude'), '.worktreeinclude\n');
    await repo.daft('start', 'x');
    expect(readFileSync(repo.at('app.x', '.env'), 'utf8')).toBe('A');
  });

  test('has none with daft.copy.enabled off, and is none the worse', async () => {
    await using repo = await orchard({ copy: ['node_modules/'], ignored: { 'node_modules/x': '' } });
    await repo.git('config', 'daft.copy.enabled', 'false');
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(repo.at('app.x', 'node_modules'))).toBe(false);
  });

  test('is served from its base, then from where you are, then from the default branch, then from the others', async () => {
    await using repo = await orchard({ copy: ['node_modules/', 'target', '.env', 'build/'], ignored: { 'node_modules/main': '', 'target/main': '', '.env': 'main' } });
    await repo.git('config', 'daft.copy.enabled', 'false');
    for (const name of ['base', 'here', 'third']) await repo.daft('start', name, 'main');
    await repo.git('config', 'daft.copy.enabled', 'true');
    writeFiles(repo.at('app.base'), { 'node_modules/base': '' });
    writeFiles(repo.at('app.here'), { 'node_modules/here': '', 'target/here': '' });
    writeFiles(repo.at('app.third'), { 'node_modules/third': '', 'build/third': '' });
    await repo.daftWith({ cwd: repo.at('app.here') }, 'start', 'x', 'base');
    const [modules, target, build] = ['node_modules', 'target', 'build'].map((name) => readdirSync(repo.at('app.x', name)));
    expect({ modules, target, build, env: readFileSync(repo.at('app.x', '.env'), 'utf8') }).toEqual({ modules: ['base'], target: ['here'], build: ['third'], env: 'main' });
  });

  test('of the layout nested gets nothing of its neighbours, and not itself', async () => {
    await using repo = await orchard({ copy: ['*', '**/node_modules/'], ignored: { 'node_modules/x': '' } });
    writeFiles(repo.home.config, { 'config.toml': '[defaults]\nlayout = "nested"\n' });
    await repo.daft('start', 'one');
    await repo.git('config', 'status.showUntrackedFiles', 'no');
    expect(await repo.daft('start', 'two', 'main')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(join(repo.path, '.worktrees')).toSorted()).toEqual(['one', 'two']);
    expect(readdirSync(join(repo.path, '.worktrees/two')).toSorted()).toEqual(['.git', '.gitignore', 'daft.yml', 'node_modules', 'packages']);
  });

  test('of a clone has what the hooks of the first one have made', async () => {
    await using repo = await orchard({ copy: ['node_modules/'], hooks: { 'post-clone': { jobs: [{ name: 'install', run: 'mkdir node_modules && echo of {branch} >node_modules/made' }] } } });
    const ran = await repo.home.daft(['clone', '--layout', 'contained', '--trust-hooks', '-b', 'main', '-b', 'other', repo.remote], { cwd: repo.home.root });
    expect(ran.exitCode).toBe(0);
    expect(existsSync(join(repo.home.root, 'app/main/node_modules/made'))).toBe(true);
    // Its branch has no daft.yml of its own that would name something else.
    expect(readFileSync(join(repo.home.root, 'app/other/node_modules/made'), 'utf8')).toBe('of main\n');
  });
});

describe('nothing is copied', () => {
  test('that the branch of the new worktree does not ignore', async () => {
    await using repo = await orchard({ ignored: { 'node_modules/x': '' } });
    writeFileSync(join(repo.path, '.git/info/exclude'), 'daft.yml\n');
    writeFileSync(join(repo.path, 'daft.yml'), 'copy: [node_modules]');
    await repo.git('checkout', '--quiet', '-b', 'open');
    await repo.git('rm', '--quiet', '.gitignore');
    await repo.git('commit', '--quiet', '-m', 'open');
    await repo.git('checkout', '--quiet', 'main');
    await repo.daft('go', 'open');
    expect(readdirSync(repo.at('app.open'))).not.toContain('node_modules');
  });

  test('that is tracked, or untracked and not ignored', async () => {
    await using repo = await orchard({ copy: ['*'], ignored: { untracked: '', 'node_modules/x': '' }, 'sub/tracked': '' });
    await repo.daft('start', 'x', 'other', '--no-carry');
    expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.git', '.gitignore', 'daft.yml', 'node_modules', 'other.txt', 'packages', 'sub']);
  });

  test('over what is there, nor through a link the branch brings along', async () => {
    await using repo = await orchard({ copy: ['build/x', 'target', '.env'], ignored: { 'build/x/y': 'theirs', 'target/a': '', '.env': 'theirs' } });
    const outside = repo.at('outside');
    mkdirSync(outside);
    await repo.git('checkout', '--quiet', '-b', 'trap');
    rmSync(join(repo.path, 'build'), { recursive: true });
    symlinkSync(outside, join(repo.path, 'build'));
    writeFileSync(join(repo.path, '.env'), 'tracked');
    await repo.git('add', '--force', 'build', '.env');
    await repo.git('commit', '--quiet', '-m', 'trap');
    await repo.git('checkout', '--quiet', 'main');
    writeFiles(repo.path, { 'build/x/y': 'theirs', '.env': 'theirs' });
    expect(await repo.daft('go', 'trap')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(repo.at('app.trap', '.env'), 'utf8')).toBe('tracked');
    expect(readdirSync(repo.at('app.trap', 'target'))).toEqual(['a']);
  });

  test('of .git, of what is outside, or of other worktrees and submodules that lie in the way', async () => {
    await using repo = await orchard({ copy: ['.git', '../secret', '/secret', 'build/'], ignored: { 'build/lib/.git': 'gitdir: /elsewhere\n', 'build/lib/file': '', 'build/own/.git/HEAD': '', 'build/file': '' } });
    writeFiles(repo.home.work, { secret: '' });
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(repo.at('app.x', 'build')).toSorted()).toEqual(['file', 'own']);
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });

  test('into a directory that belongs to the other branch, but into one that is there for ignored files alone', async () => {
    await using repo = await orchard({ copy: ['packages/*/node_modules', 'config/keys/.env'], ignored: { 'packages/a/node_modules/x': '', 'config/keys/.env': '' } });
    await repo.git('checkout', '--quiet', '-b', 'without');
    await repo.git('rm', '--quiet', '-r', 'packages');
    await repo.git('commit', '--quiet', '-m', 'without');
    await repo.git('checkout', '--quiet', 'main');
    await repo.daft('go', 'without');
    expect(readdirSync(repo.at('app.without')).toSorted()).toEqual(['.git', '.gitignore', 'config', 'daft.yml']);
  });

  test('when daft.yml is broken, and the hook tells why', async () => {
    await using repo = await orchard({ 'daft.yml': 'copy: node_modules\n', ignored: { 'node_modules/x': '' } });
    const ran = await repo.daft('start', 'x');
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain('daft.yml: copy: expected array, received string at line 1, column 7');
    expect(existsSync(repo.at('app.x', 'node_modules'))).toBe(false);
  });
});

test('a copy that fails is a warning, and the worktree is made all the same', async () => {
  await using repo = await orchard({ copy: ['node_modules/', '.env'], ignored: { 'node_modules/x': '', '.env': '' } });
  const ran = await repo.daftWith({ env: { DAFT_FAULT: 'copy: entry@3:EIO' } }, 'start', 'x');
  expect(ran).toMatchObject({ exitCode: 0, stderr: "warning: Could not copy 'node_modules' from 'main': EIO: fault at 'copy: entry'\n" });
  expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.env', '.git', '.gitignore', 'daft.yml', 'packages']);
});

test('Ctrl-C while copying leaves a worktree without the half of a copy, and says how to go on', async () => {
  await using repo = await orchard({ copy: ['node_modules/'], ignored: Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`node_modules/${index % 50}/${index}`, ''])) });
  // Stopped in the middle, told to end, and woken.
  const running = repo.home.start('daft', ['start', 'x'], { cwd: repo.path, env: { DAFT_NO_HINTS: '1', DAFT_FAULT: 'copy: entry@1000:stop' } });
  const stopped = () => readFileSync(`/proc/${running.pid}/stat`, 'utf8').split(') ')[1]?.startsWith('T') === true;
  await waitFor('daft to be stopped', stopped);
  running.signal('SIGINT');
  running.signal('SIGCONT');
  expect(await running.ended).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('warm') });
  expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.git', '.gitignore', 'daft.yml', 'packages']);
  expect(await repo.daftWith({ cwd: repo.at('app.x') }, 'warm')).toMatchObject({ exitCode: 0, stdout: "Copied 'node_modules' from 'main'\n" });
});

test('a creation that is killed while it copies is completed by the next command for the branch', async () => {
  await using repo = await orchard({
    copy: ['node_modules/'],
    hooks: { 'worktree-post-create': { jobs: [{ name: 'see', run: 'ls node_modules >seen' }] } },
    ignored: { 'node_modules/x': '', 'node_modules/y': '' },
  });
  await repo.daft('hooks', 'trust', '-f');
  expect((await repo.daftWith({ env: { DAFT_FAULT: 'copy: entry@3:kill' } }, 'start', 'x')).exitCode).toBe(137);
  expect(existsSync(repo.at('app.x', 'node_modules'))).toBe(false);
  expect((await repo.daft('go', 'x')).exitCode).toBe(0);
  expect(readFileSync(repo.at('app.x', 'seen'), 'utf8')).toBe('x\ny\n');
  expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.git', '.gitignore', 'daft.yml', 'node_modules', 'packages', 'seen']);
});
