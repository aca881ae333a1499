import { describe, expect, test } from 'vitest';
import { forgePlayground } from './support';

describe('a merge request', () => {
  test('from a fork pulls from there, and from the repository itself is its branch', async () => {
    await using repo = await forgePlayground();
    await repo.git('remote', 'set-url', 'origin', 'https://gitlab.com/acme/app.git');
    expect(await repo.lead(repo.path, 'go', 'mr:7')).toMatchObject({ exitCode: 0, stdout: "Merge request !7: Count VAT\nPrepared worktree 'feature'\n", stderr: '', destination: repo.at('app.feature') });
    expect(repo.asked()).toEqual(['glab mr view 7 --output json', 'glab api --hostname gitlab.com projects/2']);
    expect(await repo.config('branch.feature.remote')).toBe('https://gitlab.com/ada/app.git');
    expect(await repo.config('branch.feature.merge')).toBe('refs/heads/feature');
    expect(await repo.config('branch.feature.pushRemote')).toBe('https://gitlab.com/ada/app.git');
    expect(await repo.lead(repo.path, 'go', 'https://gitlab.com/acme/app/-/merge_requests/9/diffs')).toMatchObject({ exitCode: 0, destination: repo.at('app.topic') });
    expect(repo.asked()).toEqual(['glab mr view 9 --repo https://gitlab.com/acme/app --output json']);
    expect(await repo.git('rev-parse', '--abbrev-ref', 'topic@{upstream}')).toBe('origin/topic');
    expect((await repo.daft('go', 'mr:8')).stdout).toContain("Prepared worktree 'ada/main'");
  });

  test('from a fork that is out of reach, or gone, pulls by its number', async () => {
    await using repo = await forgePlayground();
    await repo.git('remote', 'set-url', 'origin', 'git@gitlab.com:acme/app.git');
    repo.merge(7, { source_project_id: 3 });
    expect(await repo.daft('go', 'mr:7')).toMatchObject({
      exitCode: 0,
      stdout: "Merge request !7: Count VAT\nPrepared worktree 'feature'\n",
      stderr: 'warning: The fork that merge request !7 comes from is out of reach: Failed to look up merge request !7: glab: glab: 404 Project Not Found (HTTP 404)\n',
    });
    expect(await repo.config('branch.feature.remote')).toBe('origin');
    expect(await repo.config('branch.feature.merge')).toBe('refs/merge-requests/7/head');
    repo.merge(8, { source_project_id: null, state: 'closed' });
    expect(await repo.daft('go', 'mr:8')).toMatchObject({ exitCode: 0, stdout: "Merge request !8 (closed): Count VAT\nPrepared worktree 'mr/8'\n", stderr: '' });
  });
});
