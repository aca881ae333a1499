import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome, temporaryRepository, writeFiles, type TemporaryRepository } from '../support';

/** Rows of `daft list --format json` by name. */
async function rows(repo: TemporaryRepository, ...args: string[]): Promise<Map<string, Record<string, unknown>>> {
  const { stdout, stderr, exitCode } = await repo.daft('list', '--format', 'json', ...args);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return new Map((JSON.parse(stdout) as Record<string, unknown>[]).map((row) => [String(row['name']), row]));
}

async function commit(repo: TemporaryRepository, worktree: string, files: Record<string, string>, ...more: string[]): Promise<void> {
  writeFiles(worktree, files);
  await repo.home.git(worktree, 'add', '--all');
  await repo.home.git(worktree, 'commit', '--quiet', '-m', Object.keys(files).join(' '), ...more);
}

test('a worktree is shown with all that is to be known of it', async () => {
  await using repo = await temporaryRepository();
  const path = join(repo.home.work, 'x');
  await repo.git('worktree', 'add', '--quiet', '-b', 'feature/x', path);
  await commit(repo, path, { 'a.txt': 'a\n' });
  await repo.home.git(path, 'push', '--quiet', '-u', 'origin', 'feature/x');
  await commit(repo, path, { 'b.txt': 'b\n' });
  await commit(repo, repo.path, { 'main.txt': 'm\n' });
  writeFiles(path, { 'a.txt': 'changed\n', 'new.txt': '', 'staged.txt': 'one\ntwo\n' });
  await repo.home.git(path, 'add', 'staged.txt');
  writeFiles(path, { 'staged.txt': 'one\n' });

  const listed = await rows(repo);
  expect([...listed.keys()]).toEqual(['feature/x', 'main']);
  expect(listed.get('feature/x')).toMatchObject({
    kind: 'worktree',
    is_current: false,
    is_default_branch: false,
    is_sandbox: false,
    path: '../x',
    ahead: 2,
    behind: 1,
    staged: 1,
    unstaged: 2,
    untracked: 1,
    remote_ahead: 1,
    remote_behind: 0,
    owner_name: 'Ada Lovelace',
    owner_email: 'ada@example.com',
    last_commit_subject: 'b.txt',
  });
  expect(listed.get('feature/x')?.['branch_age']).toMatch(/^\ds$/);
  expect(listed.get('main')).toMatchObject({ is_current: true, is_default_branch: true, path: '.', ahead: 0, behind: 0, owner_name: null, remote_ahead: 1 });

  const lines = (await rows(repo, '--stat', 'lines')).get('feature/x');
  expect(lines).toMatchObject({ ahead: 2, base_lines_inserted: 2, base_lines_deleted: 0, staged_lines_inserted: 2, unstaged_lines_inserted: 1, unstaged_lines_deleted: 2, remote_lines_inserted: 1 });
});

test('the times of branches without a reflog, as in a bare repository, are asked for at once', async () => {
  await using repo = await temporaryRepository();
  const branches = ['a', 'b', 'c', 'd', 'e'];
  for (const branch of branches) await repo.git('worktree', 'add', '--quiet', '-b', branch, join(repo.home.work, branch));
  rmSync(join(repo.path, '.git/logs'), { recursive: true });
  const trace = join(repo.home.work, 'trace');
  const listed = await repo.daftWith({ env: { GIT_TRACE: trace } }, 'list', '--format', 'json', '--columns', 'branch,age,last-commit');
  expect(JSON.parse(listed.stdout)).toEqual(['a', 'b', 'c', 'd', 'e', 'main'].map((name) => expect.objectContaining({ name, branch_age: expect.stringMatching(/^\d+s$/) as string }) as unknown));
  expect(readFileSync(trace, 'utf8').match(/built-in: git log/g)?.length).toBeLessThanOrEqual(3);
});

test('keys come in their own order, whatever the order of the columns', async () => {
  await using repo = await temporaryRepository();
  const [row] = [...(await rows(repo, '--columns', 'path,size,branch')).values()];
  expect(Object.keys(row ?? {})).toEqual(['kind', 'name', 'path', 'size_bytes', 'size']);
});

test('branches and remote branches are shown on demand, each once', async () => {
  await using repo = await temporaryRepository({
    branches: { main: { commits: [{ message: 'first', files: { a: '1\n' } }] }, published: { commits: [] }, both: { commits: [] } },
  });
  await repo.git('branch', 'local');
  await repo.git('branch', 'both', 'origin/both');

  expect([...(await rows(repo)).keys()]).toEqual(['main']);
  expect([...(await rows(repo, '-b')).keys()]).toEqual(['main', 'both', 'local']);
  expect([...(await rows(repo, '-r')).keys()]).toEqual(['main', 'origin/both', 'origin/published']);
  const all = await rows(repo, '-a', '--sort=-branch');
  expect([...all].map(([name, { kind }]) => `${String(kind)} ${name}`)).toEqual(['worktree main', 'branch local', 'branch both', 'remote origin/published']);
  expect(all.get('local')).toMatchObject({ path: null, staged: 0, unstaged: 0, untracked: 0, ahead: 0, remote_ahead: null });
  expect(all.get('origin/published')).toMatchObject({ branch_age: '', ahead: 0 });
});

test('detached worktrees, one whose directory is gone, and an unborn branch are rows like others', async () => {
  await using repo = await temporaryRepository();
  const paths = ['one', 'two', 'gone', 'unborn'].map((name) => join(repo.home.work, name)) as [string, string, string, string];
  await repo.git('worktree', 'add', '--quiet', '--detach', paths[0]);
  await repo.git('worktree', 'add', '--quiet', '--detach', paths[1]);
  await repo.git('worktree', 'add', '--quiet', '-b', 'gone', paths[2]);
  rmSync(paths[2], { recursive: true });
  await repo.git('worktree', 'add', '--quiet', '--detach', paths[3]);
  await repo.home.git(paths[3], 'checkout', '--quiet', '--orphan', 'unborn');

  const { stdout, exitCode } = await repo.daft('list', '--format', 'json');
  const listed = JSON.parse(stdout) as Record<string, unknown>[];
  expect(exitCode).toBe(0);
  expect(listed.map(({ name, path }) => `${String(name)} ${String(path)}`)).toEqual(['(detached) ../one', '(detached) ../two', 'gone ../gone', 'main .', 'unborn ../unborn']);
  expect(listed[0]).toMatchObject({ kind: 'worktree', is_sandbox: true, ahead: null, remote_ahead: null, branch_age: '', owner_name: null, last_commit_subject: 'first' });
  expect(listed[2]).toMatchObject({ staged: 0, unstaged: 0, untracked: 0, ahead: 0 });
  expect(listed[4]).toMatchObject({ ahead: null, last_commit_age: '', last_commit_subject: '' });
  expect((await repo.daft('list')).exitCode).toBe(0);
});

test('sizes count hard links once and symbolic links not at all, and are summed up', async () => {
  await using repo = await temporaryRepository();
  const path = join(repo.home.work, 'x');
  await repo.git('worktree', 'add', '--quiet', '-b', 'x', path);
  const before = (await rows(repo, '--columns=+size')).get('x')?.['size_bytes'] as number;
  writeFileSync(join(path, 'big'), Buffer.alloc(100_000));
  linkSync(join(path, 'big'), join(path, 'same'));
  mkdirSync(join(path, 'below'));
  writeFileSync(join(path, 'below', 'small'), Buffer.alloc(1000));

  const { stdout } = await repo.daft('list', '--format', 'json', '--columns=+size');
  const listed = JSON.parse(stdout) as Record<string, unknown>[];
  const size = listed.find(({ name }) => name === 'x')?.['size_bytes'];
  expect(size).toBe(before + 101_000);
  const total = listed.at(-1);
  expect(total).toMatchObject({ kind: null, name: null, path: 'TOTAL', last_commit_subject: null });
  expect(total?.['size_bytes']).toBe(listed.slice(0, -1).reduce((sum, row) => sum + (row['size_bytes'] as number), 0));
});

test('the most recently touched comes first by activity, uncommitted work included', async () => {
  await using repo = await temporaryRepository();
  for (const name of ['a', 'b', 'c']) await repo.git('worktree', 'add', '--quiet', '-b', name, join(repo.home.work, name));
  await repo.home.run('touch', ['-d', '2040-01-01', join(repo.home.work, 'b', 'untracked')]);
  mkdirSync(join(repo.home.work, 'c', 'fresh'));
  await repo.home.run('touch', ['-d', '2041-01-01', join(repo.home.work, 'c', 'fresh', 'file')]);
  expect([...(await rows(repo, '--sort', 'activity')).keys()].slice(0, 2)).toEqual(['c', 'b']);
});

test('what cannot change is remembered by the ids of its commits, and nonsense in the memory does not matter', async () => {
  await using repo = await temporaryRepository();
  const path = join(repo.home.work, 'x');
  await repo.git('worktree', 'add', '--quiet', '-b', 'x', path);
  await commit(repo, path, { a: 'a\n' });
  const [base, head] = [await repo.git('rev-parse', 'main'), await repo.git('rev-parse', 'x')];
  await repo.daft('list', '--stat', 'lines');

  const cache = join(repo.path, '.git/.daft/cache');
  expect(readdirSync(cache).toSorted()).toEqual(['base-ahead-behind', 'base-lines', 'last-commit']);
  const file = join(cache, 'base-ahead-behind', `${base}-${head}.json`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([1, 0]);
  expect(JSON.parse(readFileSync(join(cache, 'last-commit', `${head}.json`), 'utf8'))).toEqual([expect.any(Number), (await repo.git('rev-parse', '--short', 'x')), 'a']);

  writeFileSync(file, '[7, 8]');
  expect((await rows(repo)).get('x')).toMatchObject({ ahead: 7, behind: 8 });
  for (const nonsense of ['', '{', '[1]', '["a","b"]', '[-1, 0]']) {
    writeFileSync(file, nonsense);
    expect((await rows(repo)).get('x')).toMatchObject({ ahead: 1, behind: 0 });
  }
  rmSync(cache, { recursive: true });
  writeFileSync(cache, 'in the way');
  expect((await rows(repo)).get('x')).toMatchObject({ ahead: 1, behind: 0 });
});

test('who began a branch owns it as long as nobody has committed on it', async () => {
  await using repo = await temporaryRepository();
  await repo.home.git(repo.path, '-c', 'user.name=Grace', '-c', 'user.email=grace@example.com', 'branch', 'empty');
  await repo.git('branch', 'taken');
  await repo.git('worktree', 'add', '--quiet', join(repo.home.work, 'taken'), 'taken');
  for (const [name, count] of [['Bob', 2], ['Ada Lovelace', 1]] as const) {
    for (let index = 0; index < count; index += 1) await commit(repo, join(repo.home.work, 'taken'), { [`${name}-${index}`]: '' }, '--author', `${name} <${name[0]}@x>`);
  }
  const listed = await rows(repo, '-b');
  expect(listed.get('empty')).toMatchObject({ owner_name: 'Grace', owner_email: 'grace@example.com' });
  expect(listed.get('taken')).toMatchObject({ owner_name: 'Ada Lovelace', owner_email: 'A@x' });
  await repo.git('config', 'daft.ownership.strategy', 'plurality');
  expect((await rows(repo)).get('taken')).toMatchObject({ owner_name: 'Bob' });
  await repo.git('config', 'daft.ownership.strategy', 'x');
  expect((await repo.daft('list', '--columns=owner')).stderr).toBe('daft: unknown value for daft.ownership.strategy: "x" — using default\n');
});

test('flags beat the configuration, and what the configuration has wrong is said', async () => {
  await using repo = await temporaryRepository();
  await repo.git('config', 'daft.list.columns', 'branch,hash');
  await repo.git('config', 'daft.list.sort', '-branch');
  await repo.git('branch', 'x');
  const hash = await repo.git('rev-parse', '--short', 'main');
  expect((await repo.daft('list', '-b')).stdout).toBe(`\nBranch ↑  Hash\nmain      ${hash}\nx         ${hash}\n`);
  expect((await repo.daft('list', '-b', '--columns', 'branch', '--sort', 'branch')).stdout).toBe('\nBranch ↓\nmain\nx\n');
  await repo.git('config', 'daft.list.columns', 'foo');
  const { stdout, stderr, exitCode } = await repo.daft('list', '--format', 'json');
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  expect(stderr).toBe(`Error: unknown column 'foo'\n  valid columns: annotation, branch, path, size, base, changes, remote, age, owner, hash, last-commit\n`);
});

test('specs are judged before anything else, and formats too', async () => {
  await using home = await temporaryHome();
  expect(await home.daft(['list', '--columns', 'foo'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("unknown column 'foo'") as string });
  expect(await home.daft(['list', '--columns=-size'])).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
  expect(await home.daft(['list', '--sort', '-size'])).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
  expect(await home.daft(['list', '--stat', 'bogus'])).toMatchObject({ exitCode: 2 });
  expect(await home.daft(['list', 'extra'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("unexpected argument 'extra' found") as string });
});

test('a bare container without worktrees says how to begin, and structured output is empty', async () => {
  await using home = await temporaryHome();
  const container = join(home.work, 'app');
  await home.git(home.work, 'init', '--quiet', '--bare', join(container, '.git'));
  expect(await home.daft(['list'], { cwd: container })).toMatchObject({
    exitCode: 0,
    stdout: 'No worktrees yet.\n\n  daft go <branch>     switch to an existing branch\n  daft start <branch>  create a new branch\n',
  });
  expect((await home.daft(['list', '--format', 'json'], { cwd: container })).stdout).toBe('[]\n');
});

test('it works from any depth, with any name of a file, and leaves the index alone', async () => {
  await using repo = await temporaryRepository();
  const below = join(repo.path, 'a b', 'c');
  writeFiles(repo.path, { 'a b/c/ümläut\n?? x': '' });
  const { stdout } = await repo.daftWith({ cwd: below }, 'list', '--columns', 'path,changes', '--format', 'json');
  expect(JSON.parse(stdout)).toEqual([{ path: '../..', staged: 0, unstaged: 0, untracked: 1 }]);
  expect(existsSync(join(repo.path, '.git/index.lock'))).toBe(false);
});

test('a branch in the middle of a rebase keeps its name', async () => {
  await using repo = await temporaryRepository();
  const path = join(repo.home.work, 'x');
  await repo.git('worktree', 'add', '--quiet', '-b', 'x', path);
  await commit(repo, path, { 'README.md': 'mine\n' });
  await commit(repo, repo.path, { 'README.md': 'theirs\n' });
  await repo.home.run('git', ['rebase', 'main'], { cwd: path });
  expect((await rows(repo)).get('x')).toMatchObject({ kind: 'worktree', is_sandbox: false, path: '../x' });
});
