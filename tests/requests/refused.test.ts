import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askTool } from '../../src/worktree/requests/ask-tool';
import { temporaryHome, waitForFile } from '../support';
import { forgePlayground, type ForgePlayground } from './support';

/** Whatever went wrong: no branch, no worktree, no configuration, no destination. */
async function expectUntouched(repo: ForgePlayground, config: string): Promise<void> {
  expect(await repo.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
  expect(await repo.worktrees()).toEqual({ main: repo.path });
  expect(readFileSync(join(repo.path, '.git/config'), 'utf8')).toBe(config);
}

describe('a request that cannot be opened leaves nothing, and says why', () => {
  test('where the tool is missing, fails, or answers nonsense', async () => {
    await using repo = await forgePlayground();
    const config = readFileSync(join(repo.path, '.git/config'), 'utf8');
    const go = (what = 'pr:7') => repo.lead(repo.path, 'go', what);

    expect(await go('pr:12')).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: 'Error: Failed to look up pull request #12: gh: GraphQL: Could not resolve to a PullRequest with the number of 12. (repository.pullRequest)\n' });
    repo.tool('gh', 'printf "To get started with GitHub CLI, please run:  gh auth login\\n\\033]0;evil\\007\\033[2Jor set GH_TOKEN\\n" >&2; exit 4');
    expect(await go()).toMatchObject({ exitCode: 1, stderr: 'Error: Failed to look up pull request #7: gh: To get started with GitHub CLI, please run:  gh auth login\nor set GH_TOKEN\n' });
    repo.tool('gh', 'exit 3');
    expect(await go()).toMatchObject({ exitCode: 1, stderr: 'Error: Failed to look up pull request #7: gh: it exited with status 3\n' });
    repo.tool('gh', 'echo "<html>"');
    expect(await go()).toMatchObject({ exitCode: 1, stderr: 'Error: Failed to look up pull request #7: what gh answered is not understood: it is no JSON\n' });
    repo.tool('glab', 'echo "{}"');
    expect(await go('mr:7')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('what glab answered is not understood: iid: ') });
    for (const name of ['gh', 'glab'] as const) repo.tool(name, undefined);
    expect(await repo.daftWith({ env: onlyGit(repo) }, 'go', 'pr:7')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: "Error: Pull requests are looked up with 'gh', which is not installed\nGet it from https://cli.github.com, then log in: gh auth login\n",
    });
    expect(await repo.daftWith({ env: onlyGit(repo) }, 'go', 'mr:7')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Merge requests are looked up with 'glab', which is not installed\nGet it from https://gitlab.com/gitlab-org/cli") });
    await expectUntouched(repo, config);
  });

  test('where the answer is hostile', async () => {
    await using repo = await forgePlayground();
    const config = readFileSync(join(repo.path, '.git/config'), 'utf8');
    for (const headRefName of ['--upload-pack=touch pwned', '../../x', 'a\u001B[2Jb', 'x:refs/heads/main', 'a\u202Eb\u0000']) {
      repo.pull(7, { headRefName });
      const ran = await repo.lead(repo.path, 'go', 'pr:7');
      expect(ran).toMatchObject({ exitCode: 1, stdout: '', destination: '', stderr: expect.stringContaining('headRefName: "') });
      // oxlint-disable-next-line no-control-regex -- what must not be there
      expect(ran.stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    }
    repo.pull(7, { headRefOid: '0123456789'.repeat(4) });
    expect(await repo.lead(repo.path, 'go', 'pr:7')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`does not have ${'0123456789'.repeat(4)}, the head of pull request #7`) });
    await expectUntouched(repo, config);
    repo.pull(7, { title: '\u001B]0;owned\u0007Count\u001B[2J \u009B31mVAT\r\n\u202Eoops' });
    expect((await repo.daft('go', 'pr:7')).stdout).toBe("Pull request #7: Count 31mVAT oops\nPrepared worktree 'feature'\n");
  });

  test('where the repository is another one, or out of reach', async () => {
    await using repo = await forgePlayground();
    const config = readFileSync(join(repo.path, '.git/config'), 'utf8');
    expect(await repo.daft('go', 'https://github.com/bob/tool/pull/7')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: "Error: https://github.com/bob/tool/pull/7 is a request of github.com/bob/tool, which no remote of this repository is: 'origin' is github.com/acme/app\n",
    });
    expect(repo.asked()).toEqual([]);
    for (const gone of [repo.remote, repo.fork]) rmSync(gone, { recursive: true });
    expect(await repo.daft('go', 'pr:8')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Failed to fetch 'refs/pull/8/head' from 'origin': ") });
    expect(await repo.daft('go', 'pr:9')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Failed to fetch 'refs/heads/topic' from 'origin': ") });
    await expectUntouched(repo, config);
    expect(await repo.daftWith({ cwd: repo.home.work }, 'go', 'pr:7')).toMatchObject({ exitCode: 1, stderr: 'Error: Not inside a Git repository\n' });
  });

  test('where a branch is to be created', async () => {
    await using repo = await forgePlayground();
    const url = 'https://github.com/acme/app/pull/7';
    expect(await repo.daft('start', 'pr:7')).toMatchObject({ exitCode: 1, stdout: '', stderr: "Error: Cannot create a branch named 'pr:7': that is pull request #7\nTo open it: daft go pr:7\n" });
    expect(await repo.daft('go', '-b', 'mr:7')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Cannot create a branch named 'mr:7': that is merge request !7") });
    expect(await repo.home.run('git-worktree-checkout', ['-b', url], { cwd: repo.path })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`To open it: daft go ${url}\n`) });
    // What is none of the forms is a branch, or none, as ever.
    expect(await repo.daft('go', 'pr:x')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("error: Branch 'pr:x' not found") });
    expect(await repo.daft('go', 'pr: 7')).toMatchObject({ exitCode: 1, stderr: "Error: Branch name 'pr: 7' cannot contain whitespace\n" });
    expect(await repo.daft('start', 'pr:x')).toMatchObject({ exitCode: 1, stderr: "Error: 'pr:x' is not a valid branch name\n" });
    expect(repo.asked()).toEqual([]);
  });

  test('where the pre-create hook says no', async () => {
    await using repo = await forgePlayground();
    await repo.git('config', 'daft.hooks.defaultTrust', 'allow');
    const config = readFileSync(join(repo.path, '.git/config'), 'utf8');
    await repo.publishHooks({ 'worktree-pre-create': { jobs: [{ name: 'no', run: 'exit 1' }] } });
    expect(await repo.lead(repo.path, 'go', 'pr:7')).toMatchObject({ exitCode: 1, destination: '', stderr: expect.stringContaining('worktree-pre-create hook failed') });
    await expectUntouched(repo, config);
  });

  test('where Ctrl-C comes while the tool is asked', async () => {
    await using repo = await forgePlayground();
    const config = readFileSync(join(repo.path, '.git/config'), 'utf8');
    const ready = repo.at('ready');
    repo.tool('gh', `touch ${ready}; sleep 60; true`);
    const daft = repo.home.start('daft', ['go', 'pr:7'], { cwd: repo.path });
    await waitForFile(ready);
    daft.signal('SIGINT');
    expect(await daft.ended).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
    await expectUntouched(repo, config); // and no `sleep`, which the end of the test would find
  });
});

describe('the tool', () => {
  test('is asked in the repository, without a terminal, prompts, colours or an inherited git directory', async () => {
    await using repo = await forgePlayground();
    await repo.daftWith({ env: { GIT_DIR: join(repo.path, '.git'), CLICOLOR_FORCE: '1', GH_FORCE_TTY: '80', DAFT_CD_FILE: repo.at('cd') } }, 'go', 'https://github.com/acme/app/pull/9');
    expect(repo.asked()).toEqual([expect.stringMatching(/^gh pr view 9 --repo github\.com\/acme\/app --json /)]);
    const env = repo.toolEnv();
    expect(env).toMatchObject({ PWD: repo.path, LC_ALL: 'C', NO_COLOR: '1', GH_PROMPT_DISABLED: '1', GIT_TERMINAL_PROMPT: '0' });
    for (const name of ['GIT_DIR', 'CLICOLOR_FORCE', 'GH_FORCE_TTY', 'DAFT_CD_FILE']) expect(env).not.toHaveProperty(name);
  });

  test('is not waited for longer than agreed, nor is what it has started', async () => {
    await using home = await temporaryHome();
    writeFileSync(join(home.root, 'bin', 'gh'), '#!/bin/sh\nsleep 60\n', { mode: 0o755 });
    const answer = await askTool('gh', ['pr'], { cwd: home.work, env: home.env, signal: new AbortController().signal, timeoutMs: 300 });
    expect(answer).toEqual({ kind: 'silent' });
  });

  test('is not read for ever', async () => {
    await using home = await temporaryHome();
    writeFileSync(join(home.root, 'bin', 'gh'), '#!/bin/sh\nhead -c 9000000 /dev/zero\n', { mode: 0o755 });
    expect(await askTool('gh', [], { cwd: home.work, env: home.env, signal: new AbortController().signal, timeoutMs: 20_000 })).toMatchObject({ kind: 'failed', complaint: expect.stringContaining('printed more') });
  });
});

/** A PATH with git, node and daft, and no tool of a forge that the machine may have. */
function onlyGit(repo: ForgePlayground): Record<string, string> {
  const bin = join(repo.home.root, 'bin');
  const elsewhere = (repo.home.env['PATH'] ?? '').split(':').filter((directory) => directory !== bin);
  for (const name of ['git', 'node', 'sh', 'env']) {
    const directory = elsewhere.find((place) => existsSync(join(place, name)));
    if (directory !== undefined && !existsSync(join(bin, name))) symlinkSync(join(directory, name), join(bin, name));
  }
  return { PATH: bin };
}
