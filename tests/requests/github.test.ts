import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgePlayground } from './support';

const forkUrl = 'https://github.com/ada/app.git';

describe('a pull request from a fork', () => {
  test('gets a worktree with a branch of its own that pulls from the fork and pushes there', async () => {
    await using repo = await forgePlayground();
    expect(await repo.lead(repo.path, 'go', 'pr:7')).toMatchObject({
      exitCode: 0,
      stdout: "Pull request #7: Count VAT\nPrepared worktree 'feature'\n",
      stderr: '',
      destination: repo.at('app.feature'),
    });
    const worktree = repo.at('app.feature');
    expect(await repo.config('branch.feature.remote')).toBe(forkUrl);
    expect(await repo.config('branch.feature.merge')).toBe('refs/heads/feature');
    expect(await repo.config('branch.feature.pushRemote')).toBe(forkUrl);
    expect(await repo.status(worktree)).toBe('');
    expect(repo.asked()).toEqual(['gh pr view 7 --json number,title,state,url,headRefName,headRefOid,headRepository,headRepositoryOwner,isCrossRepository,maintainerCanModify']);

    const pushed = await repo.pushToFork('feature', 'more.txt');
    await repo.home.git(worktree, 'pull', '--quiet');
    expect(await repo.home.git(worktree, 'rev-parse', 'HEAD')).toBe(pushed);
    const own = await repo.commitIn(worktree, 'own.txt');
    await repo.home.git(worktree, 'push', '--quiet');
    expect(await repo.home.git(repo.fork, 'rev-parse', 'feature')).toBe(own);
    // No ref stays behind that would keep its commits alive, or show up in a list.
    expect((await repo.git('for-each-ref', '--format=%(refname)')).split('\n')).toEqual(['refs/heads/feature', 'refs/heads/main', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/remotes/origin/topic']);
  });

  test('is not pushed to where its author has not allowed that', async () => {
    await using repo = await forgePlayground();
    repo.pull(7, { maintainerCanModify: false });
    await repo.daft('go', 'pr:7');
    expect(await repo.config('branch.feature.remote')).toBe(forkUrl);
    expect(await repo.config('branch.feature.pushRemote')).toBe('');
  });

  test('whose head is called like the default branch is opened below its owner', async () => {
    await using repo = await forgePlayground();
    expect(await repo.lead(repo.path, 'go', 'pr:8')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Prepared worktree 'ada/main'"), destination: repo.at('app.ada-main') });
    expect(await repo.config('branch.ada/main.merge')).toBe('refs/heads/main');
    expect(await repo.config('branch.main.remote')).toBe('origin');
  });

  test('leaves a branch alone that has its name and is something else', async () => {
    await using repo = await forgePlayground();
    await repo.git('branch', 'feature', 'origin/main');
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Prepared worktree 'ada/feature'");
    await repo.daft('remove', '-f', 'ada/feature');
    await repo.git('branch', 'ada');
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Prepared worktree 'pr/7'");
    expect(await repo.git('rev-parse', 'feature')).toBe(await repo.git('rev-parse', 'main'));
    await repo.daft('remove', '-f', 'pr/7');
    await repo.git('branch', 'pr');
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 1, stderr: "Error: No name is left for the branch of pull request #7: 'feature', 'ada/feature', 'pr/7' are taken by others\n" });
  });

  test('is opened on the branch that gh, or a git fetch by hand, has made for it', async () => {
    await using repo = await forgePlayground();
    await repo.git('fetch', '--quiet', 'origin', 'refs/pull/7/head:feature');
    const pushed = await repo.pushToFork('feature', 'more.txt');
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Prepared worktree 'feature'");
    expect(await repo.git('rev-parse', 'feature')).toBe(pushed);
    expect(await repo.config('branch.feature.remote')).toBe(forkUrl);
    await repo.daft('remove', '-f', 'feature');
    await repo.git('fetch', '--quiet', 'origin', 'refs/pull/7/head:feature');
    for (const [key, value] of [['remote', 'origin'], ['merge', 'refs/pull/7/head']] as const) await repo.git('config', `branch.feature.${key}`, value);
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Prepared worktree 'feature'");
    expect(await repo.config('branch.feature.merge')).toBe('refs/pull/7/head');
  });

  test('that has been deleted pulls from the repository itself', async () => {
    await using repo = await forgePlayground();
    repo.pull(7, { headRepository: null, headRepositoryOwner: { id: '', login: '' } });
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Prepared worktree 'feature'");
    expect(await repo.config('branch.feature.remote')).toBe('origin');
    expect(await repo.config('branch.feature.merge')).toBe('refs/pull/7/head');
    expect(await repo.config('branch.feature.pushRemote')).toBe('');
    const pushed = await repo.pushToFork('feature', 'more.txt');
    await repo.home.git(repo.at('app.feature'), 'pull', '--quiet');
    expect(await repo.home.git(repo.at('app.feature'), 'rev-parse', 'HEAD')).toBe(pushed);
  });

  test('that is a remote already is followed by that remote, in its folder in multi-remote mode', async () => {
    await using repo = await forgePlayground();
    await repo.home.git(repo.home.work, 'clone', '--quiet', '--bare', repo.remote, 'box/.git');
    const box = repo.at('box');
    await repo.home.git(box, 'remote', 'set-url', 'origin', 'https://github.com/acme/app.git');
    await repo.home.git(box, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    await repo.home.git(box, 'config', 'daft.multiRemote.enabled', 'true');
    await repo.daftWith({ cwd: box }, 'layout', 'default', 'contained');
    // No remote: the default one's folder, and no folder called https:.
    expect(await repo.lead(box, 'go', 'pr:8')).toMatchObject({ exitCode: 0, destination: join(box, 'origin/ada/main') });
    await repo.home.git(box, 'worktree', 'remove', 'origin/ada/main');
    expect(await repo.lead(box, 'go', 'ada/main')).toMatchObject({ exitCode: 0, destination: join(box, 'origin/ada/main') });
    await repo.home.git(box, 'remote', 'add', 'ada', 'git@github.com:ada/app.git');
    expect(await repo.lead(box, 'go', 'pr:7')).toMatchObject({ exitCode: 0, destination: join(box, 'ada/feature') });
    expect(await repo.home.git(box, 'rev-parse', '--abbrev-ref', 'feature@{upstream}')).toBe('ada/feature');
  });

  test('is reached by the protocol of the remote', async () => {
    await using repo = await forgePlayground();
    await repo.git('remote', 'set-url', 'origin', 'git@github.com:acme/app.git');
    await repo.daft('go', 'pr:7');
    expect(await repo.config('branch.feature.remote')).toBe('git@github.com:ada/app.git');
  });

  test('gets no upstream where that is switched off', async () => {
    await using repo = await forgePlayground();
    await repo.git('config', 'daft.checkout.upstream', 'false');
    await repo.daft('go', 'pr:7');
    expect(await repo.config('branch.feature.merge')).toBe('');
    expect((await repo.daft('go', 'pr:7')).stdout).toContain("Switched to existing worktree 'feature'");
  });
});

describe('a pull request from the repository itself', () => {
  test('is its branch, as go opens it', async () => {
    await using repo = await forgePlayground();
    expect(await repo.lead(repo.path, 'go', 'pr:9')).toMatchObject({
      exitCode: 0,
      stdout: "Pull request #9: Sort topics\nPrepared worktree 'topic'\n",
      stderr: '',
      destination: repo.at('app.topic'),
    });
    expect(await repo.git('rev-parse', '--abbrev-ref', 'topic@{upstream}')).toBe('origin/topic');
    expect(await repo.config('branch.topic.pushRemote')).toBe('');
    expect((await repo.daft('go', 'topic')).stdout).toBe("Switched to existing worktree 'topic'\n");
  });

  test('is the local branch of that name, moved forward where nobody is on it', async () => {
    await using repo = await forgePlayground();
    await repo.git('branch', '--no-track', 'topic', 'main');
    expect((await repo.daft('go', 'pr:9')).stdout).toBe("Pull request #9: Sort topics\nPrepared worktree 'topic'\n");
    expect(await repo.git('rev-parse', 'topic')).toBe(await repo.git('rev-parse', 'origin/topic'));
  });

  test('has its head by number once the branch is deleted', async () => {
    await using repo = await forgePlayground();
    await repo.home.git(repo.remote, 'branch', '-D', 'topic');
    repo.pull(9, { state: 'MERGED' });
    expect((await repo.daft('go', 'pr:9')).stdout).toBe("Pull request #9 (merged): Sort topics\nPrepared worktree 'topic'\n");
    expect(await repo.config('branch.topic.merge')).toBe('refs/pull/9/head');
  });
});

describe('a pull request that is open here', () => {
  test('is gone to, with a word where it has moved on', async () => {
    await using repo = await forgePlayground();
    await repo.daft('go', 'pr:7');
    const worktree = repo.at('app.feature');
    const ours = await repo.home.git(worktree, 'rev-parse', 'HEAD');
    expect(await repo.lead(repo.path, 'go', 'pr:7')).toMatchObject({ stdout: "Pull request #7: Count VAT\nSwitched to existing worktree 'feature'\n", stderr: '', destination: worktree });
    await repo.pushToFork('feature', 'more.txt');
    await repo.pushToFork('feature', 'yet-more.txt');
    expect((await repo.daft('go', 'pr:7')).stdout).toBe(
      "Pull request #7: Count VAT\nSwitched to existing worktree 'feature'\n'feature' is 2 commits behind pull request #7. To get them: git pull\n",
    );
    expect(await repo.home.git(worktree, 'rev-parse', 'HEAD')).toBe(ours);
  });

  test('keeps the commits that were made here', async () => {
    await using repo = await forgePlayground();
    await repo.daft('go', 'pr:7');
    const worktree = repo.at('app.feature');
    const ours = await repo.commitIn(worktree, 'ours.txt');
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 0, stderr: '' });
    await repo.pushToFork('feature', 'rewritten.txt', { amend: true });
    const diverged = "warning: 'feature' and pull request #7 have diverged: 2 commits only here, 1 commit only there. Nothing was changed.\n";
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 0, stderr: diverged });
    expect(await repo.home.git(worktree, 'rev-parse', 'HEAD')).toBe(ours);
    // Nor does a branch without a worktree lose any.
    await repo.git('worktree', 'remove', worktree);
    expect(await repo.daft('go', 'pr:7')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Prepared worktree 'feature'"), stderr: diverged });
    expect(await repo.home.git(worktree, 'rev-parse', 'HEAD')).toBe(ours);
  });

  test('is found again by what was recorded, whatever its branch is called by now', async () => {
    await using repo = await forgePlayground();
    await repo.daft('go', 'pr:7');
    await repo.home.git(repo.at('app.feature'), 'branch', '-m', 'mine');
    expect((await repo.daft('go', 'https://github.com/Acme/app/pull/7/files?w=1#diff-1')).stdout).toContain("Switched to existing worktree 'mine'");
  });

  test('needs no network', async () => {
    await using repo = await forgePlayground();
    const refused = { exitCode: 1, stdout: '', stderr: 'Error: --local cannot be used: looking up pull request #7 needs the network\n', destination: '' };
    expect(await repo.lead(repo.path, 'go', 'pr:7', '--local')).toMatchObject(refused);
    await repo.daft('go', 'pr:7');
    repo.asked();
    expect(await repo.lead(repo.path, 'go', 'pr:7', '--local')).toMatchObject({ exitCode: 0, stdout: "Switched to existing worktree 'feature'\n", stderr: '', destination: repo.at('app.feature') });
    expect(repo.asked()).toEqual([]);
    repo.tool('gh', 'echo "error connecting to api.github.com" >&2; exit 1');
    expect(await repo.lead(repo.path, 'go', 'pr:7')).toMatchObject({
      exitCode: 0,
      stdout: "Switched to existing worktree 'feature'\n",
      stderr: 'warning: Failed to look up pull request #7: gh: error connecting to api.github.com\nThis is what has been fetched before.\n',
      destination: repo.at('app.feature'),
    });
    expect(await repo.daft('go', 'pr:8')).toMatchObject({ exitCode: 1, stdout: '', stderr: 'Error: Failed to look up pull request #8: gh: error connecting to api.github.com\n' });
  });
});
