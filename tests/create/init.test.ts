import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome, type TemporaryHome } from '../support';

async function lead(home: TemporaryHome, args: readonly string[], env: Record<string, string> = {}, stdin?: string) {
  const file = join(home.root, 'tmp', 'cd');
  writeFileSync(file, '');
  const ran = await home.daft([...args], { cwd: home.work, env: { DAFT_NO_HINTS: '1', DAFT_CD_FILE: file, ...env }, ...(stdin === undefined ? {} : { stdin }) });
  return { ...ran, destination: readFileSync(file, 'utf8') };
}

function storedLayouts(home: TemporaryHome): Record<string, { layout: string }> {
  return (JSON.parse(readFileSync(join(home.config, 'repos.json'), 'utf8')) as { repositories: Record<string, { layout: string }> }).repositories;
}

describe('daft init', () => {
  test.each([
    ['contained', 'app/feature/init', 'app/.git', 'true'],
    ['contained-flat', 'app/feature-init', 'app/.git', 'true'],
    ['contained-classic', 'app/feature/init', 'app/feature/init/.git', 'false'],
    ['sibling', 'app', 'app/.git', 'false'],
    ['nested', 'app', 'app/.git', 'false'],
    ['centralized', 'app', 'app/.git', 'false'],
  ])('with layout %s makes %s, in which a first commit goes to the branch', async (layout, path, commonDir, bare) => {
    await using home = await temporaryHome();
    const ran = await lead(home, ['init', 'app', '--layout', layout, '-b', 'feature/init']);
    const worktree = join(home.work, path);
    expect(ran).toMatchObject({ exitCode: 0, stderr: '', stdout: `Initialized repository 'app' in '${path}'\n`, destination: worktree });
    expect(await home.git(worktree, 'config', 'core.bare')).toBe(bare);
    expect(storedLayouts(home)).toEqual({ [join(home.work, commonDir)]: expect.objectContaining({ layout }) });
    expect(await home.git(worktree, 'status', '--porcelain')).toBe('');
    expect(await home.git(worktree, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/init');
    await home.git(worktree, 'commit', '--quiet', '--allow-empty', '-m', 'first');
    expect(await home.git(worktree, 'branch', '--list', '--format=%(refname:short)')).toBe('feature/init');
    const started = await lead({ ...home, work: worktree }, ['start', 'next']);
    expect(started).toMatchObject({ exitCode: 0, stdout: "Created worktree 'next' from 'feature/init'\n" });
    expect(started.stderr).toBe('');
  });

  test('without a word about layouts is contained, with the branch that git is told to begin with', async () => {
    await using home = await temporaryHome();
    await home.git(home.work, 'config', '--global', '--unset', 'init.defaultBranch');
    expect(await lead(home, ['init', 'one'])).toMatchObject({ exitCode: 0, stdout: "Initialized repository 'one' in 'one/master'\n" });
    await home.git(home.work, 'config', '--global', 'init.defaultBranch', 'trunk');
    expect(await lead(home, ['init', 'two'])).toMatchObject({ exitCode: 0, stdout: "Initialized repository 'two' in 'two/trunk'\n" });
    expect(existsSync(join(home.work, 'two/.git/index'))).toBe(false);
    mkdirSync(home.config, { recursive: true });
    writeFileSync(join(home.config, 'config.toml'), '[defaults]\nlayout = "sibling"\n');
    expect(await lead(home, ['init', 'three'])).toMatchObject({ exitCode: 0, stdout: "Initialized repository 'three' in 'three'\n" });
  });

  test('asks once where worktrees should go, if somebody can answer; cancelled, it changes nothing', async () => {
    await using home = await temporaryHome();
    const ask = (name: string, stdin: string) => home.daft(['init', name], { cwd: home.work, stdin, env: { DAFT_TESTING: '1' } });
    expect(await ask('cancelled', '')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Init cancelled. Nothing was changed.') });
    expect(readdirSync(home.work)).toEqual([]);
    expect((await ask('no', 'n\n')).stdout).toContain("Initialized repository 'no' in 'no'\n");
    expect((await ask('later', '')).stdout).toContain("Initialized repository 'later' in 'later/main'\n");
  });

  test('--bare makes no worktree, leads nowhere and runs nothing', async () => {
    await using home = await temporaryHome();
    expect(await lead(home, ['init', '--bare', 'app', '-x', 'touch ran'])).toMatchObject({ exitCode: 0, stdout: "Initialized empty repository 'app' (bare)\n", destination: '' });
    expect(readdirSync(join(home.work, 'app'))).toEqual(['.git']);
    expect(storedLayouts(home)).toEqual({ [join(home.work, 'app/.git')]: expect.objectContaining({ layout: 'contained' }) });
    expect(await lead(home, ['init', '--bare', '--layout', 'sibling', 'b'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--bare requires a bare layout') });
    expect(existsSync(join(home.work, 'b'))).toBe(false);
  });

  test('--remote groups worktrees by remote', async () => {
    await using home = await temporaryHome();
    expect(await lead(home, ['init', 'app', '-r', 'fork', '--layout', 'contained', '-b', 'main'])).toMatchObject({ exitCode: 0, stdout: "Initialized repository 'app' in 'app/fork/main'\n" });
    expect(await home.git(join(home.work, 'app'), 'config', 'daft.multiRemote.defaultRemote')).toBe('fork');
    expect(await home.git(join(home.work, 'app'), 'config', 'daft.multiRemote.enabled')).toBe('true');
    await lead(home, ['init', 'bare', '-r', 'fork', '--bare']);
    expect(await home.git(join(home.work, 'bare'), 'config', 'daft.multiRemote.enabled')).toBe('true');
  });

  test('-x runs in the worktree, -q says nothing, --no-cd leads nowhere', async () => {
    await using home = await temporaryHome();
    expect(await lead(home, ['init', 'app', '-q', '--no-cd', '-x', 'pwd'])).toMatchObject({ exitCode: 0, stdout: `${home.work}/app/main\n`, destination: '' });
    expect(await lead(home, ['init', 'other', '-x', 'exit 3'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Command 'exit 3' exited with status 3"), destination: `${home.work}/other/main` });
  });

  test('inside another repository makes one of its own', async () => {
    await using home = await temporaryHome();
    await home.git(home.work, 'init', '--quiet', '.');
    expect(await lead(home, ['init', 'app'], { GIT_DIR: join(home.work, '.git') })).toMatchObject({ exitCode: 0 });
    expect(await home.git(join(home.work, 'app/main'), 'rev-parse', '--path-format=absolute', '--git-common-dir')).toBe(join(home.work, 'app/.git'));
    expect(storedLayouts(home)).toEqual({ [join(home.work, 'app/.git')]: expect.objectContaining({ layout: 'contained' }) });
  });

  test.each([
    [['app', '-b', ''], 'Initial branch name cannot be empty'],
    [['app', '-b', 'a b'], 'cannot contain whitespace'],
    [['app', '-b', 'a..b'], "cannot contain '..'"],
    [['app', '-b', 'a~b'], 'is not a valid branch name'],
    [[''], 'Repository name cannot be empty'],
    [['../app'], "cannot contain '..'"],
    [['/tmp/app'], 'cannot contain path separators'],
    [['NUL'], 'reserved device name'],
    [['.hidden'], "cannot start with '.'"],
    [['app', '--layout', 'containd'], "Unknown layout 'containd'"],
    [['app', '--layout', '{{ repo }}'], 'Layout template must use {{ branch }}'],
    [['taken'], "Target path './taken' already exists."],
  ])('%j is refused before anything is touched', async (args, message) => {
    await using home = await temporaryHome();
    writeFileSync(join(home.work, 'taken'), '');
    expect(await lead(home, ['init', ...args])).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(message), destination: '' });
    expect(readdirSync(home.work)).toEqual(['taken']);
  });

  test('that fails leaves nothing behind, and nothing of others touched', async () => {
    await using home = await temporaryHome();
    mkdirSync(join(home.work, 'else/main'), { recursive: true });
    mkdirSync(home.config, { recursive: true });
    writeFileSync(join(home.config, 'config.toml'), `[layouts.else]\ntemplate = "${home.work}/else/{{ branch }}"\nbare = true\n`);
    expect(await lead(home, ['init', 'app', '--layout', 'else', '-b', 'main'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed to create initial worktree') });
    expect(readdirSync(home.work)).toEqual(['else']);
    expect(readdirSync(join(home.work, 'else'))).toEqual(['main']);
    expect(await lead(home, ['init', 'app', '--layout', 'else', '-b', 'next'])).toMatchObject({ exitCode: 0, stdout: "Initialized repository 'app' in 'else/next'\n" });
  });
});
