import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { differsByEntriesOnly } from '../../src/worktree/ignore-entry';
import { parseStatus } from '../../src/worktree/carry/changes';
import { playground } from './support';

describe('uncommitted changes', () => {
  test('with conflicts cannot be taken along, and the refusal names the files', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'stashed\n');
    await repo.git('stash', '--quiet');
    writeFileSync(join(repo.path, 'a.txt'), 'committed\n');
    await repo.git('commit', '--quiet', '-am', 'other');
    await repo.home.run('git', ['stash', 'pop'], { cwd: repo.path });
    expect(await repo.daft('start', 'x')).toMatchObject({
      exitCode: 1,
      stderr: 'Error: Failed to stash uncommitted changes: a.txt: needs merge\nWith --no-carry they stay where they are.\n',
    });
    expect(await repo.status(repo.path)).toBe('UU a.txt');
  });

  test('go along to a new branch: staged ones staged, untracked ones untracked, and leave the source clean', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'staged\n');
    await repo.git('add', 'a.txt');
    writeFileSync(join(repo.path, 'b.txt'), 'unstaged\n');
    mkdirSync(join(repo.path, 'new dir'));
    writeFileSync(join(repo.path, 'new dir/ü'), 'untracked\n');

    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.status(repo.path)).toBe('');
    expect((await repo.status(repo.at('app.x'))).split('\n')).toEqual(['M  a.txt', ' M b.txt', '?? "new dir/"']);
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('stay with --no-carry, and by default when an existing branch is opened; --carry beats --no-carry', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    await repo.daft('start', 'x', '--no-carry');
    await repo.daft('go', 'feature/one');
    expect(await repo.status(repo.path)).toBe(' M a.txt');
    await repo.daft('start', 'y', '--no-carry', '--carry');
    expect(await repo.status(repo.path)).toBe('');
    expect(await repo.status(repo.at('app.y'))).toBe(' M a.txt');
  });

  test('come from the worktree of an explicit base, and from nowhere if that has none', async () => {
    await using repo = await playground();
    await repo.daft('start', 'base');
    writeFileSync(repo.at('app.base', 'a.txt'), 'of base\n');
    writeFileSync(join(repo.path, 'b.txt'), 'of main\n');
    await repo.daft('start', 'x', 'base');
    expect(await repo.status(repo.at('app.x'))).toBe(' M a.txt');
    await repo.daft('start', 'y', 'feature/one');
    expect(await repo.status(repo.at('app.y'))).toBe('');
    expect(await repo.status(repo.path)).toBe(' M b.txt');
  });

  test('that conflict stay in the stash beside what could be applied, and the command succeeds', async () => {
    await using repo = await playground({
      main: { commits: [{ message: 'first', files: { 'a.txt': '1\n' } }] },
      other: { commits: [{ message: 'other', files: { 'a.txt': '2\n' } }] },
    });
    writeFileSync(join(repo.path, 'a.txt'), '3\n');
    const ran = await repo.daft('go', 'other', '--carry');
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Prepared worktree 'other'\n", stderr: expect.stringContaining('Stash could not be applied cleanly') });
    expect(readFileSync(repo.at('app.other', 'a.txt'), 'utf8')).toContain('<<<<<<<');
    expect(await repo.git('stash', 'list')).toContain('daft: carry changes to worktree');
  });

  test('of somebody else in the stash are not touched', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'mine\n');
    await repo.git('stash', 'push', '--quiet', '-m', 'daft: carry changes to new worktree');
    writeFileSync(join(repo.path, 'b.txt'), 'carried\n');
    await repo.daft('start', 'x');
    expect(await repo.status(repo.at('app.x'))).toBe(' M b.txt');
    expect((await repo.git('stash', 'list')).split('\n')).toHaveLength(1);
    expect(await repo.git('stash', 'show', '--name-only')).toBe('a.txt');
  });

  test('of a worktree that is paused in a merge stay there', async () => {
    await using repo = await playground({
      main: { commits: [{ message: 'first', files: { 'a.txt': '1\n' } }] },
      other: { commits: [{ message: 'other', files: { 'a.txt': '2\n' } }] },
    });
    writeFileSync(join(repo.path, 'a.txt'), '3\n');
    await repo.git('commit', '--quiet', '-am', 'third');
    await repo.home.run('git', ['merge', 'origin/other'], { cwd: repo.path });
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.status(repo.path)).toBe('UU a.txt');
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });

  test('that are edits of the ignore file leave the entries there which hide other worktrees', async () => {
    await using repo = await playground();
    await repo.daft('start', 'inner', '--at', 'in/one');
    writeFileSync(join(repo.path, '.gitignore'), 'in/\n*.log\n');
    await repo.daft('start', 'x');
    expect(readFileSync(repo.at('app.x', '.gitignore'), 'utf8')).toBe('in/\n*.log\n');
    expect(readFileSync(join(repo.path, '.gitignore'), 'utf8')).toBe('in/\n');
    expect(await repo.status(repo.path)).toBe('?? .gitignore');
  });

  test("do not include daft's own ignore entry, but do include the user's edits of that file", async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[defaults]\nlayout = "nested"\n');
    await repo.daft('start', 'x');
    expect(await repo.status(repo.path)).toBe('?? .gitignore');
    expect(await repo.daft('start', 'y')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.status(join(repo.path, '.worktrees/y'))).toBe('');

    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    expect(await repo.daft('start', 'z')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.status(join(repo.path, '.worktrees/z'))).toBe(' M a.txt');
    expect(await repo.status(repo.path)).toBe('?? .gitignore');
    expect(readFileSync(join(repo.path, '.gitignore'), 'utf8')).toBe('.worktrees/\n');

    writeFileSync(join(repo.path, '.gitignore'), '.worktrees/\n*.log\n');
    await repo.daft('start', 'w');
    expect(readFileSync(join(repo.path, '.worktrees/w/.gitignore'), 'utf8')).toBe('.worktrees/\n*.log\n');
    expect(readFileSync(join(repo.path, '.gitignore'), 'utf8')).toBe('.worktrees/\n');
  });

  test('come back when pre-create aborts, and everything else is as it was', async () => {
    await using repo = await playground({
      main: {
        commits: [
          {
            message: 'first',
            files: { 'a.txt': '1\n', 'daft.yml': 'hooks:\n  worktree-pre-create:\n    jobs:\n      - name: guard\n        run: echo no >&2; exit 3\n' },
          },
        ],
      },
    });
    await repo.daft('hooks', 'trust', '-f');
    writeFileSync(join(repo.path, 'a.txt'), 'staged\n');
    await repo.git('add', 'a.txt');
    writeFileSync(join(repo.path, 'new'), '');
    const ran = await repo.lead(repo.path, 'start', 'x');
    expect(ran).toMatchObject({ exitCode: 1, destination: '', stderr: expect.stringContaining('worktree-pre-create hook failed with exit code 3') });
    expect((await repo.status(repo.path)).split('\n')).toEqual(['M  a.txt', '?? new']);
    expect(await repo.git('stash', 'list')).toBe('');
    expect(await repo.git('branch', '--list', 'x')).toBe('');
    expect(await repo.worktrees()).toEqual({ main: repo.path });

    await repo.git('config', 'daft.hooks.worktreePreCreate.failMode', 'warn');
    expect((await repo.daft('start', 'x')).exitCode).toBe(0);
    expect((await repo.status(repo.at('app.x'))).split('\n')).toEqual(['M  a.txt', '?? new']);
    rmSync(repo.at('app.x'), { recursive: true });
  });
});

test.each([
  ['', 'x/\n', true],
  ['a\n', 'a\nx/\n', true],
  ['a', 'a\nx/\n', true],
  ['a\n', 'a\nx/\ny/\n', false],
  ['a\n', 'ax/\n', false],
  ['a\n', 'b\nx/\n', false],
  ['a\nb\n', 'a\n', false],
])('from %j to %j there is nothing but our entry: %s', (committed, present, expected) => {
  expect(differsByEntriesOnly(committed, present, new Set(['x/']))).toBe(expected);
});

test('the status of a worktree is read with its renames and odd names', () => {
  const oid = '0'.repeat(40);
  const text = [
    `1 .M N... 100644 100644 100644 ${oid} ${oid} a b`,
    `2 R. N... 100644 100644 100644 ${oid} ${oid} R100 new\nname`,
    'old name',
    `u UU N... 100644 100644 100644 100644 ${oid} ${oid} ${oid} torn`,
    '? un tracked',
    '! ignored',
    '',
  ].join('\0');
  expect(parseStatus(text)).toEqual([
    { kind: 'changed', path: 'a b', unstaged: true },
    { kind: 'changed', path: 'new\nname', unstaged: false },
    { kind: 'changed', path: 'torn', unstaged: false },
    { kind: 'untracked', path: 'un tracked', unstaged: true },
  ]);
});
