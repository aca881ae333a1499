import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRepository, waitFor } from '../support';
import type { TemporaryRepository } from '../support';

// CI keeps the daily helpers away, which start with whatever is no test.
const interactive = { DAFT_TESTING: undefined, CI: '1', NO_COLOR: '1' };
const notice = "daft: background job 'build' failed (exit code: 7) -- daft hooks jobs logs main:";

/** Fires hooks whose jobs fail behind a command that had no terminal. */
async function failUnseen(repository: TemporaryRepository): Promise<void> {
  repository.configure(`hooks:
  worktree-post-create:
    jobs:
      - { name: build, background: true, run: exit 7 }
      - { name: lint, background: true, run: 'true' }
`);
  await repository.daft('hooks', 'trust', '--force');
  await repository.daft('hooks', 'run', 'worktree-post-create');
  await waitFor('the notice', () => {
    const notices = join(repository.home.state, '.notices');
    return existsSync(notices) && readdirSync(notices, { recursive: true }).some((path) => /\/[0-9a-f]{16}-build$/.test(String(path)));
  });
}

async function onTerminal(repository: TemporaryRepository, commandLine: string, env: Record<string, string | undefined> = interactive): Promise<string> {
  return (await repository.home.onTerminal(commandLine, { cwd: repository.path, env })).stdout;
}

test('the next command on a terminal tells of a failure that could not be shown, once', async () => {
  await using repository = await temporaryRepository();
  await failUnseen(repository);

  const silent = await repository.home.daft(['list'], { cwd: repository.path, env: interactive });
  expect(silent.stderr).not.toContain('failed');
  expect(await onTerminal(repository, 'daft list', { DAFT_TESTING: '1' })).not.toContain('failed');
  expect(await onTerminal(repository, 'daft list', { ...interactive, DAFT_IS_COORDINATOR: '1' })).not.toContain('failed');
  expect(await onTerminal(repository, 'daft list --format json')).not.toContain('failed');
  expect(await onTerminal(repository, 'daft shell-init bash')).not.toContain(notice);
  expect(await onTerminal(repository, 'daft __complete hooks-jobs-job ""')).not.toContain(notice);

  expect(await onTerminal(repository, 'daft list')).toMatch(/\ndaft: .* failed \(exit code: 7\) -- daft hooks jobs logs main:[0-9a-f]{4}:build\n$/);
  expect(await onTerminal(repository, 'daft list')).not.toContain(notice);
  expect(existsSync(join(repository.home.state, '.notices'))).toBe(false);
});

test('it is told in this repository alone, from wherever in it', async () => {
  await using repository = await temporaryRepository();
  await failUnseen(repository);
  await repository.home.git(repository.home.work, 'init', '--quiet', 'other');
  const elsewhere = await repository.home.onTerminal('daft list', { cwd: join(repository.home.work, 'other'), env: interactive });
  expect(elsewhere.stdout).not.toContain(notice);
  expect((await repository.home.onTerminal('daft list', { cwd: join(repository.path, '.git'), env: interactive })).stdout).toContain(notice);
});

test.each(['hooks jobs', 'hooks jobs logs build', 'hooks jobs wait build'])('what %s has shown is not told again', async (command) => {
  await using repository = await temporaryRepository();
  await failUnseen(repository);
  await repository.daft(...command.split(' '));
  expect(await onTerminal(repository, 'daft list')).not.toContain(notice);
});

test('a command that fails tells it too, and keeps its exit code', async () => {
  await using repository = await temporaryRepository();
  await failUnseen(repository);
  const ran = await repository.home.onTerminal('daft hooks jobs logs lint:nothing', { cwd: repository.path, env: interactive });
  expect(ran.stdout).toContain(notice);
  expect(ran.exitCode).toBe(1);
});
