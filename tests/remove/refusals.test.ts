import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome, writeFiles } from '../support';
import { orchard } from './repository';

const aborting = (failed: number, count: number) =>
  `Error: Aborting: ${failed} of ${count} ${count === 1 ? 'branch' : 'branches'} failed validation. No branches were deleted.\n`;

test('each reason is told for its branch, and nothing is deleted', async () => {
  await using repo = await orchard();
  await repo.plant('fine');
  writeFiles(await repo.plant('dirty'), { untracked: '' });
  await repo.plant('unmerged', { a: 'a\n' });
  await repo.git('push', '--quiet', 'origin', 'unmerged');
  await repo.plant('behind');
  await repo.commit(repo.path, { b: 'b\n' });
  await repo.git('push', '--quiet', 'origin', 'main:behind');
  const before = [await repo.branches(), await repo.worktrees()];

  const { stdout, stderr, exitCode } = await repo.daft('remove', 'fine', 'nope', 'main', 'dirty', 'unmerged', 'behind');
  expect(stderr).toBe(
    [
      "error: cannot delete 'nope': branch not found",
      "error: cannot delete 'main': refusing to delete the default branch 'main' (use --force to remove the worktree only)",
      "error: cannot delete 'dirty': has uncommitted changes in worktree (use -D to force)",
      "error: cannot delete 'unmerged': not merged into 'main' (use -D to force)",
      "error: cannot delete 'behind': local and remote branches are out of sync (use -D to force)",
      aborting(5, 6),
    ].join('\n'),
  );
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  expect([await repo.branches(), await repo.worktrees()]).toEqual(before);
});

test('the main working tree stays, forced or not', async () => {
  await using repo = await orchard();
  await repo.git('checkout', '--quiet', '-b', 'x');
  for (const args of [['x'], ['-f', 'x'], ['.']]) {
    const { stderr, exitCode } = await repo.daft('remove', ...args);
    expect(stderr).toBe(`error: cannot delete 'x': this is the main working tree; \`daft layout transform\` turns it into one that can be removed\n${aborting(1, 1)}`);
    expect(exitCode).toBe(1);
  }
  await repo.git('checkout', '--quiet', 'main');
  expect((await repo.daft('remove', '-f', 'main')).stderr).toContain("cannot delete 'main': this is the main working tree");
});

test('a worktree with another one inside stays, forced or not, even where git ignores the other', async () => {
  await using repo = await orchard();
  const outer = await repo.plant('outer');
  writeFiles(repo.path, { '.git/info/exclude': 'daft.yml\n.trees/\n' });
  const inner = join(outer, '.trees', 'inner');
  await repo.git('worktree', 'add', '--quiet', '-b', 'inner', inner);
  writeFiles(inner, { precious: '' });
  for (const args of [['outer'], ['-f', 'outer']]) {
    const { stderr, exitCode } = await repo.daft('remove', ...args);
    expect(stderr).toBe(`error: cannot delete 'outer': its worktree contains another one, of 'inner': ${inner}\n${aborting(1, 1)}`);
    expect(exitCode).toBe(1);
  }
  expect(await repo.home.git(inner, 'status', '--porcelain')).toBe('?? precious');
});

test('a rebase under way counts as uncommitted changes, however clean the worktree is', async () => {
  await using repo = await orchard();
  const path = await repo.plant('x', { one: '1\n' }, { two: '2\n' });
  await repo.git('merge', '--quiet', 'x');
  const env = { GIT_SEQUENCE_EDITOR: 'sed -i 1s/pick/edit/' };
  await repo.home.run('git', ['rebase', '--interactive', 'HEAD~2'], { cwd: path, env });
  await repo.home.git(path, 'commit', '--quiet', '--amend', '-m', 'better');
  expect(await repo.home.git(path, 'status', '--porcelain')).toBe('');
  expect((await repo.daft('remove', 'x')).stderr).toContain("cannot delete 'x': has uncommitted changes in worktree: a rebase, merge or the like is under way (use -D to force)");
  expect((await repo.daft('remove', '-f', 'x')).exitCode).toBe(0);
});

test('what a pre-remove hook leaves behind is seen, whatever the configuration hides', async () => {
  await using repo = await orchard();
  const path = await repo.plant('x');
  await repo.git('config', 'status.showUntrackedFiles', 'no');
  await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
  writeFiles(path, { 'daft.yml': JSON.stringify({ hooks: { 'worktree-pre-remove': { jobs: [{ name: 'write', run: 'echo >precious' }] } } }) });
  expect(await repo.daft('remove', 'x')).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(`Failed to remove worktree '${path}'`) });
  expect(await repo.home.git(path, 'status', '--porcelain', '--untracked-files=normal')).toBe('?? precious');
});

test('of the default branch, force takes the worktree alone', async () => {
  await using repo = await orchard();
  await repo.git('checkout', '--quiet', '-b', 'x');
  const path = join(repo.home.work, 'main-tree');
  await repo.git('config', 'daft.branchDelete.remote', 'true');
  await repo.git('worktree', 'add', '--quiet', path, 'main');
  writeFiles(path, { untracked: '' });
  expect(await repo.daft('remove', '-f', 'main')).toMatchObject({ stdout: 'Deleted main (worktree)\n', stderr: '', exitCode: 0 });
  expect(await repo.branches()).toContain('main');
  expect(await repo.git('ls-remote', '--heads', 'origin', 'main')).toContain('refs/heads/main');
  expect((await repo.daft('remove', '-f', 'main')).stderr).toBe(`error: cannot delete 'main': the default branch 'main' has no worktree to remove\n${aborting(1, 1)}`);
});

test('a detached worktree is no branch', async () => {
  await using repo = await orchard();
  const path = join(repo.home.work, 'loose');
  await repo.git('worktree', 'add', '--quiet', '--detach', path);
  const { stderr, exitCode } = await repo.daft('remove', '../loose');
  expect({ stderr, exitCode }).toEqual({ stderr: `Error: worktree at '${path}' has a detached HEAD; specify a branch name instead\n`, exitCode: 1 });
});

test('untracked files are protected even where the configuration hides them', async () => {
  await using repo = await orchard();
  writeFiles(await repo.plant('x'), { precious: '' });
  await repo.git('config', 'status.showUntrackedFiles', 'no');
  expect((await repo.daft('remove', 'x')).stderr).toContain('has uncommitted changes in worktree');
});

test('the git-style spelling wants one mode, and then branches', async () => {
  await using home = await temporaryHome();
  const says = async (...args: string[]) => {
    const { stderr, exitCode } = await home.run('git-worktree-branch', args);
    return [stderr.split('\n')[0], exitCode];
  };
  expect(await says('x')).toEqual(['error: one of -d (--delete), -D (--force), or -m (--move) is required.', 1]);
  expect(await says('-d', '-D', 'x')).toEqual(['error: only one of -d (--delete), -D (--force), or -m (--move) can be used at a time.', 1]);
  expect(await says('-D')).toEqual(['error: at least one branch name is required.', 1]);
  expect(await says('-d', '--dry-run', 'x')).toEqual(["error: unexpected argument '--dry-run' found", 2]);
  expect(await says('-d', '--local', '--remote', 'x')).toEqual(["error: the argument '--local' cannot be used with '--remote'", 2]);
  expect(await says('-d', 'x')).toEqual(['Error: Not inside a Git repository', 1]);
  expect((await home.daft(['remove'])).exitCode).toBe(2);
});

test('the deprecated spelling says so, and works', async () => {
  await using repo = await orchard();
  await repo.plant('x');
  const { stdout, stderr, exitCode } = await repo.home.run('git-worktree-branch-delete', ['x'], { cwd: repo.path });
  expect(stderr).toBe("warning: 'git worktree-branch-delete' is deprecated, use 'git worktree-branch -d/-D' instead.\n");
  expect({ stdout, exitCode }).toEqual({ stdout: 'Deleted x (worktree, local branch)\n', exitCode: 0 });
});

test('without a default branch nothing is judged', async () => {
  await using home = await temporaryHome();
  const container = join(home.work, 'app');
  await home.git(home.work, 'init', '--quiet', '--bare', join(container, '.git'));
  expect(await home.daft(['remove', 'x'], { cwd: container })).toMatchObject({ stderr: 'Error: Cannot determine default branch\n', exitCode: 1 });
});

test('a locked worktree is told, and keeps its branch, on the remote too; the others go', async () => {
  await using repo = await orchard();
  const locked = await repo.plant('locked');
  await repo.git('push', '--quiet', 'origin', 'locked');
  await repo.git('config', 'daft.branchDelete.remote', 'true');
  await repo.git('worktree', 'lock', locked);
  await repo.plant('fine');
  const { stdout, stderr, exitCode } = await repo.daft('remove', 'locked', 'fine');
  expect(stdout).toBe('Deleted fine (worktree, local branch)\n');
  expect(stderr).toContain(`error: Failed to remove worktree '${locked}': it is locked; to unlock it: git worktree unlock '${locked}'`);
  expect(await repo.git('ls-remote', '--heads', 'origin', 'locked')).toContain('refs/heads/locked');
  expect(stderr).toContain('Error: Some branches could not be fully deleted; see errors above\n');
  expect(exitCode).toBe(1);
  expect(await repo.branches()).toEqual(['locked', 'main']);

  rmSync(locked, { recursive: true });
  await repo.git('worktree', 'unlock', locked);
  const gone = await repo.daft('remove', 'locked');
  expect(gone).toMatchObject({ stdout: 'Deleted locked (worktree, local branch, remote branch)\n', stderr: `warning: The directory of worktree 'locked' is gone already: ${locked}\n`, exitCode: 0 });
});

test('a worktree with a submodule goes by force only', async () => {
  await using repo = await orchard();
  const path = await repo.plant('x');
  await repo.home.git(path, 'submodule', '--quiet', 'add', repo.remote, 'sub');
  await repo.home.git(path, 'commit', '--quiet', '-m', 'sub');
  await repo.git('merge', '--quiet', 'x');
  expect((await repo.daft('remove', 'x')).stderr).toContain('containing submodules cannot be');
  expect(await repo.branches()).toContain('x');
  expect(await repo.daft('remove', '-f', 'x')).toMatchObject({ stdout: 'Deleted x (worktree, local branch)\n', exitCode: 0 });
});
