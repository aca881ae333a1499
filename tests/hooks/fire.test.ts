import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStage, openTrustedStage } from './stage';
import type { Stage } from './stage';

const post = (jobs: string, hook = '') => `hooks:\n  worktree-post-create:\n${hook.replace(/^(?=.)/gm, '    ')}\n    jobs:\n${jobs.replace(/^/gm, '    ')}\n`;
const preCreate = (word: string) => `hooks: {worktree-pre-create: {jobs: [{name: ${word}, run: "pwd"}]}}`;
const statuses = (stage: Stage) => Object.fromEntries(stage.records().map(({ name, status, log }) => [name, status === 'skipped' ? `skipped: ${log}` : status]));
const ran = (stage: Stage) => stage.events.flatMap((event) => (event.type === 'job-started' ? [event.job] : []));

describe('whether a hook runs at all', () => {
  test.each([
    ['daft.hooks.enabled', 'Hooks are globally disabled'],
    ['daft.hooks.worktreePostCreate.enabled', 'worktree-post-create hook is disabled'],
    ['daft.hooks.postCreate.enabled', 'worktree-post-create hook is disabled'],
  ])('%s = false', async (key, reason) => {
    await using stage = await openTrustedStage(post('- run: "true"'));
    await stage.git('config', key, 'off');
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason });
  });

  test('without configuration and scripts', async () => {
    await using stage = await openStage();
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'No hook files found' });
  });

  test('an untrusted repository is skipped with a notice that names all its hooks', async () => {
    await using stage = await openStage();
    stage.write({ 'daft.yml': 'hooks: {worktree-post-create: {jobs: [{run: "false"}]}, post-clone: {}, pre-commit: {}}' });
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'Repository not trusted' });
    expect(stage.notices).toEqual([{ hook: 'worktree-post-create', kind: 'yaml', names: ['post-clone', 'worktree-post-create'], branch: 'main' }]);
    expect(existsSync(stage.home.state)).toBe(false);
  });

  test('prompt asks, and takes an answer', async () => {
    await using stage = await openTrustedStage(post('- run: "true"'));
    await stage.trust('prompt');
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'No permission callback' });
    expect(stage.warnings()).toEqual(["Repository trust is set to 'prompt' but no interactive prompt is available — skipping worktree-post-create.\nRun 'daft hooks trust' to allow hooks."]);
    const questions: string[] = [];
    const answering = (answer: boolean) => ({ confirm: async (question: string) => { questions.push(question); return answer; } });
    stage.services = answering(false);
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'User declined hook execution' });
    stage.services = answering(true);
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(questions[0]).toBe("Repository has YAML hook config for 'worktree-post-create'. Execute?");
  });

  test('another remote than the one that was trusted: asked again, told once', async () => {
    await using stage = await openTrustedStage(post('- run: "true"'));
    await stage.git('remote', 'add', 'origin', 'one');
    await stage.trust('allow');
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    await stage.git('remote', 'set-url', 'origin', 'two');
    await stage.fire();
    await stage.fire();
    expect(stage.warnings().filter((text) => text.startsWith('Trust fingerprint mismatch'))).toEqual([`Trust fingerprint mismatch for ${join(stage.path, '.git')}`]);
    expect(stage.warnings()).toEqual(expect.arrayContaining(['  Trusted remote: one', '  Current remote: two']));
  });

  test('a condition of the hook ends the firing before anything is recorded', async () => {
    await using stage = await openTrustedStage(post('- run: "true"', 'only: [{ref: other}]'));
    stage.services = { verbose: true };
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: "only: ref does not match 'other'" });
    expect(stage.warnings()).toEqual(["Skipping worktree-post-create: only: ref does not match 'other'"]);
    expect(existsSync(stage.home.state)).toBe(false);
  });

  test.each([
    ['hooks: {worktree-post-create: {jobs: []}}', 'No jobs defined'],
    ['hooks: {worktree-post-create: {exclude_tags: [x], jobs: [{run: "true", tags: [x]}]}}', 'All jobs excluded by tags'],
    ['hooks: {worktree-post-create: {jobs: [{run: "true", skip: true}]}}', 'All jobs skipped'],
  ])('%s is recorded all the same', async (yaml, reason) => {
    await using stage = await openTrustedStage(yaml);
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason });
    const [repository] = readdirSync(join(stage.home.state, 'jobs'));
    const invocations = readdirSync(join(stage.home.state, 'jobs', repository!)).filter((name) => /^[0-9a-f]{16}$/.test(name));
    expect(invocations).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(stage.home.state, 'jobs', repository!, invocations[0]!, 'invocation.json'), 'utf8'))).toMatchObject({
      trigger_command: 'worktree-post-create', hook_type: 'worktree-post-create', worktree: 'main',
    });
  });
});

describe('where the configuration comes from', () => {
  test('a broken one is told, and scripts run instead', async () => {
    await using stage = await openTrustedStage('hooks: [');
    stage.write({ '.daft/hooks/worktree-post-create': '#!/bin/sh\necho script\n' }, ['.daft/hooks/worktree-post-create']);
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(stage.warnings()[0]).toMatch(/^Error loading YAML config, falling back to script hooks: Failed to parse YAML file: .*daft\.yml/);
    expect(stage.output('worktree-post-create')).toBe('script\n');
  });

  test('an entry for the hook keeps scripts from running, even an empty one', async () => {
    await using stage = await openTrustedStage('hooks: {worktree-post-create: {}}');
    stage.write({ '.daft/hooks/worktree-post-create': '#!/bin/sh\nfalse\n' }, ['.daft/hooks/worktree-post-create']);
    expect(await stage.fire()).toEqual({ kind: 'skipped', reason: 'No jobs defined' });
    expect(ran(stage)).toEqual([]);
  });

  test('before a worktree exists, it is what is committed on its branch, else on the base, else on the default branch', async () => {
    await using stage = await openTrustedStage('{}');
    await stage.commit({ 'daft.yml': preCreate('on-main') });
    await stage.git('branch', 'base');
    await stage.git('switch', '--quiet', 'base');
    await stage.commit({ 'daft.yml': preCreate('on-base') });
    await stage.git('switch', '--quiet', '-c', 'bare-one', 'main');
    await stage.git('rm', '--quiet', 'daft.yml');
    await stage.git('commit', '--quiet', '-m', 'none');
    await stage.git('switch', '--quiet', '-c', 'target', 'main');
    await stage.commit({ 'daft.yml': preCreate('on-target') });
    stage.write({ 'daft.yml': preCreate('uncommitted'), 'worktree-pre-create.yml': 'jobs: [{name: per-hook, run: "true"}]', 'daft-local.yml': preCreate('local') });
    const fire = async (firing: Parameters<Stage['fire']>[1]) => {
      stage.events.length = 0;
      await stage.fire('worktree-pre-create', { targetWorktree: join(stage.home.work, 'new'), ...firing });
      return ran(stage);
    };
    expect(await fire({ branch: 'target', baseBranch: 'base' })).toEqual(['on-target']);
    expect(stage.output('on-target')).toBe(`${stage.path}\n`);
    expect(await fire({ branch: 'new', baseBranch: 'base', isNewBranch: true })).toEqual(['on-base']);
    expect(await fire({ branch: 'bare-one' })).toEqual([]);
    await stage.git('update-ref', 'refs/remotes/origin/main', 'main');
    await stage.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect(await fire({ branch: 'new', baseBranch: 'bare-one' })).toEqual(['on-main']);
    await stage.git('update-ref', 'refs/remotes/origin/elsewhere', 'base');
    expect(await fire({ branch: 'elsewhere' })).toEqual(['on-base']);
    // The local branch counts where there is one, even if only its remote-tracking ref has a configuration.
    await stage.git('symbolic-ref', '--delete', 'refs/remotes/origin/HEAD');
    await stage.git('update-ref', 'refs/remotes/origin/bare-one', 'base');
    expect(await fire({ branch: 'bare-one' })).toEqual([]);
  });

  test('after a removal it is the source worktree, or the project root if that has gone too', async () => {
    await using stage = await openTrustedStage('hooks: {worktree-post-remove: {jobs: [{name: a, run: pwd}]}}');
    const gone = join(stage.home.work, 'gone');
    expect(await stage.fire('worktree-post-remove', { targetWorktree: gone, removalReason: 'manual' })).toEqual({ kind: 'succeeded' });
    expect(await stage.fire('worktree-post-remove', { targetWorktree: gone, sourceWorktree: gone })).toEqual({ kind: 'succeeded' });
    expect(stage.output('a')).toBe(`${stage.path}\n`.repeat(2));
  });
});

describe('what jobs get', () => {
  test('the variables of hook and job, the environment of daft, and not the way to the user’s shell', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "env | sort", env: {MINE: "{branch}", DAFT_REMOTE: mine}}'));
    stage.services = { env: { ...stage.home.env, INHERITED: 'yes', DAFT_CD_FILE: '/x' } };
    await stage.fire('worktree-post-create', { branch: 'feat/x', isNewBranch: true, baseBranch: 'main', repositoryUrl: 'url', removalReason: 'manual' });
    const variables = stage.output('a').split('\n');
    expect(variables).toEqual(
      expect.arrayContaining([
        'DAFT_HOOK=worktree-post-create', 'DAFT_COMMAND=checkout', `DAFT_PROJECT_ROOT=${stage.path}`, `DAFT_GIT_DIR=${stage.path}/.git`, 'DAFT_REMOTE=mine',
        `DAFT_SOURCE_WORKTREE=${stage.path}`, `DAFT_WORKTREE_PATH=${stage.path}`, 'DAFT_BRANCH_NAME=feat/x', 'DAFT_IS_NEW_BRANCH=true', 'DAFT_BASE_BRANCH=main',
        'MINE=feat/x', 'INHERITED=yes',
      ]),
    );
    expect(variables.filter((line) => /^DAFT_(CD_FILE|REPOSITORY_URL|REMOVAL_REASON|IS_MOVE|IS_COORDINATOR)=/.test(line))).toEqual([]);
  });

  test('rc is sourced by a plain shell, script, runner and arguments are put together', async () => {
    await using stage = await openTrustedStage(`rc: setup.sh\n${post('- {name: a, run: "echo $FROM_RC"}\n- {name: b, script: s.sh, runner: sh, args: "one two $FROM_RC"}')}`);
    stage.write({ 'setup.sh': 'FROM_RC=yes', '.daft/s.sh': 'echo "$# $3"' });
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect([stage.output('a'), stage.output('b')]).toEqual(['yes\n', '3 yes\n']);
  });

  test('a script of its own needs no runner, even far from where it lies', async () => {
    await using stage = await openTrustedStage(`source_dir: tools\n${post('- {name: b, script: s.sh, root: sub dir}')}`);
    stage.write({ 'tools/s.sh': '#!/bin/sh\npwd', 'sub dir/x': '' }, ['tools/s.sh']);
    await stage.fire();
    expect(stage.output('b')).toBe(`${stage.path}/sub dir\n`);
  });

  test('a missing directory fails that job alone, with the reason in its log', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "true", root: nowhere}\n- {name: b, run: "true"}'));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: -1, mode: 'warn' });
    expect(statuses(stage)).toEqual({ a: 'failed', b: 'completed' });
    expect(stage.records().find(({ name }) => name === 'a')).toMatchObject({ exit_code: null, log: expect.stringContaining('nowhere') as string });
  });

  test('what daft.yml wishes for the display goes with the event', async () => {
    await using stage = await openTrustedStage(`output: [post-clone]\nno_tty: true\ncolors: false\n${post('- run: "true"')}`);
    await stage.fire();
    expect(stage.events.find(({ type }) => type === 'hook-started')).toMatchObject({ presentation: { quiet: true, plain: true, colourless: true } });
    stage.write({ 'daft.yml': `output: [worktree-post-create]\n${post('- run: "true"')}` });
    stage.events.length = 0;
    await stage.fire();
    expect(stage.events.find(({ type }) => type === 'hook-started')).toMatchObject({ presentation: { quiet: false, plain: false, colourless: false } });
  });

  test('conditions are put to the world once per firing, before any job', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "echo a >> order", skip: [{run: "echo asked $DAFT_BRANCH_NAME >> order; false"}]}\n- {name: b, run: "true", only: [{run: "echo asked $DAFT_BRANCH_NAME >> order; false"}]}'));
    await stage.fire();
    expect(readFileSync(join(stage.path, 'order'), 'utf8')).toBe('asked main\na\n');
    expect(statuses(stage)).toEqual({ a: 'completed', b: 'skipped: only: command failed: echo asked $DAFT_BRANCH_NAME >> order; false' });
  });

  test('merge and rebase are states of the worktree', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "true", only: [merge]}\n- {name: b, run: "true", skip: [rebase]}'));
    writeFileSync(join(stage.path, '.git/MERGE_HEAD'), '');
    mkdirSync(join(stage.path, '.git/rebase-apply'));
    await stage.fire();
    expect(statuses(stage)).toEqual({ a: 'completed', b: 'skipped: skip: in rebase state' });
  });
});

describe('order and failure', () => {
  const chain = '- {name: fails, run: exit 3}\n- {name: dependent, run: "true", needs: [fails]}\n- {name: further, run: "true", needs: [dependent]}\n- {name: free, run: "true"}';

  test('parallel: dependents of a failure are held back, the rest runs', async () => {
    await using stage = await openTrustedStage(post(chain));
    expect(await stage.fire()).toEqual({ kind: 'failed', exitCode: 3, stderr: '', mode: 'warn' });
    expect(statuses(stage)).toEqual({ fails: 'failed', dependent: 'skipped: dependency failed', further: 'skipped: dependency failed', free: 'completed' });
    expect(stage.records().find(({ name }) => name === 'dependent')).toMatchObject({ command: 'true', needs: ['fails'], background: false, exit_code: null });
  });

  test('piped: stops at the first failure', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: echo a >> order}\n- {name: b, run: exit 4}\n- {name: c, run: "true"}\n- {name: d, run: "true", background: true}', 'piped: true'));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 4 });
    expect(statuses(stage)).toEqual({ a: 'completed', b: 'failed', c: 'skipped: previous job failed', d: 'skipped: previous job failed' });
    expect(stage.records().find(({ name }) => name === 'd')?.background).toBe(true);
  });

  test.each(['follow: true', 'parallel: false'])('%s: one at a time in order of priority, going on after a failure', async (mode) => {
    await using stage = await openTrustedStage(post('- {name: a, run: "echo a in; echo a out", priority: 1}\n- {name: b, run: "exit 1"}\n- {name: c, run: "true"}', mode));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 1 });
    const order = stage.events.flatMap((event) => (event.type === 'job-started' || event.type === 'job-ended' ? [`${event.job} ${event.type.slice(4)}`] : []));
    expect(order).toEqual(['b started', 'b ended', 'c started', 'c ended', 'a started', 'a ended']);
  });

  test('the exit code is that of the first failed job in order, whichever failed first', async () => {
    await using stage = await openTrustedStage(post('- {name: slow, run: "until [ -e go ]; do :; done; echo why >&2; exit 7"}\n- {name: quick, run: "touch go; exit 8"}'));
    expect(await stage.fire()).toEqual({ kind: 'failed', exitCode: 7, stderr: 'why\n', mode: 'warn' });
  });

  test('a signal has no exit code for the hook, and 128 + N in the record', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: kill -9 $$}'));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: -1 });
    expect(stage.records()).toMatchObject([{ name: 'a', status: 'failed', exit_code: 137 }]);
  });

  test.each([
    ['- {name: a, run: "true", needs: [b]}', "node 'a' depends on 'b', which does not exist"],
    ['- {name: a, run: touch ran, needs: [b]}\n- {name: b, run: touch ran, needs: [a]}', 'dependency graph contains a cycle'],
  ])('%s fails before anything starts', async (jobs, stderr) => {
    await using stage = await openTrustedStage(post(jobs));
    expect(await stage.fire()).toEqual({ kind: 'failed', exitCode: -1, stderr, mode: 'warn' });
    expect(ran(stage)).toEqual([]);
  });

  test('the fail mode is what git config says, else what the hook is used to', async () => {
    await using stage = await openTrustedStage(post('- run: "false"'));
    await stage.git('config', 'daft.hooks.worktreePostCreate.failMode', 'ABORT');
    expect(await stage.fire()).toMatchObject({ mode: 'abort' });
    await stage.git('config', 'daft.hooks.worktreePostCreate.failMode', 'sulk');
    expect(await stage.fire()).toMatchObject({ mode: 'warn' });
    await stage.fire();
    expect(stage.warnings()).toEqual(['Ignoring invalid git config failMode "sulk" (expected "abort" or "warn")']);
    await stage.commit({ 'daft.yml': 'hooks: {worktree-pre-create: {jobs: [{run: "false"}]}}' });
    expect(await stage.fire('worktree-pre-create')).toMatchObject({ mode: 'abort' });
  });

  test('the fail mode that daft.yml wishes for gives way to git config', async () => {
    await using stage = await openTrustedStage('hooks: {worktree-post-create: {fail_mode: abort, jobs: [{run: "false"}]}}');
    expect(await stage.fire()).toMatchObject({ mode: 'abort' });
    await stage.git('config', 'daft.hooks.worktreePostCreate.failMode', 'warn');
    expect(await stage.fire()).toMatchObject({ mode: 'warn' });
    await stage.commit({ 'daft.yml': 'hooks: {worktree-pre-create: {fail_mode: warn, jobs: [{run: x, needs: [nobody], name: a}]}}' });
    expect(await stage.fire('worktree-pre-create')).toMatchObject({ mode: 'warn', exitCode: -1 });
  });

  test('a job that takes too long is stopped with all its children; the log says so', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "echo begun; sleep 100 & sleep 100", timeout: 1s, fail_text: look out}'));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: -1 });
    expect(stage.records()).toMatchObject([{ status: 'failed', exit_code: null, log: 'begun\nCommand timed out after 1s\n' }]);
    expect(stage.events).toContainEqual(expect.objectContaining({ type: 'job-ended', outcome: { kind: 'timed-out', afterSecs: 1 }, failText: 'look out' }) as unknown);
  });

  test('daft.hooks.timeout holds where the job says nothing, and 0s is none', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: sleep 100}\n- {name: b, run: "sleep 1.2", timeout: 0s}'));
    await stage.git('config', 'daft.hooks.timeout', '1');
    await stage.fire();
    expect(statuses(stage)).toEqual({ a: 'failed', b: 'completed' });
  });

  test('an interactive job has the terminal for itself, and an empty log', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "true"}\n- {name: b, run: "true", interactive: true, background: true}\n- {name: c, run: "true"}'));
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    const order = stage.events.flatMap((event) => (event.type === 'job-started' || event.type === 'job-ended' ? [`${event.job} ${event.type.slice(4)}`] : []));
    expect(order).toEqual(['a started', 'a ended', 'b started', 'b ended', 'c started', 'c ended']);
    expect(stage.events[0]).toEqual({ type: 'job-promoted', job: 'b', because: 'interactive' });
    expect(stage.records().find(({ name }) => name === 'b')).toMatchObject({ log: '', background: false });
  });
});

describe('records of the foreground', () => {
  test('everything there is to know, with the log line by line', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "printf half; echo err >&2; echo -n end", log: {retention: 1d, max_log_size: 2KB}, timeout: 5m, env: {A: b}}', 'background: false'));
    await stage.fire();
    const [record] = stage.records();
    expect(record).toMatchObject({
      name: 'a', hook_type: 'worktree-post-create', worktree: 'main', command: 'printf half; echo err >&2; echo -n end', working_dir: stage.path,
      status: 'completed', exit_code: 0, pid: null, background: false, needs: [], retention_seconds: 86_400, max_log_size_bytes: 2048,
      log_truncated: false, background_output: null, timeout_secs: 300, owner: null,
    });
    expect(record?.['env']).toMatchObject({ A: 'b', DAFT_HOOK: 'worktree-post-create' });
    expect(record?.log?.split('\n').toSorted()).toEqual(['', 'err', 'halfend']);
  });

  test('the policy of the repository is kept, and a firing without settings erases none of it', async () => {
    await using stage = await openTrustedStage(`log: {keep_last: 9, max_total_size: 1KB, stale_running_after: 2h}\n${post('- run: "true"')}`);
    await stage.fire();
    stage.write({ 'daft.yml': post('- {run: "true", skip: true}') });
    await stage.fire();
    const [repository] = readdirSync(join(stage.home.state, 'jobs'));
    expect(JSON.parse(readFileSync(join(stage.home.state, 'jobs', repository!, 'repo-policy.json'), 'utf8'))).toEqual({
      version: 1, max_total_size_bytes: 1024, keep_last: 9, stale_running_after_seconds: 7200,
    });
  });

  test('where no history can be kept, one warning says so and everything runs, inline', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "true"}\n- {name: b, run: exit 5, background: true}'));
    writeFileSync(join(stage.path, '.git/daft-id'), 'nonsense');
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 5 });
    await stage.fire();
    expect(stage.warnings()).toHaveLength(1);
    expect(stage.warnings()[0]).toMatch(/^Job history is not recorded: Corrupt repo identity file/);
    expect(ran(stage)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('a record that cannot be written changes nothing else', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "for dir in $STATE/jobs/*/*/; do chmod a-w $dir; done"}\n- {name: b, run: "true", needs: [a]}'));
    if (process.getuid?.() === 0) return; // nothing is unwritable for root
    stage.services = { env: { ...stage.home.env, STATE: stage.home.state } };
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(stage.warnings()[0]).toMatch(/^daft: failed to write job record for 'a': /);
    for (const entry of readdirSync(join(stage.home.state, 'jobs'), { recursive: true, withFileTypes: true })) if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o700);
  });
});

describe('the background part', () => {
  const jobs = '- {name: tool, run: "true"}\n- {name: a, run: "echo a", background: true, needs: [tool]}\n- {name: b, run: exit 6, background: true, needs: [a]}\n- {name: c, run: "true", background: true, needs: [b]}';
  const inlineOutcome = { tool: 'completed', a: 'completed', b: 'failed', c: 'skipped: dependency failed' };

  test.each(['DAFT_NO_BACKGROUND_JOBS', 'DAFT_IS_COORDINATOR'])('%s, even empty: it runs inline and its failures count', async (name) => {
    await using stage = await openTrustedStage(post(jobs));
    stage.services = { env: { ...stage.home.env, [name]: '' } };
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 6 });
    expect(statuses(stage)).toEqual(inlineOutcome);
    expect(stage.records().every(({ background }) => background === false)).toBe(true);
    expect(stage.warnings()).toEqual([]);
  });

  test('no coordinator to be had: the plan is taken back and the jobs run inline, with one warning', async () => {
    await using stage = await openTrustedStage(post(jobs));
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 6 });
    expect(statuses(stage)).toEqual(inlineOutcome);
    expect(stage.warnings()).toHaveLength(1);
    const left = readdirSync(stage.home.state, { recursive: true, encoding: 'utf8' });
    expect(left.filter((path) => /plan\.json|env\.json|\.active/.test(path))).toEqual([]);
  });

  test('handed over: the plan says all that is needed, and the command goes on', async () => {
    await using stage = await openTrustedStage(
      post('- {name: tool, run: "true"}\n- {name: broken, run: "false"}\n- {name: a, run: "echo {branch}", background: true, needs: [tool], timeout: 1m, background_output: silent, root: sub, env: {A: b}, log: {retention: 1d}}\n- {name: b, run: "true", background: true, needs: [broken]}\n- {name: c, run: "true", background: true, needs: [a]}\n- {group: {parallel: false, jobs: [{name: d, run: "true", background: true}, {name: e, run: "true", background: true}]}}'),
    );
    await stage.git('config', 'daft.jobs.maxParallel', '5');
    await stage.git('config', 'daft.jobs.logLimit', '2 gb');
    // Something that starts and ends at once stands in for the coordinator: the plan stays as it was published.
    stage.services = { launcher: { node: '/bin/true', script: '', env: stage.home.env }, env: { ...stage.home.env, DAFT_CD_FILE: 'x', KEPT: 'y' }, stderrTty: '/dev/pts/9' };
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 1 });
    expect(statuses(stage)).toEqual({ tool: 'completed', broken: 'failed', b: 'skipped: foreground dependency failed' });
    expect(stage.records().find(({ name }) => name === 'b')).toMatchObject({ background: true, command: 'true', needs: ['broken'] });
    const paths = readdirSync(stage.home.state, { recursive: true, encoding: 'utf8' });
    const read = (name: string) => JSON.parse(readFileSync(join(stage.home.state, paths.find((path) => path.endsWith(name))!), 'utf8')) as Record<string, unknown>;
    const variables = { DAFT_HOOK: 'worktree-post-create' };
    expect(read('plan.json')).toMatchObject({
      version: 1, daft_version: '0.0.0-test', notify_tty: '/dev/pts/9', umask: process.umask(), max_parallel: 5, log_limit_bytes: 2_147_483_648,
      jobs: [
        { name: 'a', command: 'echo main', working_dir: join(stage.path, 'sub'), env: { ...variables, A: 'b' }, needs: [], declared_needs: ['tool'], background_output: 'silent', timeout_secs: 60, retention_seconds: 86_400, max_log_size_bytes: null, held_back: null },
        { name: 'b', needs: [], declared_needs: ['broken'], held_back: 'foreground dependency failed' },
        { name: 'c', needs: ['a'], declared_needs: ['a'], held_back: null },
        { name: 'd' },
        { name: 'e', needs: [], after: ['d'] },
      ],
    });
    const env = read('env.json');
    expect(env).toMatchObject({ KEPT: 'y' });
    expect(env).not.toHaveProperty('DAFT_CD_FILE');
    expect(env).not.toHaveProperty('DAFT_HOOK');
    const shown = stage.events.filter(({ type }) => ['job-backgrounded', 'hook-ended', 'dispatched'].includes(type));
    expect(shown).toMatchObject([{ job: 'a' }, { job: 'c' }, { job: 'd' }, { job: 'e' }, { type: 'hook-ended' }, { type: 'dispatched', count: 4 }]);
    await stage.home.waitForQuiet();
  });

  test('needed in the foreground, a job is promoted and recorded as one of it', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "true", background: true}\n- {name: b, run: "true", needs: [a]}'));
    expect(await stage.fire()).toEqual({ kind: 'succeeded' });
    expect(stage.events.slice(0, 2)).toMatchObject([{ type: 'job-promoted', job: 'a', because: 'required by a foreground job' }, { type: 'hook-started' }]);
    expect(stage.records().map(({ name, background }) => [name, background])).toEqual([['a', false], ['b', false]]);
  });

  test('Ctrl-C stops what runs and holds everything else back', async () => {
    await using stage = await openTrustedStage(post('- {name: a, run: "echo up; sleep 100"}\n- {name: b, run: "true", needs: [a]}\n- {name: c, run: "true", background: true}'));
    stage.services = {
      tell(event) {
        stage.events.push(event);
        if (event.type === 'job-printed') stage.controller.abort(new Error('Ctrl-C'));
      },
    };
    expect(await stage.fire()).toEqual({ kind: 'interrupted' });
    expect(statuses(stage)).toEqual({ a: 'cancelled', b: 'skipped: cancelled', c: 'skipped: cancelled' });
  });
});

describe('groups at work', () => {
  test('in a pipe, a group is one step whose members run side by side', async () => {
    await using stage = await openTrustedStage(
      post('- {name: first, run: "true"}\n- {group: {jobs: [{name: x, run: "touch x-up; until [ -e y-up ]; do :; done; exit 2"}, {name: y, run: "touch y-up; until [ -e x-up ]; do :; done"}]}}\n- {name: last, run: "true"}', 'piped: true'),
    );
    expect(await stage.fire()).toMatchObject({ kind: 'failed', exitCode: 2 });
    expect(statuses(stage)).toEqual({ first: 'completed', x: 'failed', y: 'completed', last: 'skipped: previous job failed' });
  });

  test('members of a sequential group follow each other whatever happens, those of a piped one do not', async () => {
    await using stage = await openTrustedStage(
      post('- {group: {parallel: false, jobs: [{name: a, run: "false"}, {name: b, run: "true"}]}}\n- {group: {piped: true, jobs: [{name: c, run: "false"}, {name: d, run: "true"}]}}'),
    );
    await stage.fire();
    expect(statuses(stage)).toEqual({ a: 'failed', b: 'completed', c: 'failed', d: 'skipped: dependency failed' });
  });
});
