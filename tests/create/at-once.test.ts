import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playground, type Playground } from './support';

/** A neighbour who is faster: everything has been looked at when it takes the place. */
async function neighbourDuringPreCreate(repo: Playground, command: string): Promise<void> {
  await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
  writeFileSync(join(repo.path, 'daft.yml'), JSON.stringify({ hooks: { 'worktree-pre-create': { jobs: [{ name: 'neighbour', run: command }] } } }));
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hook');
  await repo.git('push', '--quiet', 'origin', 'main');
}

describe('two commands at once', () => {
  test('a place that another branch has taken meanwhile is an error, and everything is as before', async () => {
    await using repo = await playground();
    await neighbourDuringPreCreate(repo, 'git worktree add --quiet -b q/b ../app.q-b');
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    const ran = await repo.lead(repo.path, 'start', 'q-b');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringContaining(`Error: Failed to create git worktree: '${repo.at('app.q-b')}' already exists`) });
    expect(await repo.status(repo.path)).toBe(' M a.txt');
    expect(await repo.status(repo.at('app.q-b'))).toBe('');
    expect(await repo.git('branch', '--list', 'q-b')).toBe('');
  });

  test('a branch that somebody else has opened meanwhile is where the way leads', async () => {
    await using repo = await playground();
    await neighbourDuringPreCreate(repo, 'git worktree add --quiet ../app.feature-one feature/one');
    await repo.git('branch', 'feature/one', 'origin/feature/one');
    expect(await repo.lead(repo.path, 'go', 'feature/one')).toMatchObject({
      exitCode: 0,
      stdout: "Switched to existing worktree 'feature/one'\n",
      destination: repo.at('app.feature-one'),
    });
  });

  test('a registration that a prune has taken for abandoned is made anew', async () => {
    await using repo = await playground();
    const once = repo.at('once');
    writeFileSync(
      join(repo.path, '.git/hooks/post-checkout'),
      `#!/bin/sh\ncase $(pwd) in */app.x) test -e '${once}' || { : >'${once}'; rm "$(git rev-parse --git-dir)/commondir"; };; esac\n`,
      { mode: 0o755 },
    );
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(once)).toBe(true);
    expect(await repo.home.git(repo.at('app.x'), 'branch', '--show-current')).toBe('x');
    expect(await repo.status(repo.at('app.x'))).toBe('');
    expect(await repo.git('fsck', '--no-dangling')).toBe('');
    expect(await repo.git('worktree', 'prune', '--dry-run', '--verbose')).toBe('');
  });

  test('one of two branches for one place gets it', async () => {
    await using repo = await playground();
    const [one, other] = await Promise.all([repo.daft('start', 'a/b'), repo.daft('start', 'a-b')]);
    const [won, lost] = one.exitCode === 0 ? [one, other] : [other, one];
    expect([won.exitCode, lost.exitCode]).toEqual([0, 1]);
    expect(lost.stderr).toMatch(/already (exists|is the worktree)/);
    expect(Object.keys(await repo.worktrees())).toHaveLength(2);
    expect((await repo.git('branch', '--format=%(refname:short)')).split('\n')).toHaveLength(2);
  });

  test('of two clones to one directory one succeeds, and the other leaves it alone', async () => {
    await using repo = await playground();
    mkdirSync(repo.at('in'));
    const clone = () => repo.daftWith({ cwd: repo.at('in') }, 'clone', repo.remote, '--layout', 'contained');
    const codes = (await Promise.all([clone(), clone(), clone()])).map(({ exitCode }) => exitCode);
    expect(codes.toSorted((one, other) => one - other)).toEqual([0, 1, 1]);
    expect(await repo.status(repo.at('in', 'app', 'main'))).toBe('');
  });
});

describe("a failing post-checkout hook of git's", () => {
  test('is a warning: the worktree is complete', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, '.git/hooks/post-checkout'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(await repo.daft('start', 'x')).toMatchObject({
      exitCode: 0,
      stdout: "Created worktree 'x' from 'origin/main'\n",
      stderr: "warning: git's post-checkout hook failed with status 3\n",
    });
  });

  test('a git that is killed over the making leaves no half-made worktree', async () => {
    await using repo = await playground();
    await repo.git('config', 'filter.die.smudge', 'kill -9 $(ps -o ppid= -p $PPID | tr -d " ") $PPID');
    writeFileSync(join(repo.path, '.git/info/attributes'), 'b.txt filter=die\n');
    const ran = await repo.daft('start', 'x');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('Error: Failed to create git worktree') });
    expect(await repo.worktrees()).toEqual({ main: repo.path });
    expect(existsSync(repo.at('app.x'))).toBe(false);
    expect(await repo.git('branch', '--list', 'x')).toBe('');
  });
});

test('many who open one branch at once all get there, one of them by making it', async () => {
  await using repo = await playground();
  const ran = await Promise.all(Array.from({ length: 8 }, async () => repo.daft('go', 'feature/one')));
  expect(ran.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(ran.map(() => ({ exitCode: 0, stderr: '' })));
  expect(ran.filter(({ stdout }) => stdout === "Prepared worktree 'feature/one'\n")).toHaveLength(1);
  expect(await repo.status(repo.at('app.feature-one'))).toBe('');
});

test('a locked worktree is one to go to', async () => {
  await using repo = await playground();
  await repo.git('worktree', 'add', '--quiet', '--lock', '-b', 'x', '../app.x');
  expect(await repo.lead(repo.path, 'go', 'x')).toMatchObject({ exitCode: 0, stdout: "Switched to existing worktree 'x'\n", destination: repo.at('app.x') });
});
