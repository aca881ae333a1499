import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGit, findRepository } from '../../src/git';
import { moveWithHooks } from '../../src/hooks';
import { openStage } from './stage';
import type { Stage } from './stage';

const phases = ['worktree-pre-remove', 'worktree-post-remove', 'worktree-pre-create', 'worktree-post-create'];
const jobs = ['{name: path, run: "pwd; echo $DAFT_BRANCH_NAME $DAFT_IS_MOVE $DAFT_OLD_BRANCH_NAME {old_branch}", tracks: [path]}', '{name: other, run: "true"}'];
const config = `hooks: {${phases.map((phase) => `${phase}: {jobs: [${jobs.join(', ')}]}`).join(', ')}}`;

/** Moves the worktree of a stage and gives the directories in which the four phases ran. */
async function move(stage: Stage, options: { failing?: boolean } = {}): Promise<{ started: string[]; output: string }> {
  await stage.trust('allow');
  const to = join(stage.home.work, 'moved');
  const git = createGit(stage.home.env);
  const repository = (await findRepository(git, stage.path))!;
  await moveWithHooks(
    { command: 'rename', repository, sourceWorktree: stage.path, from: { path: stage.path, branch: 'main' }, to: { path: to, branch: 'main' } },
    await stage.currentServices(),
    async () => {
      if (options.failing === true) throw new Error('no room');
      renameSync(stage.path, to);
      return (await findRepository(git, to))!;
    },
  );
  return { started: stage.events.flatMap((event) => (event.type === 'job-started' ? [event.job] : [])), output: stage.output('path') };
}

test('the old worktree is torn down, the new one set up, by jobs that track what changed', async () => {
  await using stage = await openStage({ 'daft.yml': config });
  await stage.trustAs(join(stage.home.work, 'moved/.git'));
  const { started, output } = await move(stage);
  const lines = output.trimEnd().split('\n');
  expect(started).toEqual(['path', 'path', 'path', 'path']);
  expect(lines.filter((_, index) => index % 2 === 0)).toEqual([stage.path, stage.path, join(stage.home.work, 'moved'), join(stage.home.work, 'moved')]);
  expect(new Set(lines.filter((_, index) => index % 2 === 1))).toEqual(new Set(['main true main main']));
});

test('failures only warn', async () => {
  await using stage = await openStage({ 'daft.yml': 'hooks: {worktree-pre-remove: {jobs: [{run: exit 3, tracks: [path]}]}}' });
  await move(stage);
  expect(stage.warnings()).toEqual(['Move worktree-pre-remove hook failed: worktree-pre-remove hook failed with exit code 3']);
});

test('a move that fails fires nothing more', async () => {
  await using stage = await openStage({ 'daft.yml': config });
  await expect(move(stage, { failing: true })).rejects.toThrow('no room');
  expect(stage.events.filter(({ type }) => type === 'job-started')).toHaveLength(2);
});
