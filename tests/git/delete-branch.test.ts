import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGit, deleteBranch } from '../../src/git';
import { temporaryRepository, waitFor } from '../support';

test('the configuration of a branch goes with it, also when somebody else has it locked', async () => {
  await using repo = await temporaryRepository();
  await repo.git('branch', 'x');
  await repo.git('config', 'branch.x.merge', 'refs/heads/other');
  const commonDir = join(repo.path, '.git');
  writeFileSync(join(commonDir, 'config.lock'), '');
  const git = createGit(repo.home.env);
  const deleting = deleteBranch(git, commonDir, 'x');
  const isGone = async () => (await git.ask(commonDir, ['rev-parse', '--verify', 'refs/heads/x'])).exitCode !== 0;
  await waitFor('the branch to go', isGone);
  unlinkSync(join(commonDir, 'config.lock'));
  expect((await deleting).exitCode).toBe(0);
  expect((await git.ask(commonDir, ['config', '--get', 'branch.x.merge'])).exitCode).toBe(1);
});
