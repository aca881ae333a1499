import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Playground } from '../create/support';
import { atEveryPassage, type Ran } from '../support';
import { writeFiles, type Files } from '../support/repository';
import { orchard } from './support';

interface Warm extends Playground {
  /** Runs `daft warm` in the second worktree. */
  warm(...args: string[]): Promise<Ran>;
}

/** `app` with ignored files, and `app.x` without them. */
async function pair({ ignored, ...plan }: Record<string, unknown> & { ignored: Files }): Promise<Warm> {
  const repo = await orchard(plan);
  await repo.daft('start', 'x', 'main');
  writeFiles(repo.path, ignored);
  return Object.assign(repo, { warm: (...args: string[]) => repo.daftWith({ cwd: repo.at('app.x') }, 'warm', ...args) });
}

test('warm copies what is listed and missing, says from where, and once more has nothing to do', async () => {
  await using repo = await pair({ copy: ['node_modules/', '.env', 'target'], ignored: { 'node_modules/x': '', '.env': 'A' } });
  writeFileSync(repo.at('app.x/.env'), 'mine');
  expect(await repo.warm('--dry-run')).toMatchObject({ exitCode: 0, stdout: "Would copy 'node_modules' from 'main'\n", stderr: '' });
  expect(existsSync(repo.at('app.x/node_modules'))).toBe(false);
  expect(await repo.warm('-v')).toMatchObject({ exitCode: 0, stdout: "Copying 'node_modules' from 'main'\nCopied 'node_modules' from 'main'\n", stderr: '' });
  expect(readFileSync(repo.at('app.x/.env'), 'utf8')).toBe('mine');
  expect(await repo.warm()).toMatchObject({ exitCode: 0, stdout: 'Nothing to copy: no other worktree has anything of it that is missing here.\n' });
});

test('warm copies what is named, relative to where it is given, whether or not it is listed', async () => {
  await using repo = await pair({ ignored: { 'node_modules/x': '', 'packages/a/node_modules/y': '', 'packages/a/node_modules/z': '', 'build/cache/c': '', 'build/out': '' } });
  expect(await repo.daftWith({ cwd: repo.at('app.x/packages') }, 'warm', '-q', 'a/node_modules/y', '../build/cache')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(readdirSync(repo.at('app.x/packages/a/node_modules'))).toEqual(['y']);
  expect(readdirSync(repo.at('app.x/build'))).toEqual(['cache']);
  rmSync(repo.at('app.x/packages/a/node_modules'), { recursive: true });
  expect(await repo.warm('packages/*/node_*', 'packages/a/node_modules')).toMatchObject({ exitCode: 0, stdout: "Copied 'packages/a/node_modules' from 'main'\n" });
  expect(await repo.warm('packages/a/node_modules', repo.at('app.x/build'))).toMatchObject({ exitCode: 0, stdout: `'packages/a/node_modules' is here already.\n'${repo.at('app.x/build')}' is here already.\n` });
});

test('warm --from copies from that worktree only', async () => {
  await using repo = await pair({ ignored: { 'node_modules/main': '' } });
  await repo.daft('go', 'other');
  writeFiles(repo.at('app.other'), { 'node_modules/other': '' });
  expect(await repo.warm('--from', 'other', 'node_modules')).toMatchObject({ exitCode: 0, stdout: "Copied 'node_modules' from 'other'\n" });
  expect(await repo.warm('--from', 'other', 'target')).toMatchObject({ exitCode: 1, stderr: "Error: The worktree 'other' does not have 'target'\n" });
  expect(await repo.warm('--from', 'nobody', 'target')).toMatchObject({ exitCode: 1, stderr: "Error: No worktree found for 'nobody': no worktree has this path, branch or name\n" });
  expect(await repo.warm('--from', 'x', 'target')).toMatchObject({ exitCode: 1, stderr: "Error: 'x' is this worktree: --from is another one\n" });
});

test('warm copies nothing if something of what is named cannot be copied', async () => {
  await using repo = await pair({ ignored: { 'node_modules/x': '', notes: '' } });
  const refusals: [string, string][] = [
    ['target', "No other worktree has 'target'"],
    ['notes', "'notes' is not ignored in this worktree: only ignored paths are copied"],
    ['packages/a/package.json', "'packages/a/package.json' is tracked by git: only ignored paths are copied"],
    ['../app/node_modules', "'../app/node_modules' is outside of this worktree"],
    ['.', "'.' is the worktree itself: name what to copy"],
    ['packages/a/package.json/node_modules', "'packages/a/package.json/node_modules' leads through something that is no directory in this worktree"],
    ['no*thing', "No other worktree has 'no*thing'"],
  ];
  for (const [path, complaint] of refusals) expect(await repo.warm('node_modules', path)).toMatchObject({ exitCode: 1, stdout: '', stderr: `Error: ${complaint}\n` });
  expect(await repo.warm('notes', 'target')).toMatchObject({ stderr: `Error: ${refusals[1]![1]}\n${refusals[0]![1]}\n` });
  expect(existsSync(repo.at('app.x/node_modules'))).toBe(false);
});

test('warm needs a worktree, something that is wanted, and a daft.yml that can be read', async () => {
  await using repo = await pair({ ignored: {} });
  expect(await repo.daftWith({ cwd: repo.home.root }, 'warm')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
  expect(await repo.daftWith({ cwd: join(repo.path, '.git') }, 'warm')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a worktree\n' });
  expect(await repo.warm()).toMatchObject({ exitCode: 0, stdout: "Nothing to copy: neither 'copy' in daft.yml nor .worktreeinclude names anything.\n" });
  writeFileSync(repo.at('app.x/daft.yml'), 'copy: [1]');
  expect(await repo.warm()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('copy[0]: expected string, received number at line 1, column 8') });
  rmSync(repo.at('app.x/daft.yml'));
  mkdirSync(repo.at('app.x/.worktreeinclude'));
  expect(await repo.warm()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed to read .worktreeinclude: EISDIR') });
});

test('a full disk ends the copying with an error, and leaves no half', async () => {
  await using repo = await pair({ copy: ['.env', 'build/', 'node_modules/'], ignored: { 'node_modules/x': '', 'build/a/b': '', '.env': '' } });
  const ran = await repo.daftWith({ cwd: repo.at('app.x'), env: { DAFT_FAULT: 'copy: entry@4:ENOSPC' } }, 'warm');
  expect(ran).toMatchObject({ exitCode: 1, stdout: "Copied '.env' from 'main'\n", stderr: "error: Could not copy 'build' from 'main': ENOSPC: fault at 'copy: entry'\n" });
  expect(readdirSync(repo.at('app.x')).toSorted()).toEqual(['.env', '.git', '.gitignore', 'daft.yml', 'packages']);
});

test('several at once in one worktree copy everything once', async () => {
  await using repo = await pair({ copy: ['node_modules/'], ignored: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`node_modules/${index % 20}/${index}`, ''])) });
  const ran = await Promise.all([repo.warm(), repo.warm(), repo.warm()]);
  for (const one of ran) expect(one).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ran.filter(({ stdout }) => stdout.startsWith('Copied'))).toHaveLength(1);
  execFileSync('diff', ['-r', join(repo.path, 'node_modules'), repo.at('app.x/node_modules')]);
});

test('whenever it is killed, a path is there as a whole or not at all, and the next one finishes and clears up', { timeout: 120_000 }, async () => {
  await using repo = await pair({ copy: ['node_modules/', '.env'], ignored: { 'node_modules/x/y': '', '.env': 'A' } });
  const x = repo.at('app.x');
  const points = await atEveryPassage('kill', async (fault, passage) => {
    const faultLog = join(repo.home.root, `kill-${passage}`);
    for (const name of ['node_modules', '.env']) rmSync(join(x, name), { recursive: true, force: true });
    await repo.daftWith({ cwd: x, env: { ...fault, DAFT_FAULT_LOG: faultLog } }, 'warm');
    expect(await repo.status(x)).toBe('');
    if (existsSync(join(x, 'node_modules'))) expect(readdirSync(join(x, 'node_modules/x'))).toEqual(['y']);
    if (existsSync(join(x, '.env'))) expect(readFileSync(join(x, '.env'), 'utf8')).toBe('A');
    expect((await repo.warm()).exitCode).toBe(0);
    expect(readdirSync(x).toSorted()).toEqual(['.env', '.git', '.gitignore', 'daft.yml', 'node_modules', 'packages']);
    expect(readdirSync(join(x, 'node_modules/x'))).toEqual(['y']);
    return { faultLog };
  });
  expect(points.filter((point) => point.startsWith('copy: ')).length).toBeGreaterThanOrEqual(8);
});
