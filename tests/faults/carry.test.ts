import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { playground, type Playground } from '../create/support';
import { atEveryPassage, type Blow } from '../support';

const changed = [' M a.txt', 'M  b.txt', '?? new'];

async function changesIn(repo: Playground, worktree: string): Promise<string[]> {
  return (await repo.status(worktree)).split('\n').filter((line) => line !== '' && !line.endsWith('.gitignore'));
}

/** Everything as at the beginning, with changes of three kinds. */
async function reset(repo: Playground): Promise<void> {
  await repo.home.run('git', ['worktree', 'remove', '--force', '--force', '../app.x'], { cwd: repo.path });
  await repo.home.run('git', ['branch', '-D', 'x'], { cwd: repo.path });
  await repo.git('stash', 'clear');
  await repo.git('reset', '--quiet', '--hard');
  rmSync(repo.home.config, { recursive: true, force: true });
  writeFileSync(join(repo.path, 'b.txt'), 'changed\n');
  await repo.git('add', 'b.txt');
  writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
  writeFileSync(join(repo.path, 'new'), 'new\n');
}

async function strikeStarts(repo: Playground, blow: Blow, judge: (exitCode: number) => Promise<void>): Promise<string[]> {
  return atEveryPassage(blow, async (fault, passage) => {
    const faultLog = join(repo.home.root, `${blow}-${passage}`);
    await reset(repo);
    const { exitCode } = await repo.daftWith({ env: { ...fault, DAFT_FAULT_LOG: faultLog } }, 'start', 'x');
    await judge(exitCode);
    return { faultLog };
  });
}

test('wherever the disk is full, the changes are in the new worktree, or everything is as it was', { timeout: 120_000 }, async () => {
  await using repo = await playground();
  const points = await strikeStarts(repo, 'ENOSPC', async (exitCode) => {
    const worktrees = await repo.worktrees();
    if (exitCode === 0) {
      expect(await changesIn(repo, repo.at('app.x'))).toEqual(changed);
      expect(await changesIn(repo, repo.path)).toEqual([]);
    } else {
      expect(await changesIn(repo, repo.path)).toEqual(changed);
      expect(worktrees).toEqual({ main: repo.path });
      expect(await repo.git('branch', '--list', 'x')).toBe('');
    }
  });
  expect(points.length).toBeGreaterThan(8);
});

test('whenever the command is killed, the changes are here, there, or in the stash, and the next command works', { timeout: 120_000 }, async () => {
  await using repo = await playground();
  const points = await strikeStarts(repo, 'kill', async (exitCode) => {
    const { x } = await repo.worktrees();
    const places = [await changesIn(repo, repo.path), x === undefined ? [] : await changesIn(repo, x)];
    if (!places.some((found) => found.length === changed.length)) {
      expect(exitCode).toBe(137);
      await repo.git('stash', 'pop', '--index');
      expect(await changesIn(repo, repo.path)).toEqual(changed);
    }
    expect((await repo.daft('go', '-s', 'x')).exitCode).toBe(0);
  });
  expect(points.length).toBeGreaterThan(8);
});
