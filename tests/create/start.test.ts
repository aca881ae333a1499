import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitForFile } from '../support';
import { playground, registry } from './support';

describe('daft start', () => {
  test('only warns where there is no place for an ignore entry', async () => {
    await using repo = await playground();
    mkdirSync(join(repo.path, '.gitignore'));
    expect(await repo.daft('start', 'x', '--at', 'in/x')).toMatchObject({ exitCode: 0, stderr: `warning: Could not update .gitignore: EISDIR: is a directory, read '${join(repo.path, '.gitignore')}'\n` });
    expect(existsSync(join(repo.path, 'in/x/a.txt'))).toBe(true);
  });

  test('creates a branch from where it is started, beside the repository, and leads there', async () => {
    await using repo = await playground();
    const ran = await repo.lead(repo.path, 'start', 'feat/x');
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Created worktree 'feat/x' from 'origin/main'\n", stderr: '', destination: repo.at('app.feat-x') });
    expect(await repo.worktrees()).toEqual({ main: repo.path, 'feat/x': repo.at('app.feat-x') });
    const upstream = await repo.home.run('git', ['config', '--get', 'branch.feat/x.remote'], { cwd: repo.path });
    expect(upstream.exitCode).toBe(1);
    expect(registry(repo)).toEqual({ [join(repo.path, '.git')]: { layout: 'sibling' } });
  });

  test('starts from the local branch when that is ahead, from the remote one when it is not, from any commit', async () => {
    await using repo = await playground();
    await repo.git('commit', '--quiet', '--allow-empty', '-m', 'ahead');
    expect((await repo.daft('start', 'a')).stdout).toContain("from 'main'");
    expect((await repo.daft('start', 'b', 'feature/one')).stdout).toContain("from 'origin/feature/one'");
    expect(existsSync(repo.at('app.b', 'one.txt'))).toBe(true);
    expect((await repo.daft('start', 'c', 'main~1')).stdout).toContain("from 'main~1'");
    expect((await repo.daft('start', 'by-message', ':/first')).stdout).toContain("from ':/first'");
    expect(await repo.git('rev-parse', 'by-message')).toBe(await repo.git('rev-parse', 'main~1'));
    await repo.git('switch', '--quiet', '-c', 'here');
    expect((await repo.daft('start', 'from-here', 'HEAD')).stdout).toContain("from 'HEAD'");
    expect(await repo.git('rev-parse', 'from-here')).toBe(await repo.git('rev-parse', 'here'));
    expect(await repo.daft('start', 'd', 'nowhere')).toMatchObject({ exitCode: 1, stderr: "Error: Base 'nowhere' is neither a branch nor a commit\n" });
    expect(existsSync(repo.at('app.d'))).toBe(false);
  });

  test.each([
    [['start', 'main'], "Branch 'main' already exists"],
    [['start', 'a b'], 'cannot contain whitespace'],
    [['start', ''], 'Branch name cannot be empty'],
    [['start', 'x.lock'], 'is not a valid branch name'],
    [['go', '-b', '-'], "Cannot use '-' with -b/--create-branch"],
    [['worktree-checkout', 'main', 'x'], '<BASE_BRANCH_NAME> can only be used with -b/--create-branch'],
  ])('%j ends with: %s, and nothing is changed', async (args, message) => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    const ran = await repo.lead(repo.path, ...args);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringContaining(message) });
    expect(await repo.status(repo.path)).toBe(' M a.txt');
    expect(await repo.git('branch', '--format=%(refname:short)')).toBe('main');
    expect(registry(repo)).toEqual({});
  });

  test('a place that is taken is named, whoever has it', async () => {
    await using repo = await playground();
    mkdirSync(repo.at('app.x'));
    expect((await repo.daft('start', 'x')).exitCode).toBe(0);
    mkdirSync(repo.at('app.y'));
    writeFileSync(repo.at('app.y', 'file'), '');
    expect(await repo.daft('start', 'y')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`'${repo.at('app.y')}' already exists and is not empty`) });
    await repo.daft('start', 'a/b');
    expect(await repo.daft('start', 'a-b')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("already is the worktree of branch 'a/b'") });
    expect(await repo.daft('start', 'z', '--at', '.git/z')).toMatchObject({ exitCode: 1, stderr: `Error: Cannot create a worktree for branch 'z' inside the git directory: '${join(repo.path, '.git/z')}'\n` });
    expect(await repo.git('branch', '--list', 'y', 'a-b', 'z')).toBe('');
  });

  test('works from a sub-directory, from a container, from another worktree; not from outside or a directory that is gone', async () => {
    await using repo = await playground();
    await repo.home.daft(['clone', repo.remote, '--layout', 'contained', '-q'], { cwd: repo.at() === repo.home.work ? repo.home.root : repo.home.work });
    const box = join(repo.home.root, 'app');
    mkdirSync(join(box, 'main', 'deep/er'), { recursive: true });
    expect(await repo.lead(join(box, 'main', 'deep/er'), 'start', 'a')).toMatchObject({ exitCode: 0, destination: join(box, 'a') });
    expect(await repo.lead(box, 'start', 'b/c')).toMatchObject({ exitCode: 0, destination: join(box, 'b/c'), stdout: "Created worktree 'b/c' from 'origin/main'\n" });
    expect(await repo.lead(join(box, 'b/c'), 'start', 'd')).toMatchObject({ stdout: "Created worktree 'd' from 'b/c'\n" });

    const gone = repo.at('gone');
    mkdirSync(gone);
    const fromGone = await repo.home.run('sh', ['-c', 'rmdir ../gone; daft start e'], { cwd: gone });
    expect(fromGone).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
    expect(await repo.lead(repo.home.work, 'start', 'e')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n', destination: '' });
  });

  test('blanks and accents in paths are nothing special', async () => {
    await using repo = await playground();
    const odd = repo.at('mein Projekt é');
    await repo.home.git(repo.home.work, 'clone', '--quiet', repo.remote, odd);
    expect(await repo.lead(odd, 'start', 'größe/ä')).toMatchObject({ exitCode: 0, destination: repo.at('mein Projekt é.größe-ä') });
    expect(await repo.lead(odd, 'start', 'x', '--at', 'neu hier/x')).toMatchObject({ exitCode: 0, destination: join(odd, 'neu hier/x') });
    expect(readFileSync(join(odd, '.gitignore'), 'utf8')).toBe('neu hier/\n');
  });

  test('without git says which program is missing', async () => {
    await using repo = await playground();
    const bin = join(repo.home.root, 'bin');
    const nodeOnly = join(repo.home.root, 'node-only');
    mkdirSync(nodeOnly);
    await repo.home.run('ln', ['-s', process.execPath, join(nodeOnly, 'node')]);
    expect(await repo.daftWith({ env: { PATH: `${bin}:${nodeOnly}` } }, 'start', 'x')).toMatchObject({ exitCode: 1, stderr: 'Error: Missing required dependencies: git\n' });
    expect(await repo.daftWith({ env: { PATH: `${bin}:${nodeOnly}` } }, 'clone', repo.remote)).toMatchObject({ exitCode: 1, stderr: 'Error: Missing required dependencies: git\n' });
  });

  test('pushes where that is wanted, and a push that fails leaves a worktree that is ready', async () => {
    await using repo = await playground();
    await repo.git('config', 'daft.checkout.push', 'true');
    expect((await repo.daft('start', 'x')).exitCode).toBe(0);
    expect(await repo.git('config', '--get', 'branch.x.remote')).toBe('origin');
    expect((await repo.daft('start', 'y', '--local')).exitCode).toBe(0);
    await repo.git('remote', 'set-url', 'origin', repo.at('nowhere'));
    const ran = await repo.daft('start', 'z');
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/warning: Could not push 'z'[^]*git push --set-upstream origin z/) });
    expect(existsSync(repo.at('app.z'))).toBe(true);
  });

  test('-x runs in the worktree, in order, until one fails; the destination is written before', async () => {
    await using repo = await playground();
    const ran = await repo.lead(repo.path, 'start', 'x', '-x', 'pwd; echo "${DAFT_CD_FILE-none}"', '-x', 'exit 7', '-x', 'echo never');
    expect(ran.stdout).toBe(`Created worktree 'x' from 'origin/main'\n${repo.at('app.x')}\nnone\n`);
    expect(ran).toMatchObject({ exitCode: 1, stderr: "Error: Command 'exit 7' exited with status 7\n", destination: repo.at('app.x') });
  });

  test('-x runs a command as the user would type it, with the aliases and functions of their shell', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.home.home, '.bashrc'), 'echo noise; alias greet="echo hello from"; where() { pwd; }\n');
    const env = { SHELL: 'bash', SHLVL: '2', DAFT_EXEC_DEBUG: '1' };
    const ran = await repo.daftWith({ env }, 'start', 'x', '-x', 'greet alias', '-x', 'where');
    expect(ran.stdout).toBe(`Created worktree 'x' from 'origin/main'\nhello from alias\n${repo.at('app.x')}\n`);
    expect(ran.stderr).toMatch(/^\[daft-exec-debug\] bash: took a snapshot of aliases into .*\n$/);
    expect((await repo.daftWith({ env: { ...env, DAFT_EXEC_DEBUG: undefined } }, 'start', 'y', '-x', 'greet again')).stderr).toBe('');
  });

  test('sixteen at once in one repository all get their worktree', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    const names = Array.from({ length: 16 }, (_, index) => `p${index}`);
    const ran = await Promise.all(names.map((name) => repo.daft('start', name)));
    expect(ran.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr)).toEqual([]);
    expect(Object.keys(await repo.worktrees()).toSorted()).toEqual(['main', ...names].toSorted());
    // The one change went along with exactly one of them.
    const changed = await Promise.all(names.map((name) => repo.status(repo.at(`app.${name}`))));
    expect(changed.filter((status) => status !== '')).toEqual([' M a.txt']);
    expect(await repo.status(repo.path)).toBe('');
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('of eight that want the same branch one gets it, and the others leave it alone', async () => {
    await using repo = await playground();
    const ran = await Promise.all(Array.from({ length: 8 }, () => repo.daft('start', 'x')));
    expect(ran.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    expect(await repo.worktrees()).toMatchObject({ x: repo.at('app.x') });
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });
});

describe('what `worktree add` does not do', () => {
  test('is told, and neither branch nor directory nor carried change is lost or left', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    writeFileSync(join(repo.path, '.git/worktrees'), 'in the way of registrations');
    const ran = await repo.lead(repo.path, 'start', 'x', '--at', repo.at('deep/er/x'));
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringMatching(/^Error: Failed to create git worktree: /) });
    expect(ran.stderr).not.toContain('Preparing');
    expect(await repo.git('branch', '--list', 'x')).toBe('');
    expect(existsSync(repo.at('deep'))).toBe(false);
    expect(await repo.status(repo.path)).toBe(' M a.txt');
    expect(await repo.git('stash', 'list')).toBe('');
  });

  test('a failing post-checkout hook of git is a warning: the worktree is there', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, '.git/hooks/post-checkout'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(await repo.lead(repo.path, 'start', 'x')).toMatchObject({ exitCode: 0, destination: repo.at('app.x'), stderr: expect.stringContaining('post-checkout hook failed') });
    expect(await repo.status(repo.at('app.x'))).toBe('');
  });
});

describe('Ctrl-C', () => {
  test('during -x ends with 130, and the wrapper still learns where to go', async () => {
    await using repo = await playground();
    const file = join(repo.home.root, 'tmp/cd');
    writeFileSync(file, '');
    // In a process group of its own with its command, as a terminal has it, and hit as a terminal does it.
    const script = `setsid sh -c 'trap "" INT; daft start x -x "trap - INT; kill -INT 0; sleep 60"; echo code $?'`;
    const ran = await repo.home.run('sh', ['-c', script], { cwd: repo.path, env: { DAFT_NO_HINTS: '1', DAFT_CD_FILE: file } });
    expect(ran.stdout).toContain('code 130');
    expect(readFileSync(file, 'utf8')).toBe(repo.at('app.x'));
  });

  test('during pre-create brings carried changes back', async () => {
    await using repo = await playground();
    writeFileSync(join(repo.path, 'daft.yml'), 'hooks:\n  worktree-pre-create:\n    jobs:\n      - name: slow\n        run: touch ../started; sleep 60\n');
    await repo.git('add', '--force', 'daft.yml');
    await repo.git('commit', '--quiet', '-m', 'hooks');
    await repo.daft('hooks', 'trust', '-f');
    writeFileSync(join(repo.path, 'a.txt'), 'changed\n');
    const running = repo.home.start(join(repo.home.root, 'bin/daft'), ['start', 'x'], { cwd: repo.path, env: { ...repo.home.env, DAFT_NO_HINTS: '1' } });
    await waitForFile(repo.at('started'));
    expect(await repo.status(repo.path)).toBe('');
    running.signal('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
    expect(await repo.status(repo.path)).toBe(' M a.txt');
    expect(await repo.git('stash', 'list')).toBe('');
    expect(await repo.worktrees()).toEqual({ main: repo.path });
  });
});
