import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { branchCandidates, candidateLine, parseColumns, wantedBranches } from '../../src/shell/contexts/branch-groups';
import { readArguments } from '../../src/shell/complete';
import { temporaryRepository, type TemporaryRepository } from '../support';

/** A clone on main with: a worktree of feat/a (both markers), one of feat/b beside it, a local and remote branches. */
async function repositoryWithBranches(): Promise<TemporaryRepository> {
  const repo = await temporaryRepository();
  const { home, path } = repo;
  await home.git(path, 'push', '--quiet', 'origin', 'main:feat/remote', 'main:local', 'main:release');
  await home.git(path, 'fetch', '--quiet');
  await home.git(path, 'remote', 'set-head', 'origin', 'main');
  await home.git(path, 'branch', '--no-track', 'local');
  for (const branch of ['feat/a', 'feat/b']) await home.git(path, 'worktree', 'add', '--quiet', '--no-track', '-b', branch, join(home.work, branch.replace('/', '-')));
  const dirty = join(home.work, 'feat-a');
  writeFileSync(join(dirty, 'staged'), '');
  await home.git(dirty, 'add', 'staged');
  writeFileSync(join(dirty, 'untracked'), '');
  await home.git(path, 'worktree', 'add', '--quiet', '--detach', join(home.work, 'detached'));
  return repo;
}
const names = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').slice(0, 2).join(' '));

describe('branches', () => {
  test('come as worktrees, local and remote ones, each once, with markers, age, author and path', async () => {
    await using repo = await repositoryWithBranches();
    const ran = await repo.daft('__complete', 'daft-go', '');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(names(ran.stdout)).toEqual(['feat/a*? worktree', 'feat/b worktree', 'local local', 'main local', 'feat/remote remote', 'release remote']);
    const lines = ran.stdout.split('\n').map((line) => line.split('\t'));
    expect(lines[0]).toEqual(['feat/a*?', 'worktree', expect.stringMatching(/ ago$/), 'Ada Lovelace', '../feat-a']);
    expect(lines[2]).toEqual(['local', 'local', expect.stringMatching(/ ago$/), 'Ada Lovelace']);
  });

  test('are those that the positional takes', async () => {
    await using repo = await repositoryWithBranches();
    const asked = async (...argv: string[]): Promise<string[]> => names((await repo.daft('__complete', ...argv)).stdout);
    expect(await asked('git-worktree-carry')).toEqual(['feat/a*? worktree', 'feat/b worktree']);
    expect(await asked('git-worktree-exec', 'm')).toEqual(['main worktree']);
    expect(await asked('daft-remove', '')).toEqual(['feat/a*? worktree', 'feat/b worktree', 'main worktree', 'local local']);
    expect(await asked('daft-start', '')).toEqual([]);
    expect(await asked('daft-start', 'm', '--position', '2')).toEqual(['main worktree']);
    expect(await asked('git-worktree-list', '')).toEqual([]);
    expect(await asked('daft-go', 'feat/r')).toEqual(['feat/remote remote']);
    expect(await asked('daft-go', 'FEAT')).toEqual([]);
  });

  test('keep their remote in multi-remote mode, and lose columns that are switched off', async () => {
    await using repo = await repositoryWithBranches();
    await repo.home.git(repo.path, 'config', 'daft.multiRemote.enabled', 'true');
    await repo.home.git(repo.path, 'config', 'daft.completions.branches.columns', 'path');
    const ran = await repo.daft('__complete', 'daft-go', 'feat/');
    expect(ran.stdout).toBe('feat/a\tworktree\t\t\t../feat-a\nfeat/b\tworktree\t\t\t../feat-b\n');
    expect(names((await repo.daft('__complete', 'daft-go', 'origin/')).stdout)).toEqual([
      'origin/feat/remote remote',
      'origin/local remote',
      'origin/main remote',
      'origin/release remote',
    ]);
  });

  test('from a worktree have the branch of that worktree as a local one, and paths from there', async () => {
    await using repo = await repositoryWithBranches();
    const below = join(repo.home.work, 'feat-b/below');
    mkdirSync(below);
    const ran = await repo.daftWith({ cwd: below }, '__complete', 'git-worktree-checkout', '');
    expect(names(ran.stdout)).toEqual(['feat/a*? worktree', 'main worktree', 'feat/b local', 'local local', 'feat/remote remote', 'release remote']);
    expect(ran.stdout).toContain('\t../../feat-a\n');
  });

  test('that nobody knew of are fetched once in a while', async () => {
    await using repo = await repositoryWithBranches();
    await repo.home.git(repo.remote, 'branch', 'brand-new', 'main');
    const asked = async (...argv: string[]): Promise<string[]> => names((await repo.daft('__complete', ...argv)).stdout);
    expect(await asked('daft-go', 'brand')).toEqual([]);
    expect(await asked('daft-go', 'brand:', '--fetch-on-miss')).toEqual([]);
    expect(await asked('daft-go', 'brand', '--fetch-on-miss')).toEqual(['brand-new remote']);
    await repo.home.git(repo.remote, 'branch', 'newer-still', 'main');
    expect(await asked('daft-go', 'newer', '--fetch-on-miss')).toEqual([]);
  });

  test('come without age and author where the commit of one is missing', async () => {
    await using repo = await repositoryWithBranches();
    writeFileSync(join(repo.path, '.git/refs/heads/lost'), `${'1'.repeat(40)}\n`);
    const ran = await repo.daft('__complete', 'daft-go', 'l');
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'local\tlocal\t\t\nlost\tlocal\t\t\n', stderr: '' });
  });

  test('are nothing, silently, outside of a repository and in a directory that is gone', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daftWith({ cwd: repo.home.root }, '__complete', 'daft-go', '')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await repo.daftWith({ cwd: repo.home.root }, '__complete', 'daft-go', '', '-v')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'daft __complete: not in a repository\n',
    });
    const gone = await repo.home.run('sh', ['-c', 'mkdir d && cd d && rmdir ../d && daft __complete daft-go ""; echo $?']);
    expect(gone).toMatchObject({ stdout: '0\n', stderr: '' });
  });

  test('a context nobody knows is nothing either', async () => {
    await using repo = await temporaryRepository();
    expect(await repo.daft('__complete', 'bogus', 'x')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await repo.daft('__complete')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });
});

test('layouts come with their templates, custom ones last', async () => {
  await using repo = await temporaryRepository();
  mkdirSync(repo.home.config, { recursive: true });
  writeFileSync(
    join(repo.home.config, 'config.toml'),
    '[layouts.zoo]\ntemplate = "../z/{{ branch }}"\n[layouts.ark]\ntemplate = "../a/{{ branch }}"\n[layouts.nested]\ntemplate = "../n/{{ branch }}"\n',
  );
  const ran = await repo.daft('__complete', 'layout-value', '');
  const lines = ran.stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split('\t')[0])).toEqual(['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized', 'ark', 'zoo']);
  expect(lines[6]).toBe(`ark\t${'custom'.padEnd(36)}— ../a/{{ branch }}`);
  expect((await repo.daft('__complete', 'layout-value', 'contained-')).stdout.split('\n')).toHaveLength(3);
});

test('hooks and their jobs come from the configuration of the worktree', async () => {
  await using repo = await temporaryRepository();
  writeFileSync(
    join(repo.path, 'daft.yml'),
    'hooks:\n  worktree-post-create:\n    jobs:\n      - name: lint\n        run: "true"\n      - name: build\n        description: "All of\\n it"\n        run: "true"\n  post-clone:\n    jobs:\n      - run: "true"\n',
  );
  expect((await repo.daft('__complete', 'hooks-run', '')).stdout).toBe('post-clone\nworktree-post-create\n');
  const jobs = (hook: string | undefined) => repo.daftWith({ env: { DAFT_COMPLETE_HOOK: hook } }, '__complete', 'hooks-run-job', '');
  expect((await jobs('worktree-post-create')).stdout).toBe('build\tAll of it\nlint\n');
  expect((await jobs(undefined)).stdout).toBe('');
  writeFileSync(join(repo.path, 'daft.yml'), 'hooks: [');
  expect(await repo.daft('__complete', 'hooks-run', '')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
});

test.each([
  [['daft-go'], { context: 'daft-go', word: '', slot: 1, fetchOnMiss: false, verbose: false }],
  [['daft-go', '--weird', '-p', '2'], { context: 'daft-go', word: '--weird', slot: 2, fetchOnMiss: false, verbose: false }],
  [['--position=3', 'x', '-', '-v', '--fetch-on-miss'], { context: 'x', word: '-', slot: 3, fetchOnMiss: true, verbose: true }],
  [['x', '', '--position', 'many'], { context: 'x', word: '', slot: 1, fetchOnMiss: false, verbose: false }],
])('%j asks for %j', (argv, expected) => {
  expect(readArguments(argv)).toEqual(expected);
});

test.each([
  [undefined, 'age author path tracked-changes untracked'],
  ['age', 'age'],
  ['path, age', 'path age'],
  ['-age,-author', 'path tracked-changes untracked'],
  ['+age', 'age author path tracked-changes untracked'],
  ['-age,path', 'age author path tracked-changes untracked'],
  ['age,age', 'age author path tracked-changes untracked'],
  ['age,bogus', 'age author path tracked-changes untracked'],
  ['-age,-author,-path,-tracked-changes,-untracked', 'age author path tracked-changes untracked'],
  ['', 'age author path tracked-changes untracked'],
])('columns %j are %s', (setting, expected) => {
  expect([...parseColumns(setting)].join(' ')).toBe(expected);
});

test('names are in the order of their bytes, and a name with a tab stays in its field', () => {
  const refs = ['refs/heads/b', 'refs/heads/a', 'refs/heads/B', 'refs/heads/é'].map((name) => ({ name, age: '', author: 'A\tB' }));
  const wanted = wantedBranches('daft-remove', 1);
  if (!wanted) throw new Error('remove takes branches');
  const found = branchCandidates(wanted, '', { refs, checkedOut: [], current: undefined, strippedRemote: 'origin' });
  expect(found.map(({ name }) => name)).toEqual(['B', 'a', 'b', 'é']);
  const [first] = found;
  if (!first) throw new Error('there are four');
  expect(candidateLine(first, { shown: parseColumns(undefined), dirt: undefined, relativePath: (path) => path })).toBe('B\tlocal\t\tA B');
});
