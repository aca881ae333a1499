import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitForFile } from '../support';
import { playground, type Playground } from './support';

/** A git that does all it is told, and then what `script` says where `pattern` fits its arguments. */
function gitThat(repo: Playground, pattern: string, script: string): Record<string, string> {
  const bin = join(repo.home.root, 'odd-git');
  mkdirSync(bin);
  const real = '"$(PATH=${PATH#*:} command -v git)"';
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${real} "$@"\ncode=$?\ncase "$*" in ${pattern}) ${script};; esac\nexit $code\n`, { mode: 0o755 });
  return { PATH: `${bin}:${repo.home.env['PATH']}` };
}

function changeThreeWays(repo: Playground): void {
  writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
  writeFileSync(join(repo.path, 'b.txt'), 'changed\n');
  writeFileSync(join(repo.path, 'new'), 'new\n');
}

describe('changes on their way', () => {
  test('are back after Ctrl-C while they were put into the stash', async () => {
    await using repo = await playground();
    changeThreeWays(repo);
    await repo.git('add', 'b.txt');
    const ran = await repo.daftWith({ env: gitThat(repo, "'stash push'*", 'kill -INT $PPID') }, 'start', 'x');
    expect(ran).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
    expect((await repo.status(repo.path)).split('\n')).toEqual([' M a.txt', 'M  b.txt', '?? new']);
    expect(await repo.git('stash', 'list')).toBe('');
    expect(await repo.worktrees()).toEqual({ main: repo.path });
    expect(await repo.git('branch', '--list', 'x')).toBe('');
  });

  test('are back when git fails after it has put them into the stash', async () => {
    await using repo = await playground();
    changeThreeWays(repo);
    const ran = await repo.daftWith({ env: gitThat(repo, "'stash push'*", 'echo oops >&2; code=1') }, 'start', 'x');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: 'Error: Failed to stash uncommitted changes: oops\nWith --no-carry they stay where they are.\n' });
    expect((await repo.status(repo.path)).split('\n')).toEqual([' M a.txt', ' M b.txt', '?? new']);
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('are all there, here or in the stash, whenever the command is killed', async () => {
    await using repo = await playground();
    changeThreeWays(repo);
    const killing = gitThat(repo, "'stash push'*", 'kill -9 $PPID');
    expect((await repo.daftWith({ env: killing }, 'start', 'x')).exitCode).toBe(137);
    expect(await repo.git('stash', 'list')).toContain('daft: carry changes to new worktree');
    await repo.git('stash', 'pop');
    expect((await repo.status(repo.path)).split('\n')).toEqual([' M a.txt', ' M b.txt', '?? new']);
    expect(await repo.daft('start', 'x')).toMatchObject({ exitCode: 0, stderr: '' }); // whose lock was left behind is dead
  });

  test('reach a git that Ctrl-C does not', async () => {
    await using repo = await playground();
    changeThreeWays(repo);
    // On a terminal Ctrl-C signals a whole process group.
    const env = gitThat(repo, "'stash apply'*", 'test $(ps -o pgid= -p $$) != $(ps -o pgid= -p $PPID) || code=1');
    expect(await repo.daftWith({ env }, 'start', 'x')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

test('Ctrl-C in a post-create hook tells that the worktree is there', async () => {
  await using repo = await playground();
  await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
  const ready = repo.at('ready');
  const job = { name: 'long', run: `touch ${ready}; exec sleep 60` };
  writeFileSync(join(repo.path, 'daft.yml'), JSON.stringify({ hooks: { 'worktree-post-create': { jobs: [job] } } }));
  await repo.git('add', '--force', 'daft.yml');
  await repo.git('commit', '--quiet', '-m', 'hook');
  const daft = repo.home.start('daft', ['start', 'x'], { cwd: repo.path });
  await waitForFile(ready);
  daft.signal('SIGINT');
  expect(await daft.ended).toMatchObject({
    exitCode: 130,
    stderr: expect.stringContaining(`warning: worktree-post-create hook was interrupted; the worktree was created and kept at '${repo.at('app.x')}'`),
  });
});
