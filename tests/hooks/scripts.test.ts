import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStage } from './stage';
import type { Stage } from './stage';
import { writeFiles } from '../support';

const script = (body: string) => `#!/bin/sh\n${body}\n`;
const project = (name: string) => `.daft/hooks/${name}`;
function projectScript(stage: Stage, name: string, body: string): void {
  stage.write({ [project(name)]: script(body) }, [project(name)]);
}
function userScript(stage: Stage, name: string, body: string, directory = join(stage.home.config, 'hooks')): void {
  writeFiles(directory, { [name]: script(body) }, [name]);
}
const ran = (stage: Stage) => stage.events.flatMap((event) => (event.type === 'job-started' ? [event.command] : []));

describe('script hooks', () => {
  test('the project’s runs first, then the user’s, as jobs with the variables of the hook; nothing is recorded', async () => {
    await using stage = await openStage();
    await stage.trust('allow');
    projectScript(stage, 'worktree-post-create', 'echo $DAFT_HOOK; pwd');
    userScript(stage, 'worktree-post-create', 'echo user');
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(ran(stage)).toEqual([join(stage.path, project('worktree-post-create')), join(stage.home.config, 'hooks/worktree-post-create')]);
    expect(stage.output('worktree-post-create')).toBe(`worktree-post-create\n${stage.path}\n`);
    expect(stage.output('worktree-post-create-2')).toBe('user\n');
    expect(stage.records()).toEqual([]);
  });

  test('a failure of the first keeps the second from running', async () => {
    await using stage = await openStage();
    await stage.trust('allow');
    projectScript(stage, 'worktree-post-create', 'echo bad >&2; exit 9');
    userScript(stage, 'worktree-post-create', 'true');
    expect(await stage.fire()).toEqual({ kind: 'failed', exitCode: 9, stderr: 'bad\n', mode: 'warn' });
    expect(stage.events).toContainEqual({ type: 'job-skipped', job: 'worktree-post-create-2', reason: 'previous job failed', by: 'runner' });
  });

  test('trust is a matter of the project’s scripts alone', async () => {
    await using stage = await openStage();
    projectScript(stage, 'worktree-post-create', 'true');
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'Repository not trusted' });
    expect(stage.notices).toEqual([{ hook: 'worktree-post-create', kind: 'scripts', names: ['worktree-post-create'], branch: 'main' }]);
    userScript(stage, 'worktree-post-create', 'true');
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(ran(stage)).toEqual([join(stage.home.config, 'hooks/worktree-post-create')]);
  });

  test('the user’s directory is where git config says', async () => {
    await using stage = await openStage();
    await stage.git('config', 'daft.hooks.userDirectory', '~/my hooks');
    userScript(stage, 'worktree-post-create', 'echo here', join(stage.home.home, 'my hooks'));
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(stage.output('worktree-post-create')).toBe('here\n');
  });

  test('what is not executable does not exist', async () => {
    await using stage = await openStage();
    stage.write({ [project('worktree-post-create')]: script('true') });
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'No hook files found' });
  });

  test('a deprecated name runs with a warning, even if nobody trusts it; beside the new one it does not', async () => {
    await using stage = await openStage();
    projectScript(stage, 'post-create', 'true');
    await stage.fire();
    expect(stage.warnings()).toEqual([
      `Hook '${join(stage.path, project('post-create'))}' uses deprecated name 'post-create'. Rename to 'worktree-post-create' or run 'daft hooks migrate'. Deprecated names will stop working in daft v2.0.0.`,
    ]);
    await stage.trust('allow');
    projectScript(stage, 'worktree-post-create', 'echo new');
    await stage.fire();
    expect(stage.output('worktree-post-create')).toBe('new\n');
    expect(stage.warnings()[1]).toBe(
      `Both 'worktree-post-create' and 'post-create' exist in '${join(stage.path, '.daft/hooks')}'. Using 'worktree-post-create'; remove 'post-create' or run 'daft hooks migrate'.`,
    );
  });
});
