import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTarget } from '../../src/worktree/carry/targets';
import { atEveryPassage, temporaryHome } from '../support';
import { playground, type Playground } from './support';

/** Staged, unstaged and untracked changes in the main working tree, and worktrees `x` and `y`. */
async function changed(): Promise<Playground> {
  const repo = await playground();
  await repo.daft('start', 'x');
  await repo.daft('start', 'y');
  writeFileSync(join(repo.path, 'a.txt'), 'staged\n');
  await repo.git('add', 'a.txt');
  writeFileSync(join(repo.path, 'b.txt'), 'unstaged\n');
  mkdirSync(join(repo.path, 'new dir'));
  writeFileSync(join(repo.path, 'new dir/ü'), 'untracked\n');
  return repo;
}
const changes = ['M  a.txt', ' M b.txt', '?? "new dir/"'].join('\n');

describe('carry', () => {
  test('to one worktree moves the changes and leads there', async () => {
    await using repo = await changed();
    const ran = await repo.lead(repo.path, 'carry', 'x');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '', stdout: `Done! Now in ${repo.at('app.x')}\n`, destination: repo.at('app.x') });
    expect(await repo.status(repo.path)).toBe('');
    expect(await repo.status(repo.at('app.x'))).toBe(changes);
    expect(readFileSync(repo.at('app.x', 'new dir/ü'), 'utf8')).toBe('untracked\n');
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('with --copy keeps them in the source, staged ones staged', async () => {
    await using repo = await changed();
    const ran = await repo.lead(repo.path, 'carry', '-c', 'x');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '', stdout: `Done! Changes copied to 'x'. Now in ${repo.at('app.x')}\n`, destination: repo.at('app.x') });
    expect(await repo.status(repo.path)).toBe(changes);
    expect(await repo.status(repo.at('app.x'))).toBe(changes);
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('to several copies, in order, and leads to the last; naming one twice is naming it once', async () => {
    await using repo = await changed();
    const ran = await repo.lead(repo.path, 'carry', 'x', 'y', 'app.x');
    expect(ran).toMatchObject({ exitCode: 0, stdout: `Done! Changes copied to 2 worktrees. Now in ${repo.at('app.y')}\n`, destination: repo.at('app.y') });
    for (const worktree of [repo.path, repo.at('app.x'), repo.at('app.y')]) expect(await repo.status(worktree)).toBe(changes);
  });

  test('that meets a conflict keeps the entry, says how to go on, and fails', async () => {
    await using repo = await changed();
    writeFileSync(repo.at('app.x', 'a.txt'), 'in the way\n');
    const ran = await repo.lead(repo.path, 'carry', 'x');
    const commit = await repo.git('rev-parse', 'stash@{0}');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: repo.path });
    expect(ran.stderr).toContain('Completed with 0 success(es) and 1 failure(s).\n');
    expect(ran.stderr).toContain(`run: git -C '${repo.at('app.x')}' stash apply --index ${commit}\n`);
    expect(ran.stderr).toMatch(/\nStash preserved for recovery\.\n$/);
    expect(ran.stderr).toContain("'x': these have changes there already: a.txt\n");
    expect(await repo.status(repo.at('app.x'))).toBe(' M a.txt');
    await repo.home.git(repo.at('app.x'), 'checkout', 'a.txt');
    await repo.home.git(repo.at('app.x'), 'stash', 'apply', '--index', commit);
    expect(await repo.status(repo.at('app.x'))).toBe(changes);
  });

  test('of a copy that fails in one place succeeds in the others and gives the source its own back', async () => {
    await using repo = await changed();
    writeFileSync(repo.at('app.x', 'b.txt'), 'in the way\n');
    const ran = await repo.lead(repo.path, 'carry', 'x', 'y');
    expect(ran).toMatchObject({ exitCode: 1, destination: repo.at('app.y') });
    expect(ran.stderr).toContain('Completed with 1 success(es) and 1 failure(s).\n');
    expect(ran.stderr).toContain("run: daft carry --copy 'x'\n");
    expect(ran.stderr).not.toContain('Stash preserved');
    expect(await repo.status(repo.path)).toBe(changes);
    expect(await repo.status(repo.at('app.y'))).toBe(changes);
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('writes over no file of the target, be it ignored', async () => {
    await using repo = await changed();
    writeFileSync(join(repo.path, '.git/info/exclude'), '*.secret\n');
    writeFileSync(repo.at('app.x', 'one.secret'), 'of x\n');
    writeFileSync(join(repo.path, '.gitignore'), '!one.secret\n');
    writeFileSync(join(repo.path, 'one.secret'), 'of main\n');
    expect(await repo.daft('carry', 'x')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("'x': these have changes there already: one.secret\n") });
    expect(readFileSync(repo.at('app.x', 'one.secret'), 'utf8')).toBe('of x\n');
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });

  test('of what the target has changed otherwise, in other files, succeeds; of lines that differ in commits it is a conflict', async () => {
    await using repo = await playground();
    await repo.daft('start', 'x');
    writeFileSync(repo.at('app.x', 'b.txt'), 'other\n');
    writeFileSync(join(repo.path, 'a.txt'), 'carried\n');
    expect(await repo.daft('carry', 'x')).toMatchObject({ exitCode: 0 });
    expect(await repo.status(repo.at('app.x'))).toBe(' M a.txt\n M b.txt');
    await repo.home.git(repo.at('app.x'), 'commit', '--quiet', '-am', 'both');
    writeFileSync(join(repo.path, 'a.txt'), 'again\n');
    expect(await repo.daft('carry', 'x')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Stash preserved for recovery.') });
    expect(readFileSync(repo.at('app.x', 'a.txt'), 'utf8')).toContain('<<<<<<<');
  });

  test('resolves all targets before it touches anything', async () => {
    await using repo = await changed();
    const ran = await repo.daft('carry', 'x', 'nowhere', 'feature/one');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ran.stderr).toBe(
      "error: Failed to resolve target 'nowhere': no worktree has this path, branch or name\n" +
        "error: Failed to resolve target 'feature/one': no worktree has this path, branch or name\n" +
        'Failed to resolve 2 target(s). No changes were made.\n',
    );
    expect(await repo.status(repo.path)).toBe(changes);
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });

  test('skips the worktree it is called in, and with no other does nothing', async () => {
    await using repo = await changed();
    const alone = await repo.daft('carry', 'main');
    expect(alone).toMatchObject({ exitCode: 0, stdout: 'No valid targets to carry changes to.\n', stderr: expect.stringMatching(/^warning: Skipping 'main'/) });
    expect(await repo.daft('carry', 'main', 'x')).toMatchObject({ exitCode: 0, stdout: `Done! Changes copied to 'x'. Now in ${repo.at('app.x')}\n` });
    for (const worktree of [repo.path, repo.at('app.x')]) expect(await repo.status(worktree)).toBe(changes);
  });

  test('without changes has nothing to do; outside a worktree it cannot', async () => {
    await using repo = await playground();
    await repo.daft('start', 'x');
    expect(await repo.daft('carry', 'x')).toMatchObject({ exitCode: 0, stdout: 'No uncommitted changes to carry.\n', stderr: '' });
    expect(await repo.daftWith({ cwd: join(repo.path, '.git') }, 'carry', 'x')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a worktree\n' });
    expect(await repo.daftWith({ cwd: repo.home.work }, 'carry', 'x')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
    expect(await repo.daft('carry')).toMatchObject({ exitCode: 2 });
  });

  test('leaves a worktree that is paused in a merge alone', async () => {
    await using repo = await playground({
      main: { commits: [{ message: 'first', files: { 'a.txt': '1\n' } }] },
      other: { commits: [{ message: 'other', files: { 'a.txt': '2\n' } }] },
    });
    await repo.daft('start', 'x');
    writeFileSync(join(repo.path, 'a.txt'), '3\n');
    await repo.git('commit', '--quiet', '-am', 'third');
    await repo.home.run('git', ['merge', 'origin/other'], { cwd: repo.path });
    expect(await repo.daft('carry', 'x')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('in the middle of an operation') });
    expect(await repo.status(repo.path)).toBe('UU a.txt');
  });

  test('leaves ignored files where they are, and what others keep in the stash', async () => {
    await using repo = await playground();
    await repo.daft('start', 'x');
    writeFileSync(join(repo.path, 'b.txt'), 'mine\n');
    await repo.git('stash', 'push', '--quiet', '-m', 'daft: carry changes');
    writeFileSync(join(repo.path, 'a.txt'), 'carried\n');
    writeFileSync(join(repo.path, '.git/info/exclude'), 'cache/\n');
    mkdirSync(join(repo.path, 'cache'));
    writeFileSync(join(repo.path, 'cache/file'), 'warm\n');
    await repo.daft('carry', 'x');
    expect(readFileSync(join(repo.path, 'cache/file'), 'utf8')).toBe('warm\n');
    expect((await repo.git('stash', 'list')).split('\n')).toHaveLength(1);
    expect(await repo.git('stash', 'show', '--name-only')).toBe('b.txt');
  });

  test('keeps the entries of the ignore file that hide other worktrees', async () => {
    await using repo = await playground();
    await repo.daft('start', 'inner', '--at', 'in/one');
    writeFileSync(join(repo.path, '.gitignore'), 'in/\n*.log\n');
    expect(await repo.daft('carry', 'inner')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(repo.at('app', 'in/one/.gitignore'), 'utf8')).toBe('in/\n*.log\n');
    expect(readFileSync(join(repo.path, '.gitignore'), 'utf8')).toBe('in/\n');
  });

  test('killed anywhere leaves the changes in a worktree or in the stash', async () => {
    await using logs = await temporaryHome();
    const points = await atEveryPassage('kill', async (env, passage) => {
      await using repo = await changed();
      const faultLog = join(logs.root, `passage-${passage}`);
      await repo.daftWith({ env: { ...env, DAFT_FAULT_LOG: faultLog } }, 'carry', 'x');
      const places = [repo.path, repo.at('app.x')];
      const found = (await Promise.all(places.map((path) => repo.status(path)))).includes(changes) || (await repo.git('stash', 'list')).includes('daft: carry changes');
      expect(found, `killed at passage ${passage}`).toBe(true);
      return { faultLog };
    });
    expect(points).toEqual(expect.arrayContaining(['carry: stashed', 'carry: applied']));
  });
});

const worktree = (path: string, branch?: string, missing = false) => ({ path, branch, missing, head: '1', detached: branch === undefined, main: false, locked: false });

describe('a target', () => {
  const worktrees = [worktree('/r/main', 'main'), worktree('/r/feature/a', 'feature/a'), worktree('/else/b', 'main/x'), worktree('/r/x/b', 'c'), worktree('/r/gone', 'gone', true), worktree('/r/c')];
  const find = (text: string) => {
    const target = findTarget(text, { repository: { projectRoot: '/r' }, worktrees });
    return target.kind === 'found' ? target.worktree.path : target.reason;
  };
  test.each([
    ['/r/main', '/r/main'],
    ['/r/./feature//a/', '/r/feature/a'],
    ['feature/a', '/r/feature/a'],
    ['a', '/r/feature/a'],
    ['main/x', '/else/b'],
    ['c', '/r/c'], // the path below the project root wins over the branch
    ['b', 'several worktrees have this name; say the branch or the path'],
    ['gone', "the directory '/r/gone' no longer exists"],
    ['', 'no worktree has this path, branch or name'],
    ['/r', 'no worktree has this path, branch or name'],
  ])('%j is %j', (text, expected) => {
    expect(find(text)).toBe(expected);
  });
});
