import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildRemote, waitFor } from '../support';
import { playground, registry, type Playground } from './support';

const branches = {
  main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n' } }] },
  'feature/one': { commits: [{ message: 'one', files: { 'one.txt': 'one\n' } }] },
  develop: { commits: [{ message: 'dev', files: { 'dev.txt': 'dev\n' } }] },
} as const;

/** An empty directory to clone into, and what daft said there. */
function cloneInto(repo: Playground, directory: string, ...args: string[]) {
  mkdirSync(repo.at(directory), { recursive: true });
  return repo.lead(repo.at(directory), 'clone', repo.remote, ...args);
}

/** Clones in test mode, where a line of stdin answers the question for the layout. */
function cloneAnswering(repo: Playground, directory: string, stdin: string) {
  mkdirSync(repo.at(directory));
  return repo.home.daft(['clone', repo.remote, '--no-cd'], { cwd: repo.at(directory), stdin, env: { DAFT_TESTING: '1', DAFT_CD_FILE: '/dev/null' } });
}

/** The entry of a hook in daft.yml that writes down when and for what it is fired. */
function says(hook: string): string {
  const words = '$DAFT_HOOK $DAFT_BRANCH_NAME ${DAFT_REPOSITORY_URL+url} ${DAFT_DEFAULT_BRANCH-}';
  return `  ${hook}:\n    jobs:\n      - name: say\n        run: echo "${words}" >>"$DAFT_PROJECT_ROOT/log"\n`;
}

function refusesTwo(hook: string): string {
  return `hooks:\n  ${hook}:\n    jobs:\n      - name: refuse\n        run: test "$DAFT_BRANCH_NAME" != two\n`;
}

describe('daft clone', () => {
  test.each([
    ['contained', 'app/main', { main: 'app/main' }, 'app/.git'],
    ['contained-flat', 'app/main', { main: 'app/main' }, 'app/.git'],
    ['contained-classic', 'app/main', { main: 'app/main' }, 'app/main/.git'],
    ['sibling', 'app', { main: 'app' }, 'app/.git'],
    ['nested', 'app', { main: 'app' }, 'app/.git'],
    ['centralized', 'app', { main: 'app' }, 'app/.git'],
    ['{{ repo_path }}/wt/{{ branch | sanitize }}', 'app/wt/main', { main: 'app/wt/main' }, 'app/.git'],
  ])('with layout %s goes to %s, clean and with its upstream', async (layout, path, worktrees, commonDir) => {
    await using repo = await playground(branches);
    const ran = await cloneInto(repo, 'in', '--layout', layout);
    expect(ran).toMatchObject({ exitCode: 0, stdout: `Cloned into '${path}'\n`, stderr: '', destination: repo.at('in', path) });
    const worktree = repo.at('in', path);
    expect(await repo.worktrees(worktree)).toEqual(Object.fromEntries(Object.entries(worktrees).map(([branch, at]) => [branch, repo.at('in', at)])));
    expect(await repo.status(worktree)).toBe('');
    expect(await repo.home.git(worktree, 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/main');
    expect(await repo.home.git(worktree, 'symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/main');
    expect(registry(repo)).toEqual({ [repo.at('in', commonDir)]: { layout } });
    expect((await repo.lead(worktree, 'go', 'feature/one')).exitCode).toBe(0);
    expect(await repo.status((await repo.worktrees(worktree))['feature/one'] ?? '')).toBe('');
  });

  test('with several branches makes those that are there, in a bare layout nothing else', async () => {
    await using repo = await playground(branches);
    const bare = await cloneInto(repo, 'one', '--layout', 'contained', '-b', 'develop', '-b', 'nope', '-b', 'feature/one');
    expect(bare).toMatchObject({ exitCode: 0, stdout: "Cloned into 'app/develop'\n", stderr: "warning: Branch 'nope' not found on remote\n", destination: repo.at('one/app/develop') });
    expect(Object.keys(await repo.worktrees(repo.at('one/app/develop')))).toEqual(['develop', 'feature/one']);

    const regular = await cloneInto(repo, 'two', '--layout', 'sibling', '-b', 'feature/one', '-b', '@');
    expect(regular).toMatchObject({ exitCode: 0, destination: repo.at('two/app.feature-one'), stdout: "Cloned into 'app.feature-one'\n" });
    expect(await repo.worktrees(repo.at('two/app'))).toEqual({ main: repo.at('two/app'), 'feature/one': repo.at('two/app.feature-one') });

    const all = await cloneInto(repo, 'three', '--layout', 'nested', '-a');
    expect(all).toMatchObject({ exitCode: 0, stderr: '', destination: repo.at('three/app') });
    expect(Object.keys(await repo.worktrees(repo.at('three/app'))).toSorted()).toEqual(['develop', 'feature/one', 'main']);
    expect(readFileSync(repo.at('three/app/.gitignore'), 'utf8')).toBe('.worktrees/\n');
  });

  test('without a worktree leads to the project root and runs nothing', async () => {
    await using repo = await playground(branches);
    expect(await cloneInto(repo, 'one', '-n', '--layout', 'contained', '-x', 'echo ran')).toMatchObject({ exitCode: 0, stdout: "Cloned 'app' (bare)\n", destination: repo.at('one/app') });
    expect(readdirSync(repo.at('one/app'))).toEqual(['.git']);
    expect(existsSync(repo.at('one/app/.git/index'))).toBe(false);
    expect(await cloneInto(repo, 'two', '-b', 'nope', '--layout', 'contained', '-x', 'echo ran')).toMatchObject({
      exitCode: 0,
      stdout: "Cloned 'app' (branch 'nope' not found, no worktree created)\n",
      destination: repo.at('two/app'),
    });
  });

  test('of which nothing was to be found takes later worktrees to where the layout has them, and no changes along', async () => {
    await using repo = await playground(branches);
    expect(await cloneInto(repo, 'one', '-b', 'nope', '--layout', 'contained-classic')).toMatchObject({ exitCode: 0, destination: repo.at('one/app/main') });
    expect(readdirSync(repo.at('one/app/main'))).toEqual(['.git']);
    expect(await repo.lead(repo.at('one/app/main'), 'go', 'develop')).toMatchObject({ exitCode: 0, destination: repo.at('one/app/develop') });

    expect(await cloneInto(repo, 'two', '-b', 'nope', '--layout', 'sibling')).toMatchObject({ exitCode: 0, destination: repo.at('two/app') });
    expect(await repo.lead(repo.at('two/app'), 'start', 'x')).toMatchObject({ exitCode: 0, destination: repo.at('two/app.x') });
    expect(await repo.status(repo.at('two/app.x'))).toBe('');
    expect((await repo.lead(repo.at('two/app'), 'carry', 'x')).stdout).toBe('No uncommitted changes to carry.\n');
  });

  test.each([
    [['-n', '-a'], '--no-checkout and --all-branches cannot be used together'],
    [['-b', 'x', '-a'], '--branch and --all-branches cannot be used together'],
    [['-b', 'x', '-n'], '--branch and --no-checkout cannot be used together'],
    [['-r', 'up', '-b', 'x', '-b', 'y'], '--remote cannot be used with multiple -b flags'],
    [['--trust-hooks', '--no-hooks'], '--trust-hooks and --no-hooks cannot be used together'],
    [['--layout', 'contaned'], "Unknown layout 'contaned'\nDid you mean this?\n  contained\n"],
    [['--layout', '{{ nope }}'], 'Unknown template variable: nope'],
    [['-n', '--layout', 'sibling'], "--no-checkout requires a bare layout. The 'sibling' layout uses a non-bare repository.\nPick one of the bare-using layouts: contained or contained-flat.\n"],
    [['-b', 'a..b'], "Branch name cannot contain '..'"],
  ])('%j is refused, and nothing is left: %s', async (args, message) => {
    await using repo = await playground(branches);
    const ran = await cloneInto(repo, 'in', ...args);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringContaining(message) });
    expect(readdirSync(repo.at('in'))).toEqual([]);
    expect(registry(repo)).toEqual({});
  });

  test('a name that is taken and a remote that does not answer are told, and nothing is left', async () => {
    await using repo = await playground(branches);
    mkdirSync(repo.at('in/app'), { recursive: true });
    expect(await cloneInto(repo, 'in')).toMatchObject({ exitCode: 1, stderr: "Error: Target path './app' already exists.\n" });
    const gone = await repo.lead(repo.at('in'), 'clone', join(repo.home.root, 'nowhere.git'));
    expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: Failed to determine default branch\n\nCaused by:\n {4}/) });
    expect(readdirSync(repo.at('in'))).toEqual(['app']);
  });

  test('a layout that cannot be carried out leaves nothing behind', async () => {
    await using repo = await playground(branches);
    const ran = await cloneInto(repo, 'in', '--layout', '{{ repo_path }}/.git/{{ branch }}');
    expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('inside the git directory') });
    expect(readdirSync(repo.at('in'))).toEqual([]);
  });

  test('an interruption in the middle leaves nothing behind', async () => {
    await using repo = await playground(branches);
    mkdirSync(repo.at('in'));
    // A remote that answers the first question and then never again, until it is told to.
    const upload = join(repo.home.root, 'upload-pack');
    writeFileSync(upload, `#!/bin/sh\nif [ -e '${repo.at('in/app')}' ]; then touch '${upload}.asked'; exec sleep 60; fi\nexec git-upload-pack "$@"\n`, { mode: 0o755 });
    const ssh = join(repo.home.root, 'ssh');
    writeFileSync(ssh, `#!/bin/sh\nexec '${upload}' '${repo.remote}'\n`, { mode: 0o755 });
    const env = { ...repo.home.env, DAFT_NO_HINTS: '1', GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'simple' };
    const running = repo.home.start(join(repo.home.root, 'bin/daft'), ['clone', 'ssh://host/app.git'], { cwd: repo.at('in'), env });
    await waitFor('the clone to be asked for', () => existsSync(`${upload}.asked`), { instead: () => running.stderr() });
    running.signal('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
    expect(readdirSync(repo.at('in'))).toEqual([]);
    for (const { pid } of repo.home.processes()) process.kill(pid, 'SIGKILL');
  });

  test('an empty remote gives an unborn worktree, in any layout', async () => {
    await using repo = await playground(branches);
    const empty = join(repo.home.root, 'remotes/empty.git');
    await buildRemote(repo.home, empty, {});
    const go = (directory: string, ...args: string[]) => {
      mkdirSync(repo.at(directory));
      return repo.lead(repo.at(directory), 'clone', empty, ...args);
    };
    expect(await go('one', '--layout', 'contained')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'empty/main'\n", stderr: '', destination: repo.at('one/empty/main') });
    expect(await repo.home.git(repo.at('one/empty/main'), 'status', '--branch', '--porcelain')).toBe('## No commits yet on main');
    writeFileSync(repo.at('one/empty/main/a'), '');
    await repo.home.git(repo.at('one/empty/main'), 'add', 'a');
    await repo.home.git(repo.at('one/empty/main'), 'commit', '--quiet', '-m', 'first');
    expect(await repo.home.git(repo.at('one/empty/main'), 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(await go('two', '--layout', 'sibling', '-b', 'trunk')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'empty'\n" });
    expect(await repo.home.git(repo.at('two/empty'), 'status', '--branch', '--porcelain')).toBe('## No commits yet on trunk');
    expect(await go('three', '-n', '--layout', 'contained')).toMatchObject({ exitCode: 0, stdout: "Cloned 'empty' (bare)\n" });
    expect(await go('five', '--layout', 'contained', '-b', '@')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'empty/main'\n", stderr: '' });
    expect(await go('six', '--layout', 'sibling', '-b', 'HEAD')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'empty'\n", stderr: '' });
    expect(await repo.home.git(repo.at('six/empty'), 'status', '--branch', '--porcelain')).toBe('## No commits yet on main');
    expect(await go('four', '-a')).toMatchObject({ exitCode: 1, stderr: 'Error: Cannot use --all-branches with an empty repository (no branches exist)\n' });
    expect(readdirSync(repo.at('four'))).toEqual([]);
  });

  test('a remote whose HEAD names nothing has its default branch guessed, with a warning', async () => {
    await using repo = await playground(branches);
    await repo.home.git(repo.remote, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
    expect(await cloneInto(repo, 'in', '--layout', 'contained')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'app/main'\n", stderr: expect.stringContaining("using 'main'") });
    expect(await repo.lead(repo.at('in/app'), 'start', 'x')).toMatchObject({ exitCode: 0, stdout: "Created worktree 'x' from 'origin/main'\n" });
  });

  test('the remote has the name that the settings give it', async () => {
    await using repo = await playground(branches);
    await repo.home.git(repo.home.work, 'config', '--global', 'daft.remote', 'upstream');
    await repo.home.git(repo.home.work, 'config', '--global', 'clone.defaultRemoteName', 'else');
    await cloneInto(repo, 'in', '--layout', 'contained');
    expect(await repo.home.git(repo.at('in/app'), 'remote')).toBe('upstream');
    expect(await repo.home.git(repo.at('in/app/main'), 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('upstream/main');
  });

  test('the folder of --remote is used and recorded', async () => {
    await using repo = await playground(branches);
    expect(await cloneInto(repo, 'in', '--layout', 'contained', '-r', 'fork')).toMatchObject({ exitCode: 0, destination: repo.at('in/app/fork/main') });
    expect(await repo.home.git(repo.at('in/app'), 'config', 'daft.multiRemote.defaultRemote')).toBe('fork');
    expect(await repo.lead(repo.at('in/app'), 'start', 'x')).toMatchObject({ destination: repo.at('in/app/fork/x') });
    // A layout that is not bare has no folders: said once, however many worktrees there are.
    const warning = "warning: --remote has no effect on placement: layout 'sibling' is not bare\n";
    expect(await cloneInto(repo, 'regular', '--layout', 'sibling', '-r', 'fork', '-a')).toMatchObject({ exitCode: 0, stderr: warning, destination: repo.at('regular/app') });
    expect(await repo.lead(repo.at('regular'), 'init', 'new', '--layout', 'sibling', '-r', 'fork')).toMatchObject({ exitCode: 0, stderr: warning });
  });
});

describe('the layout of a clone', () => {
  test('is what the committed daft.yml says, before config.toml', async () => {
    await using repo = await playground({ main: { commits: [{ message: 'first', files: { '.config/daft.yml': 'layout: contained\n' } }] } });
    mkdirSync(repo.home.config, { recursive: true });
    writeFileSync(join(repo.home.config, 'config.toml'), '[defaults]\nlayout = "nested"\n');
    expect((await cloneInto(repo, 'in')).stdout).toBe("Cloned into 'app/main'\n");
    expect((await cloneInto(repo, 'other', '--layout', 'sibling')).stdout).toBe("Cloned into 'app'\n");
  });

  test('falls back where daft.yml is broken, and says so', async () => {
    await using repo = await playground({ main: { commits: [{ message: 'first', files: { 'daft.yml': 'layout: [\n' } }] } });
    expect(await cloneInto(repo, 'in')).toMatchObject({ exitCode: 0, stdout: "Cloned into 'app'\n", stderr: expect.stringContaining('warning: Could not read daft.yml: ') });
  });

  test.each([
    ['y\n', "Cloned into 'app/main'\n", 'Use contained? [y=this repo / d=set as default / N] this repo\n', undefined],
    ['D\n', "Cloned into 'app/main'\n", 'Use contained? [y=this repo / d=set as default / N] set as default\n', '[defaults]\nlayout = "contained"\n'],
    ['\n', "Cloned into 'app'\n", 'Use contained? [y=this repo / d=set as default / N] no\n', undefined],
    ['set as default\n', "Cloned into 'app/main'\n", 'set as default\n', '[defaults]\nlayout = "contained"\n'],
  ])('is asked for once in a life: %j', async (stdin, stdout, stderr, config) => {
    await using repo = await playground(branches);
    const ran = await cloneAnswering(repo, 'one', stdin);
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stdout), stderr: expect.stringContaining(stderr) });
    const file = join(repo.home.config, 'config.toml');
    expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(config);
    expect((await cloneAnswering(repo, 'two', '')).stderr).toBe('');
  });

  test('end of input cancels: nothing is changed, and it is asked again', async () => {
    await using repo = await playground(branches);
    const ran = await cloneAnswering(repo, 'one', '');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Clone cancelled. Nothing was changed.\n') });
    expect(readdirSync(repo.at('one'))).toEqual([]);
    expect((await cloneAnswering(repo, 'two', 'n\n')).stderr).toContain('Use contained?');
  });

  test('is chosen by a key on a terminal', async () => {
    await using repo = await playground(branches);
    mkdirSync(repo.at('in'));
    const ran = await repo.home.onTerminal(`daft clone '${repo.remote}'`, { cwd: repo.at('in'), stdin: 'xY' });
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Cloned into 'app/main'") });
  });
});

describe('the hooks of a clone', () => {
  const withHooks = {
    main: { commits: [{ message: 'first', files: { 'daft.yml': `hooks:\n${['post-clone', 'worktree-pre-create', 'worktree-post-create'].map(says).join('')}` } }] },
    two: { commits: [{ message: 'two', files: { two: '' } }] },
    three: { commits: [{ message: 'three', files: { three: '' } }] },
  };

  test('run in their order where the repository is trusted, which lasts', async () => {
    await using repo = await playground(withHooks);
    expect(await cloneInto(repo, 'in', '--layout', 'contained', '--trust-hooks', '-b', 'main', '-b', 'two')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(repo.at('in/app/log'), 'utf8').trim().split('\n').map((line) => line.trim())).toEqual([
      'post-clone main url main',
      'worktree-post-create main',
      'worktree-pre-create two',
      'worktree-post-create two',
    ]);
    expect(registry(repo)).toMatchObject({ [repo.at('in/app/.git')]: { layout: 'contained', trust: { level: 'allow', fingerprint: repo.remote } } });
    await repo.lead(repo.at('in/app/main'), 'start', 'x');
    expect(readFileSync(repo.at('in/app/log'), 'utf8')).toContain('worktree-post-create x');
  });

  test('do not run untrusted, nor with --no-hooks, nor by the trust of an earlier repository at that path', async () => {
    await using repo = await playground(withHooks);
    const untrusted = await cloneInto(repo, 'in', '--layout', 'contained');
    expect(untrusted).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Untrusted repo') });
    expect((await cloneInto(repo, 'silent', '--layout', 'contained', '--no-hooks')).stderr).toBe('');
    await repo.home.daft(['hooks', 'trust', '-f'], { cwd: repo.at('in/app/main') });
    await repo.home.run('rm', ['-rf', repo.at('in/app')]);
    expect((await cloneInto(repo, 'in', '--layout', 'contained')).stderr).toContain('Untrusted repo');
    expect(existsSync(repo.at('in/app/log'))).toBe(false);
  });

  test('that abort skip one branch before it, and keep the worktree after it', async () => {
    await using repo = await playground(withHooks);
    const clone = join(repo.home.root, 'remotes/pre.git');
    await buildRemote(repo.home, clone, {
      main: { commits: [{ message: 'first', files: { 'daft.yml': refusesTwo('worktree-pre-create') } }] },
      two: { commits: [{ message: 'two', files: { two: '' } }] },
      three: { commits: [{ message: 'three', files: { three: '' } }] },
    });
    mkdirSync(repo.at('in'));
    const ran = await repo.lead(repo.at('in'), 'clone', clone, '--layout', 'contained', '--trust-hooks', '-b', 'main', '-b', 'two', '-b', 'three');
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("warning: pre-create hook failed for 'two', skipping") });
    expect(readdirSync(repo.at('in/pre')).toSorted()).toEqual(['.git', 'main', 'three']);
  });
});
