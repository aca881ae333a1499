import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playground, registry, type Playground } from '../create/support';
import { writeFiles, type Ran } from '../support';

/** On branch `feature/x`, in a tree that has a directory `feature`. */
async function repository(): Promise<Playground> {
  const repo = await playground({ main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', 'feature/f': 'f\n' } }] } });
  await repo.git('switch', '--quiet', '--create', 'feature/x');
  return repo;
}

describe('adopt', () => {
  test('makes a container of an ordinary repository, with all changes in its new worktree', async () => {
    await using repo = await repository();
    await repo.git('worktree', 'add', '--quiet', '-b', 'other', '../app.other');
    writeFileSync(repo.at('app/a.txt'), 'changed\n');
    writeFileSync(repo.at('app/feature/untracked'), 'u\n');
    await repo.git('add', 'a.txt');
    const status = await repo.status(repo.path);
    expect(await repo.daft('adopt', '--dry-run')).toMatchObject({ exitCode: 0, stdout: `Would convert to worktree layout with branch 'feature/x' at '${repo.at('app/feature/x')}'\n` });
    expect(await repo.status(repo.path)).toBe(status);

    expect(await repo.lead(repo.at(), 'adopt', 'app')).toMatchObject({
      exitCode: 0,
      stdout: "Converted to worktree layout. Working directory: 'app/feature/x'\n",
      destination: repo.at('app/feature/x'),
    });
    expect(await repo.status(repo.at('app/feature/x'))).toBe(status);
    expect(await repo.worktrees(repo.at('app/feature/x'))).toEqual({ 'feature/x': repo.at('app/feature/x'), other: repo.at('app.other') });
    expect(await repo.home.git(repo.at('app/.git'), 'config', 'core.bare')).toBe('true');
    expect(await repo.home.git(repo.at('app/.git'), 'config', '--get-all', 'remote.origin.fetch')).toBe('+refs/heads/*:refs/remotes/origin/*');
    expect(existsSync(repo.at('app/.git/index'))).toBe(false);
    expect(registry(repo)).toEqual({ [repo.at('app/.git')]: { layout: 'contained' } });
  });

  test('fires move hooks and post-clone, trusted by the command itself, and none where none are wanted', async () => {
    await using repo = await playground();
    const log = repo.at('log');
    const hook = (tracks: object) => ({ jobs: [{ name: 'tell', run: `echo "$DAFT_HOOK $DAFT_COMMAND $PWD" >>${log}`, ...tracks }] });
    writeFiles(repo.path, { 'daft.yml': JSON.stringify({ hooks: { 'worktree-pre-remove': hook({ tracks: ['path'] }), 'worktree-post-create': hook({ tracks: ['path'] }), 'post-clone': hook({}) } }) });
    expect(await repo.daft('adopt', '--trust-hooks', '--no-hooks')).toMatchObject({ exitCode: 1, stderr: 'Error: --trust-hooks and --no-hooks cannot be used together.\n' });
    expect(await repo.daft('adopt', '--trust-hooks')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(log, 'utf8').replaceAll(repo.at(), '')).toBe('worktree-pre-remove adopt /app\nworktree-post-create adopt /app/main\npost-clone adopt /app/main\n');
    expect(registry(repo)).toMatchObject({ [repo.at('app/.git')]: { trust: { level: 'allow', fingerprint: repo.remote } } });
    await repo.daftWith({ cwd: repo.at('app/main') }, 'eject');
    writeFileSync(log, '');
    expect(await repo.daft('adopt', '--no-hooks')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(log, 'utf8')).toBe('');
  });

  test('refuses what it cannot convert', async () => {
    await using repo = await repository();
    expect(await repo.daft('adopt', 'nowhere')).toMatchObject({ exitCode: 1, stderr: 'Error: Repository path does not exist: nowhere\n' });
    expect(await repo.daft('adopt', '/')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
    await repo.git('switch', '--quiet', '--detach');
    expect(await repo.daft('adopt')).toMatchObject({ exitCode: 1, stderr: 'Error: Could not determine current branch\n' });
    await repo.git('switch', '--quiet', 'main');
    await repo.daft('adopt');
    expect(await repo.daftWith({ cwd: repo.at('app/main') }, 'adopt')).toMatchObject({ exitCode: 1, stderr: 'Error: Repository is already in worktree layout.\n' });
  });

  test('restores the original state where it fails', async () => {
    await using repo = await repository();
    writeFileSync(repo.at('app/a.txt'), 'changed\n');
    const before = [await repo.status(repo.path), await repo.git('config', '--list', '--local')];
    expect(await repo.daftWith({ env: { DAFT_FAULT: 'transform: after register:EIO' } }, 'adopt')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed at step') });
    expect([await repo.status(repo.path), await repo.git('config', '--list', '--local')]).toEqual(before);
  });

  test('trusts hooks for good only where it succeeds', async () => {
    await using repo = await repository();
    const adopt = (fault: string, ...args: string[]) => repo.daftWith({ env: { DAFT_FAULT: fault } }, 'adopt', ...args);
    const file = join(repo.home.config, 'repos.json');
    const key = repo.at('app/.git');

    expect(await adopt('transform: after register:EIO', '--trust-hooks')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Failed at step') });
    expect(existsSync(file)).toBe(false);
    expect(await adopt('transform: after register:kill', '--trust-hooks')).toMatchObject({ exitCode: 137 });
    expect(registry(repo)).toMatchObject({ [key]: { trust: { level: 'allow' } } });
    expect(await adopt('transform: after register:EIO', '--no-hooks')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("An earlier 'daft adopt' was interrupted half-way; taking it back") });
    expect(existsSync(file)).toBe(false);

    await repo.daft('hooks', 'prompt', '--force');
    const prompting = readFileSync(file, 'utf8');
    expect(await adopt('transform: after register:EIO', '--trust-hooks')).toMatchObject({ exitCode: 1 });
    expect(readFileSync(file, 'utf8')).toBe(prompting);
    expect(await repo.daft('adopt', '--trust-hooks')).toMatchObject({ exitCode: 0 });
    expect(registry(repo)).toMatchObject({ [key]: { layout: 'contained', trust: { level: 'allow' } } });
  });

  test('does nothing where trust cannot be recorded', async () => {
    await using repo = await repository();
    const before = await repo.worktrees();
    expect(await repo.daftWith({ env: { DAFT_CONFIG_DIR: repo.at('app/a.txt'), DAFT_TESTING: '1' } }, 'adopt', '--trust-hooks')).toMatchObject({
      exitCode: 1, stdout: '', stderr: expect.stringMatching(/^Error: Failed to save trust database in .*\n$/),
    });
    expect(await repo.worktrees()).toEqual(before);
    expect(readdirSync(repo.at('app/.git/.daft'))).not.toContain('transform');
  });

  test('fetches like a clone afterwards, or not at all where it fails or is killed at the end', async () => {
    await using repo = await repository();
    const [one, all] = ['+refs/heads/main:refs/remotes/origin/main', '+refs/heads/*:refs/remotes/origin/*'];
    const fetched = () => repo.git('config', '--get-all', 'remote.origin.fetch');
    await repo.git('config', 'remote.origin.fetch', one);
    const config = readFileSync(repo.at('app/.git/config'), 'utf8');
    expect(await repo.daftWith({ env: { DAFT_FAULT: 'transform: before the journal goes:EIO' } }, 'adopt')).toMatchObject({ exitCode: 1 });
    expect(readFileSync(repo.at('app/.git/config'), 'utf8')).toBe(config);
    expect(await repo.daftWith({ env: { DAFT_FAULT: 'transform: before the journal goes:kill' } }, 'adopt')).toMatchObject({ exitCode: 137 });
    expect(await repo.daftWith({ env: { DAFT_FAULT: 'transform: journal gone@2:kill' } }, 'adopt')).toMatchObject({ exitCode: 137 });
    expect(await fetched()).toBe(`${one}\n${all}`);
  });
});

async function container(): Promise<Playground> {
  const repo = await repository();
  await repo.daft('adopt');
  for (const branch of ['main', 'other']) await repo.daftWith({ cwd: repo.at('app/feature/x') }, 'go', ...(branch === 'main' ? [branch] : ['-b', branch]));
  return repo;
}
function eject(repo: Playground, ...args: string[]): Promise<Ran> {
  return repo.daftWith({ cwd: repo.at('app/feature/x') }, 'eject', ...args);
}

describe('eject', () => {
  test('keeps one worktree with its changes, and all branches', async () => {
    await using repo = await container();
    writeFileSync(repo.at('app/feature/x/a.txt'), 'changed\n');
    writeFileSync(repo.at('app/feature/x/feature/untracked'), 'u\n');
    const status = await repo.status(repo.at('app/feature/x'));
    expect(await eject(repo, '-b', 'feature/x', '--dry-run')).toMatchObject({ exitCode: 0, stdout: "Would convert to traditional layout with branch 'feature/x'\n" });
    expect(await repo.lead(repo.at('app/feature/x'), 'eject', '-b', 'feature/x')).toMatchObject({
      exitCode: 0,
      stdout: "Converted to traditional layout on branch 'feature/x'\n",
      destination: repo.path,
    });
    expect(await repo.status(repo.path)).toBe(status);
    expect(await repo.worktrees()).toEqual({ 'feature/x': repo.path });
    expect(await repo.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe('feature/x\nmain\nother');
    expect(await repo.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('feature/x');
    expect(registry(repo)).toEqual({ [repo.at('app/.git')]: { layout: 'sibling' } });
    expect(await repo.daft('eject')).toMatchObject({ exitCode: 1, stderr: 'Error: Repository is not in worktree layout.\n' });
  });

  test('refuses to lose changes, which only force discards', async () => {
    await using repo = await container();
    writeFileSync(repo.at('app/other/untracked'), 'u\n');
    writeFileSync(repo.at('app/feature/x/.gitignore'), 'u\n');
    const worktrees = await repo.worktrees(repo.at('app/feature/x'));
    expect(await eject(repo)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error: The following worktrees have uncommitted changes:\n {2}\S+\/app\/feature\/x \(feature\/x\)\n {2}\S+\/app\/other \(other\)\n/),
    });
    expect(await repo.worktrees(repo.at('app/feature/x'))).toEqual(worktrees);
    expect(await eject(repo, '--force')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Converted to traditional layout on branch 'main'\n/) });
    expect(await repo.status(repo.path)).toBe('');
  });

  test('refuses to lose what a rebase has made so far, which is on no branch', async () => {
    await using repo = await container();
    const other = repo.at('app/other');
    writeFileSync(repo.at('app/other/a.txt'), 'other\n');
    await repo.home.git(other, 'commit', '--quiet', '-am', 'other');
    await repo.home.git(other, '-c', 'sequence.editor=sed -i 1s/pick/edit/', 'rebase', '--quiet', '--interactive', 'HEAD~1');
    await repo.home.git(other, 'commit', '--quiet', '--amend', '-m', 'on no branch');
    expect(await repo.status(other)).toBe('');
    expect(await eject(repo, '-b', 'feature/x')).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/have uncommitted changes:\n {2}\S+\/app\/other /) });
    expect(await repo.home.git(other, 'log', '-1', '--format=%s')).toBe('on no branch');
  });

  test('refuses to lose commits that only a detached HEAD reaches', async () => {
    await using repo = await container();
    const other = repo.at('app/other');
    await repo.home.git(other, 'switch', '--quiet', '--detach');
    await repo.home.git(other, 'commit', '--quiet', '--allow-empty', '-m', 'on no branch');
    const refusal = { exitCode: 1, stderr: expect.stringMatching(/^Error: The following worktrees have commits that would be lost with them:\n {2}\S+\/app\/other \(detached\)\n/) };
    expect(await eject(repo)).toMatchObject(refusal);
    renameSync(other, repo.at('elsewhere'));
    expect(await eject(repo)).toMatchObject(refusal);
    renameSync(repo.at('elsewhere'), other);
    await repo.home.git(other, 'branch', 'rescued');
    expect(await eject(repo)).toMatchObject({ exitCode: 0 });
    expect(await repo.git('log', '-1', '--format=%s', 'rescued')).toBe('on no branch');
  });

  test('refuses to lose what is only in the submodules of a worktree, committed or not', async () => {
    await using repo = await container();
    const other = repo.at('app/other');
    await repo.home.git(other, 'submodule', '--quiet', 'add', repo.remote, 'libs/sub');
    await repo.home.git(other, 'commit', '--quiet', '-m', 'submodule');
    const submodule = repo.at('app/other/libs/sub');
    await repo.home.git(submodule, 'switch', '--quiet', '--create', 'mine');
    await repo.home.git(submodule, 'commit', '--quiet', '--allow-empty', '-m', 'not pushed');
    await repo.home.git(submodule, 'switch', '--quiet', 'main');
    expect(await repo.status(other)).toBe('');
    const refusal = { exitCode: 1, stderr: expect.stringMatching(/have commits that would be lost with them:\n {2}\S+\/app\/other \(other\)\n/) };
    expect(await eject(repo)).toMatchObject(refusal);
    await repo.home.git(other, 'submodule', '--quiet', 'deinit', 'libs/sub');
    expect(await eject(repo)).toMatchObject(refusal);
    await repo.home.git(other, 'submodule', '--quiet', 'update', '--init');
    await repo.home.git(submodule, 'push', '--quiet', 'origin', 'mine');

    writeFileSync(repo.at('app/other/libs/sub/untracked'), 'u\n');
    await repo.home.git(other, 'config', 'diff.ignoreSubmodules', 'all');
    expect(await repo.status(other)).toBe('');
    expect(await eject(repo)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/have uncommitted changes:\n {2}\S+\/app\/other \(other\)\n/) });
    unlinkSync(repo.at('app/other/libs/sub/untracked'));
    expect(await eject(repo)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`Failed to remove worktree '${other}', deleting its directory`) });
    expect(await repo.worktrees()).toEqual({ main: repo.path });
  });

  test('does not forget a locked worktree that is out of reach, unless forced', async () => {
    await using repo = await container();
    await repo.home.git(repo.at('app/.git'), 'worktree', 'lock', '--reason', 'on a stick', repo.at('app/other'));
    renameSync(repo.at('app/other'), repo.at('stick'));
    const worktrees = await repo.worktrees(repo.at('app/main'));
    expect(await eject(repo)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`Worktree '${repo.at('app/other')}' is locked and would be removed`) });
    expect(await repo.worktrees(repo.at('app/main'))).toEqual(worktrees);
    expect(await eject(repo, '--force')).toMatchObject({ exitCode: 0 });
    expect(await repo.worktrees()).toEqual({ main: repo.path });
  });

  test.each(['eject: before removal', 'eject: removed', 'transform: before collapse'])('that is killed at %s is completed by the same command', async (point) => {
    await using repo = await container();
    const kill = { cwd: repo.at('app/main'), env: { DAFT_FAULT: `${point}:kill` } };
    expect(await repo.daftWith(kill, 'eject', '-b', 'main')).toMatchObject({ exitCode: 137 });
    expect(await repo.daftWith({ cwd: repo.at('app/main') }, 'start', 'next')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('first takes back what was done: daft eject -b main\n') });
    expect(await repo.daftWith({ cwd: repo.at('app') }, 'eject', '-b', 'main')).toMatchObject({ exitCode: 0 });
    expect(await repo.worktrees()).toEqual({ main: repo.path });
    expect(await repo.status(repo.path)).toBe('');
  });

  test('that fails after it has removed a worktree leaves no empty directories of that', async () => {
    await using repo = await container();
    const fault = { cwd: repo.at('app/main'), env: { DAFT_FAULT: 'eject: removed:EIO' } };
    expect(await repo.daftWith(fault, 'eject', '-b', 'main')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('EIO') });
    expect(await repo.worktrees(repo.at('app/main'))).toEqual({ main: repo.at('app/main'), other: repo.at('app/other') });
    expect(existsSync(repo.at('app/feature'))).toBe(false);
  });

  test('leaves what else is in the container where it is, as a transform does', async () => {
    await using repo = await container();
    writeFiles(repo.path, { 'notes.txt': 'n\n', 'drafts/one': '1\n' });
    expect(await eject(repo, '-b', 'feature/x')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Converted to traditional layout on branch 'feature\/x'\n/) });
    expect(await repo.status(repo.path)).toBe('?? drafts/\n?? notes.txt');

    await using again = await container();
    writeFiles(again.path, { 'notes.txt': 'n\n' });
    expect(await again.daftWith({ cwd: again.at('app/main') }, 'layout', 'transform', 'sibling')).toMatchObject({ exitCode: 0 });
    expect(await again.status(again.path)).toBe('?? notes.txt');
  });

  test('refuses what would collide, is locked, or does not exist, before anything is removed', async () => {
    await using repo = await container();
    const worktrees = await repo.worktrees(repo.at('app/feature/x'));
    mkdirSync(repo.at('app/a.txt'));
    expect(await eject(repo)).toMatchObject({ exitCode: 1, stderr: `Error: Target path already exists: ${repo.at('app/a.txt')}\n` });
    expect(await eject(repo, '-b', 'nope')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No worktree found for branch 'nope'. Available branches: 'feature/x', 'main', 'other'") });
    await repo.home.git(repo.at('app/.git'), 'worktree', 'lock', repo.at('app/other'));
    expect(await eject(repo)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is locked and would be removed') });
    expect(await repo.worktrees(repo.at('app/feature/x'))).toEqual(worktrees);
  });

  test('fires remove hooks for each worktree that goes, whose failures only warn', async () => {
    await using repo = await container();
    const log = repo.at('log');
    for (const worktree of ['main', 'other', 'feature/x']) {
      const run = `echo "$DAFT_HOOK $DAFT_COMMAND $DAFT_BRANCH_NAME $DAFT_REMOVAL_REASON" >>${log}; exit 3`;
      writeFiles(repo.at('app', worktree), { 'daft.yml': JSON.stringify({ hooks: { 'worktree-pre-remove': { jobs: [{ run }] }, 'worktree-post-remove': { jobs: [{ run }] } } }) });
    }
    await repo.daftWith({ cwd: repo.at('app/main') }, 'hooks', 'trust', '-f');
    const ran = await eject(repo);
    expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Pre-remove hook failed for other: worktree-pre-remove hook failed with exit code 3') });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(
      ['feature/x', 'other'].flatMap((branch) => ['worktree-pre-remove', 'worktree-post-remove'].map((hook) => `${hook} eject ${branch} ejecting`)),
    );
  });
});

test('both name what replaces them', async () => {
  await using repo = await repository();
  expect((await repo.daftWith({ env: { DAFT_NO_HINTS: undefined } }, 'adopt')).stdout).toMatch(/^hint: .*daft layout transform contained/m);
  expect((await repo.daftWith({ cwd: repo.at('app/feature/x'), env: { DAFT_NO_HINTS: undefined } }, 'eject')).stdout).toMatch(/^hint: .*daft layout transform sibling/m);
});
