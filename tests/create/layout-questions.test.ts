import { describe, expect, test } from 'vitest';
import type { Running } from '../support';
import { playground, registry, type Playground } from './support';

/** daft on a terminal, where it can ask; what it prints arrives as one. */
function onTerminal(repo: Playground, commandLine: string): Running {
  const args = ['--quiet', '--return', '--flush', '--command', `stty cols 120 rows 30; exec ${commandLine}`, '/dev/null'];
  return repo.home.start('script', args, { cwd: repo.path, env: { DAFT_NO_HINTS: '1', NO_COLOR: '1', SHELL: '/bin/sh' } });
}

const key = { enter: '\r', down: '\u001B[B', ctrlC: '\u0003' } as const;

describe('on a terminal the layout of a repository with worktrees', () => {
  test('is shown where it was detected, and taken on Enter', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'one', '../app.one');
    const daft = onTerminal(repo, 'daft start x');
    await daft.says('Detected layout: sibling');
    await daft.says('Use this layout?');
    daft.write(key.enter);
    expect(await daft.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Created worktree 'x' from 'origin/main'") });
    expect(registry(repo)).toMatchObject({ [repo.at('app/.git')]: { layout: 'sibling' } });
  });

  test('is chosen from all where the detected one is not wanted, and tells how to consolidate', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'one', '../app.one');
    const daft = onTerminal(repo, 'daft start x');
    await daft.says('Use this layout?');
    daft.write('n');
    await daft.says('Select a layout');
    await daft.says(/○ contained +\{\{ repo_path }}\/\{\{ branch }}/);
    await daft.says('● sibling');
    daft.write(key.down);
    await daft.says('● nested');
    daft.write(key.enter);
    await daft.says('Consolidate the existing worktrees to this layout?');
    daft.write('y');
    const { exitCode, stdout } = await daft.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Run `daft layout transform nested` to consolidate.');
    expect(await repo.worktrees()).toMatchObject({ one: repo.at('app.one'), x: repo.at('app/.worktrees/x') });
    expect(registry(repo)).toMatchObject({ [repo.at('app/.git')]: { layout: 'nested' } });
  });

  test('may be left open: a cancelled question changes nothing', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'one', '../odd');
    const daft = onTerminal(repo, 'daft start x');
    await daft.says('Found worktrees in unrecognized arrangement.');
    await daft.says('Select a layout');
    daft.write(key.ctrlC);
    expect(await daft.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Cancelled. Nothing was changed.') });
    expect(Object.keys(await repo.worktrees())).toEqual(['main', 'one']);
    expect(registry(repo)).toEqual({});
  });

  test('is asked for no more once it is stored, nor before there are any', async () => {
    await using repo = await playground();
    for (const branch of ['x', 'y']) {
      const { stdout } = await onTerminal(repo, `daft start ${branch}`).ended;
      expect(stdout).toContain(`Created worktree '${branch}'`);
      expect(stdout).not.toContain('layout');
    }
  });
});
