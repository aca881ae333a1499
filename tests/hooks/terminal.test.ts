import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRepository } from '../support';

test('where hooks are to be asked for, a terminal is asked', async () => {
  await using repo = await temporaryRepository({
    branches: { main: { commits: [{ message: 'first', files: { 'daft.yml': 'hooks: {worktree-post-create: {jobs: [{run: touch ran}]}}' } }] } },
  });
  await repo.daft('hooks', 'prompt', '--force');
  const start = (branch: string, answer: string) => repo.home.onTerminal(`daft start ${branch}`, { cwd: repo.path, stdin: `${answer}\n` });
  const worktreeOf = async (branch: string) => new RegExp(`^(\\S+) .*\\[${branch}\\]$`, 'm').exec(await repo.git('worktree', 'list'))?.[1] ?? 'none';
  expect((await start('one', 'y')).stdout).toContain("Repository has YAML hook config for 'worktree-post-create'. Execute? [y/N] ");
  expect(existsSync(join(await worktreeOf('one'), 'ran'))).toBe(true);
  await start('two', 'n');
  expect(existsSync(join(await worktreeOf('two'), 'daft.yml'))).toBe(true);
  expect(existsSync(join(await worktreeOf('two'), 'ran'))).toBe(false);
});

test('an interactive job has the terminal: it reads what the user types', async () => {
  await using repo = await temporaryRepository();
  repo.configure('hooks: {post-clone: {jobs: [{name: a, run: "read word; echo got $word; test -t 1", interactive: true, background: true}]}}');
  const ran = await repo.home.onTerminal('daft hooks run post-clone', { cwd: repo.path, stdin: 'hello\n', env: { NO_COLOR: '1' } });
  expect(ran.stdout).toContain("⚠ Job 'a' promoted to foreground (interactive)");
  expect(ran.stdout).toContain('got hello');
  expect(ran.exitCode).toBe(0);
});
