import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { playground } from '../create/support';

test('-C goes there first, each path from where the last one led, and an empty one nowhere', async () => {
  await using repo = await playground();
  mkdirSync(repo.at('elsewhere'));
  const from = (cwd: string, ...args: string[]) => repo.daftWith({ cwd }, ...args);
  expect(await from(repo.at('elsewhere'), '-C', '../app', 'start', 'x')).toMatchObject({ exitCode: 0, stderr: '', stdout: "Created worktree 'x' from 'origin/main'\n" });
  const paths = await from('/', '-C', repo.home.work, '-C', '', '-C', 'app.x', 'list', '--format', 'json', '--columns', 'branch,path');
  expect(JSON.parse(paths.stdout)).toEqual(expect.arrayContaining([expect.objectContaining({ path: '.' }), expect.objectContaining({ path: '../app' })]));
  expect((await from('/', '-C', repo.path, '-C', '/', 'layout', 'show'))).toMatchObject({ exitCode: 1 });
  expect((await repo.home.run('git-worktree-list', ['-C', repo.path, '--format', 'json'], { cwd: '/' })).exitCode).toBe(0);
  expect((await repo.home.run('git', ['daft', '-C', repo.path, 'layout'], { cwd: '/' })).stdout).toContain('sibling');
});

test('-C is for the front: behind the command it belongs to the command', async () => {
  await using repo = await playground();
  expect(await repo.daft('list', '-C', '..')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("unexpected argument '-C' found") });
});

test('-C to where nobody can go is said once, with nothing done', async () => {
  await using repo = await playground();
  expect(await repo.daft('-C', 'nowhere', 'start', 'x')).toMatchObject({ exitCode: 2, stdout: '', stderr: "daft: -C: 'nowhere': not a directory\n" });
  expect(await repo.daft('-C', 'a.txt', 'start', 'x')).toMatchObject({ exitCode: 2, stderr: "daft: -C: 'a.txt': not a directory\n" });
  expect(await repo.daft('-C')).toMatchObject({ exitCode: 2, stderr: 'daft: -C: option requires an argument\n' });
  expect(await repo.worktrees()).toEqual({ main: repo.path });
});

test('the path leads the shell, too: the destination is that of the command', async () => {
  await using repo = await playground();
  expect(await repo.lead(repo.home.work, '-C', 'app', 'start', 'x')).toMatchObject({ exitCode: 0, destination: repo.at('app.x') });
});
