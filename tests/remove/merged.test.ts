import { expect, test } from 'vitest';
import { createGit } from '../../src/git';
import { isMerged } from '../../src/worktree/remove/merged';
import { orchard, type Orchard } from './repository';

async function merged(repo: Orchard, branch: string, target = 'main'): Promise<boolean> {
  const [tip, into] = [await repo.git('rev-parse', branch), await repo.git('rev-parse', target)];
  return isMerged(createGit(repo.home.env), repo.path, { tip, target: into });
}

/** A file of which both ends can be changed without conflict. */
function lines(first: string, last: string): string {
  return [first, ...Array.from({ length: 20 }, (_, index) => String(index)), last, ''].join('\n');
}

test('a branch is merged by a merge, a fast-forward, a rebase, or a squash, and not before', async () => {
  await using repo = await orchard();
  for (const way of ['merge', 'forward', 'rebase', 'squash']) await repo.plant(way, { [`${way}-1`]: '1\n' }, { [`${way}-2`]: '2\n' });
  for (const way of ['merge', 'forward', 'rebase', 'squash']) expect([way, await merged(repo, way)]).toEqual([way, false]);

  await repo.git('merge', '--quiet', '--ff-only', 'forward');
  await repo.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'merge');
  await repo.git('cherry-pick', 'main..rebase');
  await repo.git('merge', '--quiet', '--squash', 'squash');
  await repo.git('commit', '--quiet', '-m', 'squashed');
  for (const way of ['merge', 'forward', 'rebase', 'squash']) expect([way, await merged(repo, way)]).toEqual([way, true]);
});

test('a squash onto a target that had changed the same file is found by merging again', async () => {
  await using repo = await orchard();
  await repo.commit(repo.path, { file: lines('a', 'z') });
  await repo.plant('x', { file: lines('a', 'branch') }, { file: lines('a', 'branch again') });
  await repo.commit(repo.path, { file: lines('main', 'z'), other: '1\n' });
  await repo.commit(repo.path, { 'ümläut file': 'unrelated\n' });
  expect(await merged(repo, 'x')).toBe(false);
  // As hosting services do it: the branch brought up to date first, then everything in one commit.
  await repo.git('merge', '--quiet', '--squash', 'x');
  await repo.commit(repo.path, { file: lines('main', 'branch again') });
  await repo.commit(repo.path, { file: lines('main', 'later'), third: '' });
  expect(await merged(repo, 'x')).toBe(true);
});

test('half of a branch, or a revert of it, does not count', async () => {
  await using repo = await orchard();
  await repo.plant('x', { one: '1\n' }, { two: '2\n' });
  await repo.git('cherry-pick', 'x~1');
  expect(await merged(repo, 'x')).toBe(false);
});

test('unrelated histories and objects that are missing are not merged', async () => {
  await using repo = await orchard();
  await repo.plant('x', { else: 'something\n' });
  const orphan = await repo.git('commit-tree', 'x^{tree}', '-m', 'orphan');
  const git = createGit(repo.home.env);
  const target = await repo.git('rev-parse', 'main');
  expect(await isMerged(git, repo.path, { tip: orphan, target })).toBe(false);
  expect(await isMerged(git, repo.path, { tip: 'f'.repeat(40), target })).toBe(false);
});

test('it needs no name of the user', async () => {
  await using repo = await orchard();
  await repo.plant('x', { one: '1\n' }, { two: '2\n' });
  await repo.git('merge', '--quiet', '--squash', 'x');
  await repo.git('commit', '--quiet', '-m', 'squashed');
  await repo.git('config', '--global', '--unset', 'user.email');
  await repo.git('config', '--global', 'user.useConfigOnly', 'true');
  expect(await merged(repo, 'x')).toBe(true);
});
