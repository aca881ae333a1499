import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playground, registry } from './support';

describe('daft go', () => {
  test('makes a worktree for a branch of the remote, with its upstream, and later leads to it', async () => {
    await using repo = await playground();
    expect(await repo.lead(repo.path, 'go', 'feature/one')).toMatchObject({
      exitCode: 0,
      stdout: "Prepared worktree 'feature/one'\n",
      stderr: '',
      destination: repo.at('app.feature-one'),
    });
    expect(await repo.git('rev-parse', '--abbrev-ref', 'feature/one@{upstream}')).toBe('origin/feature/one');
    mkdirSync(repo.at('app.feature-one', 'deep'));
    expect(await repo.lead(repo.at('app.feature-one', 'deep'), 'go', 'main')).toMatchObject({ stdout: "Switched to existing worktree 'main'\n", destination: repo.path });
    expect(await repo.lead(repo.path, 'worktree-checkout', 'feature/one', '-x', 'pwd')).toMatchObject({
      stdout: `Switched to existing worktree 'feature/one'\n${repo.at('app.feature-one')}\n`,
      destination: repo.at('app.feature-one'),
    });
  });

  test('sets no upstream where that is switched off, and writes no destination with --no-cd or without autocd', async () => {
    await using repo = await playground();
    await repo.git('config', 'daft.checkout.upstream', 'false');
    expect(await repo.lead(repo.path, 'go', 'feature/one', '--no-cd')).toMatchObject({ exitCode: 0, destination: '' });
    expect((await repo.home.run('git', ['config', 'branch.feature/one.merge'], { cwd: repo.path })).exitCode).toBe(1);
    await repo.git('config', 'daft.autocd', 'no');
    expect(await repo.lead(repo.path, 'go', 'feature/one')).toMatchObject({ exitCode: 0, destination: '' });
  });

  test('leaves a branch the upstream that it has', async () => {
    await using repo = await playground();
    await repo.git('branch', '--quiet', '--track', 'mine', 'origin/feature/one');
    await repo.git('push', '--quiet', 'origin', 'main:refs/heads/mine');
    expect(await repo.daft('go', 'mine')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await repo.git('rev-parse', '--abbrev-ref', 'mine@{upstream}')).toBe('origin/feature/one');
  });

  test('takes a branch written with its remote for the branch of that remote', async () => {
    await using repo = await playground();
    expect(await repo.lead(repo.path, 'go', 'origin/feature/one')).toMatchObject({ stdout: "Prepared worktree 'feature/one'\n", destination: repo.at('app.feature-one') });
    await repo.git('remote', 'add', 'team/fork', repo.remote);
    await repo.git('push', '--quiet', 'team/fork', 'main:refs/heads/theirs');
    await repo.git('update-ref', '-d', 'refs/remotes/origin/theirs');
    expect(await repo.lead(repo.path, 'go', 'team/fork/theirs')).toMatchObject({ stdout: "Prepared worktree 'theirs'\n", destination: repo.at('app.theirs') });
    expect(await repo.git('config', 'branch.theirs.remote')).toBe('team/fork');
  });

  test('suggests what was meant for a branch that is not there, and creates it with -s or by a setting', async () => {
    await using repo = await playground();
    const ran = await repo.lead(repo.path, 'go', 'feature/on');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '' });
    expect(ran.stderr).toBe(
      [
        "error: Branch 'feature/on' not found -- it does not exist locally or on remote 'origin'",
        '  tip: Use `daft go --start feature/on` or `daft start feature/on` to create it',
        '  Did you mean this?\n    feature/one\n',
      ].join('\n\n'),
    );
    expect(await repo.daft('go', 'x', '--at', '../there')).toMatchObject({
      exitCode: 1,
      stderr: "Error: --at requires --start (or daft.go.autoStart=true) when branch 'x' does not exist\n",
    });
    expect(await repo.lead(repo.path, 'go', '-s', 'x', '--at', '../there')).toMatchObject({
      exitCode: 0,
      stdout: "Branch 'x' not found, creating new worktree...\nCreated worktree 'x' from 'origin/main'\n",
      destination: repo.at('there'),
    });
    await repo.git('config', 'daft.go.autoStart', 'true');
    expect((await repo.daft('go', 'y')).stdout).toContain("Created worktree 'y'");
  });

  test('a second name is a usage error unless a branch is created', async () => {
    await using repo = await playground();
    expect(await repo.daft('go', 'main', 'x')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("error: unexpected argument 'x' found") });
    expect((await repo.daft('go', '-b', 'x', 'feature/one')).stdout).toContain("from 'origin/feature/one'");
  });

  test('fetches where that is wanted: a branch born later is found; an unreachable remote is said to be the reason', async () => {
    await using repo = await playground();
    await repo.git('config', 'daft.checkout.fetch', 'true');
    await repo.home.git(repo.remote, 'branch', 'late', 'main');
    expect(await repo.lead(repo.path, 'go', 'late', '--local')).toMatchObject({ exitCode: 1 });
    expect(await repo.lead(repo.path, 'go', 'late')).toMatchObject({ exitCode: 0, stderr: '', destination: repo.at('app.late') });
    renameSync(repo.remote, `${repo.remote}.away`);
    const ran = await repo.daft('go', 'later');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("error: Branch 'later' not found -- could not reach remote 'origin' to check");
    expect(ran.stderr).not.toContain('tip:');
    expect(await repo.daft('go', 'feature/one')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("warning: Failed to fetch from 'origin'") });
  });

  test('asks the remote nothing where the place of the worktree decides already', async () => {
    await using repo = await playground();
    await repo.git('config', 'daft.checkout.fetch', 'true');
    renameSync(repo.remote, `${repo.remote}.away`);
    await repo.git('worktree', 'add', '--quiet', '--detach', '../app.feature-one');
    expect((await repo.daft('go', 'feature/one')).stderr).toMatch(/^warning: The worktree at '.*' may be in detached HEAD state/);
    await repo.git('worktree', 'remove', '../app.feature-one');
    symlinkSync('nowhere', repo.at('app.feature-one'));
    expect(await repo.daft('go', 'feature/one')).toMatchObject({
      exitCode: 1,
      stderr: `Error: Cannot create a worktree for branch 'feature/one': '${repo.at('app.feature-one')}' already exists and is not empty\n`,
    });
  });

  test('makes a worktree anew whose directory somebody has deleted', async () => {
    await using repo = await playground();
    await repo.daft('start', 'x');
    rmSync(repo.at('app.x'), { recursive: true });
    expect(await repo.lead(repo.path, 'go', 'x')).toMatchObject({ exitCode: 0, stdout: "Prepared worktree 'x'\n", destination: repo.at('app.x') });
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });

  test('leads to a worktree that lost its branch, with a warning, and to one that is paused in a rebase without', async () => {
    await using repo = await playground({
      main: { commits: [{ message: 'first', files: { a: '1\n' } }, { message: 'second', files: { a: '2\n' } }] },
      topic: { from: 'main~1', commits: [{ message: 'topic', files: { a: '3\n' } }] },
    });
    await repo.daft('go', 'topic');
    await repo.home.run('git', ['rebase', 'main'], { cwd: repo.at('app.topic') });
    expect(await repo.lead(repo.path, 'go', 'topic')).toMatchObject({ stdout: "Switched to existing worktree 'topic'\n", stderr: '', destination: repo.at('app.topic') });
    await repo.home.git(repo.at('app.topic'), 'rebase', '--abort');
    await repo.home.git(repo.at('app.topic'), 'checkout', '--quiet', '--detach');
    expect(await repo.lead(repo.path, 'go', 'topic')).toMatchObject({ exitCode: 0, destination: repo.at('app.topic'), stderr: expect.stringContaining('detached HEAD') });
    expect(await repo.daft('go', 'topic', '--at', '../app.topic')).toMatchObject({
      exitCode: 1,
      stderr: "Error: --at cannot be used: worktree already exists for 'topic'. Use 'daft go topic' without --at to navigate to it.\n",
    });
  });

  test('`-` toggles between two worktrees and says what it cannot do', async () => {
    await using repo = await playground();
    expect(await repo.lead(repo.path, 'go', '-')).toMatchObject({ exitCode: 1, stderr: 'Error: No previous worktree to switch to\n', destination: '' });
    await repo.daft('start', 'x');
    expect(await repo.lead(repo.at('app.x'), 'go', '-')).toMatchObject({ stdout: "Switched to worktree 'main'\n", destination: repo.path });
    expect(await repo.lead(repo.path, 'worktree-checkout', '--', '-')).toMatchObject({ stdout: "Switched to worktree 'x'\n", destination: repo.at('app.x') });
    // Opening the worktree one is in is no way to anywhere.
    await repo.lead(repo.at('app.x'), 'go', 'x');
    expect(readFileSync(join(repo.path, '.git/.daft/previous-worktree'), 'utf8').trim()).toBe(repo.path);
    await repo.home.git(repo.at('app.x'), 'checkout', '--quiet', '--detach');
    await repo.lead(repo.at('app.x'), 'go', 'main');
    expect((await repo.lead(repo.path, 'go', '-')).stdout).toBe(`Switched to worktree '${repo.at('app.x')}'\n`);
    rmSync(repo.at('app.x'), { recursive: true });
    await repo.lead(repo.path, 'go', 'main');
    writeFileSync(join(repo.path, '.git/.daft/previous-worktree'), `  ${repo.at('app.x')}\n`);
    expect(await repo.lead(repo.path, 'go', '-')).toMatchObject({ exitCode: 1, stderr: `Error: Previous worktree no longer exists: '${repo.at('app.x')}'\n` });
  });
});

describe('the layout of an existing repository', () => {
  test('is detected where its worktrees show it, and remembered', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'x', join(repo.path, '.worktrees/x'));
    await repo.daft('start', 'y');
    expect(existsSync(join(repo.path, '.worktrees/y'))).toBe(true);
    expect(registry(repo)).toEqual({ [join(repo.path, '.git')]: { layout: 'nested' } });
  });

  test('is the default, and not remembered, where worktrees lie in no known order', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'x', repo.at('somewhere'));
    await repo.daft('start', 'y');
    expect(existsSync(repo.at('app.y'))).toBe(true);
    expect(registry(repo)).toEqual({});
  });

  test('is by default the custom one that has taken the name of the default, from the first worktree on', async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[layouts.sibling]\ntemplate = "{{ repo }}_{{ branch }}"\n');
    await repo.daft('start', 'x');
    await repo.daft('start', 'y');
    expect([existsSync(repo.at('app_x')), existsSync(repo.at('app_y'))]).toEqual([true, true]);
    expect((await repo.daft('layout', 'default')).stdout).toBe('sibling {{ repo }}_{{ branch }} (default)\n');
  });

  test('is what daft.yml of the worktree says, before config.toml; both are not remembered', async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[defaults]\nlayout = "team"\n[layouts.team]\ntemplate = "../team/{{ branch }}"\n');
    await repo.daft('start', 'a/b');
    expect(await repo.worktrees()).toMatchObject({ 'a/b': join(repo.home.root, 'team/a/b') });
    writeFileSync(join(repo.path, 'daft.yml'), "layout: '{{ repo }}-{{ branch | sanitize }}'\n");
    await repo.daft('start', 'a/c', '--no-carry');
    expect(await repo.worktrees()).toMatchObject({ 'a/c': repo.at('app-a-c') });
    expect(registry(repo)).toEqual({});
    writeFileSync(join(repo.path, 'daft.yml'), 'layout: teem\n');
    expect(await repo.daft('start', 'd', '--no-carry')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("warning: Ignoring the layout of daft.yml: Unknown layout 'teem'") });
  });

  test('that wants a bare repository where there is none is a warning, and an ignore entry', async () => {
    await using repo = await playground();
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[defaults]\nlayout = "contained"\n');
    const ran = await repo.daft('start', 'a/b');
    expect(ran).toMatchObject({ exitCode: 0, stderr: "warning: Layout 'contained' works best with a bare repository. Consider running `daft layout transform` to convert.\n" });
    expect(await repo.worktrees()).toMatchObject({ 'a/b': join(repo.path, 'a/b') });
    expect(readFileSync(join(repo.path, '.gitignore'), 'utf8')).toBe('a/\n');
  });

  test('of a wrapped repository is relative to the directory around it', async () => {
    await using repo = await playground();
    const root = repo.at('wrapped');
    await repo.home.git(repo.home.work, 'clone', '--quiet', repo.remote, join(root, 'main'));
    await repo.lead(join(root, 'main'), 'start', 'x/y');
    expect(await repo.worktrees(join(root, 'main'))).toEqual({ main: join(root, 'main'), 'x/y': join(root, 'x/y') });
    expect(registry(repo)).toEqual({ [join(root, 'main/.git')]: { layout: 'contained-classic' } });
  });

  test('groups worktrees by remote in multi-remote mode', async () => {
    await using repo = await playground();
    await repo.home.git(repo.home.work, 'clone', '--quiet', '--bare', repo.remote, 'box/.git');
    const box = repo.at('box');
    await repo.home.git(box, 'config', 'daft.multiRemote.enabled', 'true');
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[defaults]\nlayout = "contained"\n');
    expect(await repo.lead(box, 'go', 'main')).toMatchObject({ exitCode: 0, destination: join(box, 'origin/main') });
    await repo.home.git(box, 'remote', 'add', 'fork', repo.remote);
    expect(await repo.lead(box, 'start', 'x', 'main', '-r', 'fork')).toMatchObject({ exitCode: 0, destination: join(box, 'fork/x') });
    for (const command of [['go', 'feature/one'], ['go', 'y', '--start'], ['go', 'x'], ['start', 'y']]) {
      expect(await repo.lead(box, ...command, '-r', 'frok')).toMatchObject({
        exitCode: 1, stdout: '', destination: '', stderr: "Error: Remote 'frok' does not exist. Available remotes: fork, origin\n",
      });
    }
    expect(existsSync(join(box, 'frok'))).toBe(false);
    expect(await repo.worktrees(box)).toEqual({ main: join(box, 'origin/main'), x: join(box, 'fork/x') });
    // Outside the mode it says nothing about the place, and is not looked at.
    expect(await repo.lead(repo.path, 'start', 'y', '-r', 'frok')).toMatchObject({ exitCode: 0, destination: repo.at('app/y') });
  });

  test('a missing worktree that is locked, as on a disk that is not there now, is not taken for one to go to', async () => {
    await using repo = await playground();
    await repo.git('worktree', 'add', '--quiet', '-b', 'x', '../x');
    await repo.git('worktree', 'lock', '../x');
    rmSync(repo.at('x'), { recursive: true });
    expect(await repo.lead(repo.path, 'go', 'x')).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringContaining('Failed to create git worktree') });
  });
});
