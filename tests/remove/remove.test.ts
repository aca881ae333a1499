import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor, writeFiles } from '../support';
import { orchard } from './repository';

test('branches go by name or by path, each once, with ignored files and empty parents', async () => {
  await using repo = await orchard();
  await repo.commit(repo.path, { '.gitignore': 'ignored\n' });
  await repo.git('push', '--quiet', 'origin', 'main');
  const nested = await repo.plant('team/deep/x');
  await repo.plant('y');
  await repo.plant('z');
  await repo.git('branch', 'bare');
  writeFiles(nested, { ignored: '' });

  const { stdout, stderr, exitCode } = await repo.daft('remove', '../team/deep/x', 'team/deep/x', 'bare', join(repo.home.work, 'y'));
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toBe('Deleted team/deep/x (worktree, local branch)\nDeleted bare (local branch)\nDeleted y (worktree, local branch)\n');
  expect(await repo.branches()).toEqual(['main', 'z']);
  expect(existsSync(nested)).toBe(false);
});

test('parents that are left empty go, up to the project root and not beyond', async () => {
  await using repo = await orchard();
  const container = join(repo.home.work, 'container');
  await repo.home.git(repo.home.work, 'clone', '--quiet', '--bare', repo.remote, join(container, '.git'));
  const git = (...args: string[]) => repo.home.git(container, ...args);
  await git('worktree', 'add', '--quiet', join(container, 'main'), 'main');
  await git('worktree', 'add', '--quiet', '-b', 'a/b/c', join(container, 'a/b/c'));
  await git('worktree', 'add', '--quiet', '-b', 'a/d', join(container, 'a/d'));
  await git('worktree', 'add', '--quiet', '-b', 'out', join(repo.home.work, 'out/side/out'));

  expect((await repo.home.daft(['remove', 'a/b/c', 'out'], { cwd: container })).exitCode).toBe(0);
  expect(readdirSync(join(container, 'a'))).toEqual(['d']);
  expect(existsSync(join(repo.home.work, 'out/side'))).toBe(true);
  expect((await repo.home.daft(['remove', 'a/d'], { cwd: container })).exitCode).toBe(0);
  expect(readdirSync(container).toSorted()).toEqual(['.git', 'main']);
});

test('a path of a worktree beats a branch of the same name', async () => {
  await using repo = await orchard();
  const path = join(repo.home.work, 'twin');
  await repo.git('worktree', 'add', '--quiet', '-b', 'other', path);
  await repo.git('branch', 'twin');
  expect((await repo.home.daft(['remove', 'twin'], { cwd: join(repo.home.work) })).stderr).toContain('Not inside a Git repository');
  expect((await repo.daft('remove', '../twin')).stdout).toBe('Deleted other (worktree, local branch)\n');
  expect((await repo.daft('remove', 'twin')).stdout).toBe('Deleted twin (local branch)\n');
});

test('whoever stands in what is removed is told where to go, last of all', async () => {
  await using repo = await orchard();
  const here = await repo.plant('here');
  await repo.plant('there');
  const cwd = join(here, 'below');
  writeFiles(here, { 'below/ignored': '' });
  const file = join(repo.home.root, 'cd');
  writeFileSync(file, '');

  const { stdout, stderr } = await repo.home.daft(['remove', '-f', 'here', 'there'], { cwd });
  expect(stdout).toBe(`Deleted there (worktree, local branch)\nDeleted here (worktree, local branch)\nRun \`cd ${repo.path}\` (your previous working directory was removed)\n`);
  expect(stderr).toBe('');

  const again = await repo.plant('again');
  const wrapped = await repo.home.daft(['remove', '.'], { cwd: again, env: { DAFT_CD_FILE: file } });
  expect(wrapped.stdout).toBe('Deleted again (worktree, local branch)\n');
  expect(readFileSync(file, 'utf8')).toBe(repo.path);
});

test('the destination can be the worktree of the default branch, if there is one', async () => {
  await using repo = await orchard();
  await repo.git('checkout', '--quiet', '--detach');
  await repo.git('config', 'daft.prune.cdTarget', 'default-branch');
  const main = join(repo.home.work, 'main-tree');
  const one = await repo.plant('one');
  expect((await repo.home.daft(['remove', 'one'], { cwd: one })).stdout).toContain(`Run \`cd ${repo.path}\``);
  await repo.git('worktree', 'add', '--quiet', main, 'main');
  const two = await repo.plant('two');
  expect((await repo.home.daft(['remove', 'two'], { cwd: two })).stdout).toContain(`Run \`cd ${main}\``);
});

test('the remote branch goes only where the settings or the command line say so', async () => {
  await using repo = await orchard();
  const onRemote = async () => (await repo.git('ls-remote', '--heads', 'origin')).split('\n').map((line) => line.replace(/^.*refs\/heads\//, ''));
  for (const branch of ['a', 'b', 'c']) {
    await repo.plant(branch);
    await repo.git('push', '--quiet', '-u', 'origin', branch);
  }
  await repo.daft('remove', 'a');
  await repo.git('config', 'daft.branchDelete.remote', 'true');
  expect((await repo.daft('remove', 'b')).stdout).toBe('Deleted b (worktree, local branch, remote branch)\n');
  await repo.daft('remove', '--local', 'c');
  expect(await onRemote()).toEqual(['a', 'c', 'main']);

  expect(await repo.daft('remove', '--remote', 'a')).toMatchObject({ stdout: 'Deleted a (remote branch)\n', exitCode: 0 });
  expect(await onRemote()).toEqual(['c', 'main']);
  expect((await repo.daft('remove', '--remote', 'a', 'c')).stderr).toBe(
    "error: cannot delete 'a': no remote branch found for 'a' on 'origin'\nError: Aborting: 1 of 2 branches failed validation. No branches were deleted.\n",
  );
  expect((await repo.daft('remove', '--remote', '-f', 'main')).stderr).toContain("cannot delete 'main': refusing to delete the default branch 'main'");
  expect(await onRemote()).toEqual(['c', 'main']);
});

test('a remote that cannot be reached keeps nothing but its branch', async () => {
  await using repo = await orchard();
  await repo.plant('x');
  await repo.git('push', '--quiet', '-u', 'origin', 'x');
  await repo.git('config', 'daft.branchDelete.remote', 'true');
  await repo.git('config', 'remote.origin.url', join(repo.home.root, 'nowhere'));
  const { stdout, stderr, exitCode } = await repo.daft('remove', 'x');
  expect({ stdout, exitCode }).toEqual({ stdout: 'Deleted x (worktree, local branch)\n', exitCode: 1 });
  expect(stderr).toContain("error: Failed to delete remote branch 'origin/x': ");
  expect(stderr).toContain('Error: Some branches could not be fully deleted; see errors above\n');
});

test('a lagging local default branch is no reason to refuse', async () => {
  await using repo = await orchard();
  await repo.plant('x', { a: 'a\n' });
  await repo.git('push', '--quiet', 'origin', 'x:main');
  expect((await repo.daft('remove', 'x')).stdout).toBe('Deleted x (worktree, local branch)\n');
});

test('quiet is quiet, verbose tells the steps', async () => {
  await using repo = await orchard();
  const here = await repo.plant('here');
  expect(await repo.home.daft(['remove', '-q', 'here'], { cwd: here })).toMatchObject({ stdout: '', stderr: '' });
  const path = await repo.plant('x');
  expect((await repo.daft('remove', '-v', 'x')).stdout).toBe(`Checking 'x'...\nRemoving worktree '${path}'...\nDeleting branch 'x'...\nDeleted x (worktree, local branch)\n`);
});

test('many removals at once leave nothing of any branch', async () => {
  await using repo = await orchard();
  const names = Array.from({ length: 6 }, (_, index) => `x${index}`);
  for (const name of names) await repo.plant(name);
  for (const name of names) await repo.git('config', `branch.${name}.description`, 'so that the configuration is written too');
  const ran = await Promise.all(names.map((name) => repo.daft('remove', name)));
  expect(ran.map(({ stderr, exitCode }) => ({ stderr, exitCode }))).toEqual(names.map(() => ({ stderr: '', exitCode: 0 })));
  expect(await repo.branches()).toEqual(['main']);
  expect(await repo.git('config', '--get-regexp', '^branch\\.x').catch(() => '')).toBe('');
});

test('two removals of one branch: one does it, the other fails without harm', async () => {
  await using repo = await orchard();
  await repo.plant('x');
  const ran = await Promise.all([repo.daft('remove', 'x'), repo.daft('remove', 'x')]);
  expect(ran.filter(({ stdout }) => stdout.includes('local branch')).length).toBe(1);
  expect(await repo.branches()).toEqual(['main']);
  expect(await repo.worktrees()).toEqual([repo.path]);
});

const trusted = { DAFT_TESTING: '1' };

test('hooks run around the removal, know why, and only warn when they fail', async () => {
  await using repo = await orchard();
  const say = (hook: string) => `echo "${hook} $PWD $DAFT_COMMAND $DAFT_REMOVAL_REASON $DAFT_BRANCH_NAME $(test -d "$DAFT_WORKTREE_PATH" && echo there || echo gone)" >> '${repo.home.root}/story'; exit 3`;
  const hooks = { 'worktree-pre-remove': { jobs: [{ name: 'pre', run: say('pre') }] }, 'worktree-post-remove': { jobs: [{ name: 'post', run: say('post') }] } };
  await repo.commit(repo.path, { 'other.txt': '' });
  writeFiles(repo.path, { 'daft.yml': JSON.stringify({ hooks }) });
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hooks');
  const path = await repo.plant('x');
  await repo.daft('hooks', 'trust', '-f');

  const { stdout, stderr, exitCode } = await repo.daftWith({ env: trusted }, 'remove', 'x');
  expect({ stdout, exitCode }).toEqual({ stdout: 'Deleted x (worktree, local branch)\n', exitCode: 0 });
  expect(readFileSync(join(repo.home.root, 'story'), 'utf8')).toBe(`pre ${path} branch-delete manual x there\npost ${repo.path} branch-delete manual x gone\n`);
  expect(stderr).toContain('warning: worktree-pre-remove hook failed with exit code 3 (continuing anyway)\n');
  expect(stderr).toContain('warning: Pre-remove hook failed for x: worktree-pre-remove hook failed with exit code 3\n');
  expect(stderr).toContain('warning: Post-remove hook failed for x: worktree-post-remove hook failed with exit code 3\n');

  await repo.git('config', 'daft.hooks.worktreePreRemove.failMode', 'abort');
  await repo.plant('kept');
  await repo.git('branch', 'goes');
  const aborted = await repo.daftWith({ env: trusted }, 'remove', 'kept', 'goes');
  expect({ stdout: aborted.stdout, exitCode: aborted.exitCode }).toEqual({ stdout: 'Deleted goes (local branch)\n', exitCode: 1 });
  expect(aborted.stderr).toContain('error: Pre-remove hook failed for kept: worktree-pre-remove hook failed with exit code 3\n');
  expect(await repo.branches()).toEqual(['kept', 'main']);
});

test('what a hook commits at the last moment is not lost', async () => {
  await using repo = await orchard();
  const jobs = [{ name: 'save', run: 'echo x > late && git add late && git commit -q -m late' }];
  writeFiles(repo.path, { 'daft.yml': JSON.stringify({ hooks: { 'worktree-pre-remove': { jobs } } }) });
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hooks');
  await repo.plant('x');
  await repo.daft('hooks', 'trust', '-f');
  const { stderr, exitCode } = await repo.daftWith({ env: trusted }, 'remove', 'x');
  expect(stderr).toContain("error: Branch 'x' has changed while it was being removed and is kept\n");
  expect(exitCode).toBe(1);
  expect(await repo.branches()).toContain('x');
});

test('background jobs of the worktree are stopped first, and their records stay', async () => {
  await using repo = await orchard();
  const job = await repo.puppet('watch', { background: true });
  const yaml = readFileSync(join(repo.path, 'daft.yml'), 'utf8');
  const path = await repo.plant('x');
  writeFileSync(join(path, 'daft.yml'), yaml);
  await repo.home.daft(['hooks', 'run', 'worktree-post-create'], { cwd: path });
  await job.started();

  const { stdout, exitCode } = await repo.daft('remove', '-v', 'x');
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Stopping background job 'watch'...\nStopped background job 'watch'\n");
  await job.gone();
  await waitFor('the record of the job', () => repo.records().find(({ name, status }) => name === 'watch' && status === 'cancelled'));
  expect(existsSync(path)).toBe(false);
});
