import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../../src/coordinator/client';
import { cancelJobs, readActiveJobs } from '../../src/jobs';
import { takeNotices } from '../../src/logstore';
import { findGroup, waitFor, waitForFile } from '../support';
import { temporaryRepository } from './dispatch';

test('jobs run in order of their needs, and what needs a failed one is held back', async () => {
  await using repo = await temporaryRepository();
  const install = repo.puppet('install');
  const build = repo.puppet('build', { needs: ['install'] });
  const e2e = repo.puppet('e2e', { needs: ['build'] });
  const lint = repo.puppet('lint');
  const fire = await repo.dispatch([e2e.job, build.job, install.job, lint.job]);

  await lint.puppet.exit(0);
  expect(repo.theatre.starts).not.toContain('build');
  await install.puppet.exit(0);
  await build.puppet.print('half way');
  await build.puppet.exit(3);

  const held = await repo.ended(fire, 'e2e', 'skipped');
  expect(held).toMatchObject({ exitCode: null, finishedAt: null, background: true, command: e2e.job.command, needs: ['build'] });
  expect(repo.log(fire, 'e2e')).toBe('dependency failed');
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: 3 });
  expect(repo.log(fire, 'build')).toBe('half way\n');
  expect(repo.theatre.starts).not.toContain('e2e');
  await waitFor('marks and environment to be removed', () => !existsSync(join(repo.store.dir, '.active')) && !existsSync(join(repo.store.dir, fire.id, 'env.json')));
});

test('a running job is recorded with its group and its owner, and its marks go with its end', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build');
  const fire = await repo.dispatch([job]);
  const { pid } = await puppet.started();
  const record = await repo.running(fire, 'build');
  expect(findGroup(record.pid ?? 0).map((found) => found.pid)).toContain(pid);
  expect(record.owner?.pid).toBe(repo.coordinators()[0]);
  expect(record.pidStart).not.toBeNull();
  await puppet.exit(0);
  await repo.ended(fire, 'build', 'completed');
  await waitFor('marks to go', () => readdirSync(join(repo.store.dir, fire.id, 'build')).toSorted().join() === 'meta.json,output.log,started');
});

test('a job that the disk keeps from starting is tried again, and those that need it are not held back meanwhile', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'build' }, { name: 'test', needs: ['build'] }, { name: 'deploy', needs: ['test'] }, { name: 'lint' }]);
  // The first directory that is made is the one of the state, which is there.
  await start(repo.store, { ...repo.launcher, env: { ...repo.launcher.env, DAFT_FAULT: 'fs: before directory@2:ENOSPC' } });
  await repo.ended(fire, 'lint', 'completed');
  expect(repo.statuses(fire.id)).toMatchObject({ build: 'pending', test: 'pending', deploy: 'pending' });
  await repo.ended(fire, 'deploy', 'completed');
  expect(new Set(Object.values(repo.statuses(fire.id)))).toEqual(new Set(['completed']));
});

test('an end that the disk refuses is written as soon as it can be, and keeps nobody from starting', async () => {
  await using repo = await temporaryRepository();
  // Neither can the wrapper leave its mark: what the job gave is known to its coordinator alone.
  const unmarked = `mkdir "$(echo "$STORE"/*/build/)exit"; exit 0`;
  const fire = repo.publish([{ name: 'build', command: unmarked, env: { STORE: repo.store.dir } }, { name: 'test', needs: ['build'] }]);
  await start(repo.store, { ...repo.launcher, env: { ...repo.launcher.env, DAFT_FAULT: 'record: log settled:EIO' } });
  await repo.ended(fire, 'test', 'completed');
  expect(await repo.ended(fire, 'build', 'completed')).toMatchObject({ exitCode: 0 });
  const writtenAt = (name: string) => statSync(join(repo.store.dir, fire.id, name, 'meta.json')).mtimeMs;
  expect(writtenAt('build')).toBeGreaterThan(writtenAt('test'));
  await waitFor('marks and environment to be removed', () => !existsSync(join(repo.store.dir, '.active')));
});

test('a job gets the environment of its command, the hook variables over it, and nothing of the coordinator', async () => {
  await using repo = await temporaryRepository({ COLOUR: 'of the coordinator', EDITOR: 'ed' });
  const job = { name: 'show', command: 'echo "$COLOUR|$SHAPE|$EDITOR|$DAFT_IS_COORDINATOR"; umask; pwd', env: { SHAPE: 'hook' } };
  const { COLOUR: _colour, ...env } = { COLOUR: 'x', SHAPE: 'inherited' };
  const fire = repo.publish([job], { umask: 0o027 }, env);
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'show', 'completed');
  expect(repo.log(fire, 'show')).toBe(`|hook||1\n0027\n${repo.home.work}\n`);
});

test('silent jobs leave their log only when they did not complete', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([
    { name: 'good', command: 'echo hello', backgroundOutput: 'silent' },
    { name: 'bad', command: 'echo hello; exit 1', backgroundOutput: 'silent' },
  ]);
  await repo.ended(fire, 'good', 'completed');
  expect(repo.log(fire, 'good')).toBeUndefined();
  await repo.ended(fire, 'bad', 'failed');
  expect(repo.log(fire, 'bad')).toBe('hello\n');
});

test('a missing working directory fails the job with that reason, and others run', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'lost', workingDir: join(repo.home.work, 'gone') }, { name: 'found' }]);
  expect(await repo.ended(fire, 'lost', 'failed')).toMatchObject({ exitCode: null, pid: null });
  expect(repo.log(fire, 'lost')).toMatch(/does not exist/);
  await repo.ended(fire, 'found', 'completed');
});

test('a timeout ends the whole group and is the last line of the log', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'slow', command: 'sleep 300 & echo waiting; sleep 300', timeoutSecs: 1 }]);
  expect(await repo.ended(fire, 'slow', 'failed')).toMatchObject({ exitCode: null });
  expect(repo.log(fire, 'slow')).toBe('waiting\nCommand timed out after 1s\n');
});

test('never more jobs than daft.jobs.maxParallel run at once, in order of dispatch', async () => {
  await using repo = await temporaryRepository();
  const [a, b, c] = [repo.puppet('a'), repo.puppet('b'), repo.puppet('c')];
  const fire = await repo.dispatch([a.job, b.job, c.job], { maxParallel: 2 });
  await Promise.all([a.puppet.started(), b.puppet.started()]);
  expect(repo.statuses(fire.id)).toMatchObject({ c: 'pending' });
  await b.puppet.exit(0);
  await c.puppet.exit(0);
  await a.puppet.exit(0);
  await repo.ended(fire, 'a', 'completed');
  expect(repo.theatre.starts).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  expect(repo.theatre.starts.at(-1)).toBe('c');
});

test('a log that is a link is not written through: the job has failed', async () => {
  await using repo = await temporaryRepository();
  const elsewhere = join(repo.home.root, 'elsewhere');
  writeFileSync(elsewhere, 'theirs');
  const fire = repo.publish([{ name: 'build', command: 'echo ours' }]);
  mkdirSync(join(repo.store.dir, fire.id, 'build'));
  symlinkSync(elsewhere, join(repo.store.dir, fire.id, 'build', 'output.log'));
  await start(repo.store, repo.launcher);
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: null });
  expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
});

test('without an environment that can be read a job fails, and nobody waits for it', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'build' }, { name: 'test', needs: ['build'] }]);
  writeFileSync(join(repo.store.dir, fire.id, 'env.json'), '{"PATH":');
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'build', 'failed');
  await repo.ended(fire, 'test', 'skipped');
  expect(repo.log(fire, 'build')).toBe('the environment of its plan cannot be read\n');
});

test('a job whose children hold its output ends with its leader', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('daemon');
  const fire = await repo.dispatch([job]);
  const child = await puppet.fork();
  await puppet.exit(0);
  await repo.ended(fire, 'daemon', 'completed');
  process.kill(child.pid, 'SIGKILL');
});

test('a job killed from outside has failed by that signal', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('victim');
  const fire = await repo.dispatch([job]);
  await puppet.started();
  process.kill(-((await repo.running(fire, 'victim')).pid ?? 0), 'SIGKILL');
  expect(await repo.ended(fire, 'victim', 'failed')).toMatchObject({ exitCode: 137 });
});

test('when the plan is removed under it, nothing more starts and nothing is recorded', async () => {
  await using repo = await temporaryRepository();
  const first = repo.puppet('first');
  const second = repo.puppet('second', { needs: ['first'] });
  const fire = await repo.dispatch([first.job, second.job]);
  await first.puppet.started();
  await repo.running(fire, 'first');
  rmSync(join(repo.store.dir, fire.id), { recursive: true });
  await first.puppet.exit(0);
  await repo.ended(fire, 'first', 'completed'); // recorded all the same, in a directory made again
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
  expect(repo.theatre.starts).toEqual(['first']);
});

test('a failure is told to the terminal of the command, once, on a line of its own, and only a failure', async () => {
  await using repo = await temporaryRepository();
  const ready = join(repo.home.root, 'ready');
  const go = join(repo.home.root, 'go');
  const terminal = repo.home.onTerminal(`sh -c 'printf "waiting for bad (running)"; tty >${ready}.tmp; mv ${ready}.tmp ${ready}; while ! test -e ${go}; do sleep 0.02; done'`);
  const tty = (await waitForFile(ready)).trim();
  const fire = await repo.dispatch(
    [
      { name: 'bad', command: 'exit 7' },
      { name: 'silent', command: 'exit 7', backgroundOutput: 'silent' },
      { name: 'silent-unstartable', workingDir: join(repo.home.root, 'nowhere'), backgroundOutput: 'silent' },
      { name: 'slow', command: 'sleep 300', timeoutSecs: 1 },
      { name: 'good' },
      { name: 'held', needs: ['bad'] },
      { name: 'loud\n\u001B[2J', command: 'exit 9', after: ['bad'] },
    ],
    { notifyTty: tty },
  );
  for (const [name, status] of [['bad', 'failed'], ['loud\n\u001B[2J', 'failed'], ['silent', 'failed'], ['silent-unstartable', 'failed'], ['good', 'completed'], ['held', 'skipped'], ['slow', 'failed']] as const) await repo.ended(fire, name, status);
  await waitFor('the plan to be settled', () => !existsSync(join(repo.store.dir, '.active')));
  await repo.home.run('touch', [go]);
  const { stdout } = await terminal;
  expect(stdout.split(/\r?\n/).filter((line) => line !== '')).toEqual([
    'waiting for bad (running)',
    `daft: background job 'bad' failed (exit code: 7) -- daft hooks jobs logs bad`,
    `daft: background job 'loud\uFFFD\uFFFD[2J' failed (exit code: 9) -- daft hooks jobs logs 'loud\uFFFD\uFFFD[2J'`,
    `daft: background job 'slow' failed: Command timed out after 1s`,
  ]);
  expect(takeNotices(repo.store)).toEqual([]);
});

test('an end that somebody else has recorded meanwhile is not told as a failure', async () => {
  await using repo = await temporaryRepository();
  const ready = join(repo.home.root, 'ready');
  const go = join(repo.home.root, 'go');
  const terminal = repo.home.onTerminal(`sh -c 'tty >${ready}.tmp; mv ${ready}.tmp ${ready}; while ! test -e ${go}; do sleep 0.02; done'`);
  const tty = (await waitForFile(ready)).trim();
  const fire = await repo.dispatch([{ name: 'long', command: 'sleep 300' }, { name: 'next', needs: ['long'] }], { notifyTty: tty });
  await repo.running(fire, 'long');
  const [coordinator = 0] = repo.coordinators();
  process.kill(coordinator, 'SIGSTOP');
  const jobs = readActiveJobs(repo.store, { coordinatorLive: true, invocation: fire.id }).filter(({ row }) => row.name === 'long');
  const report = await cancelJobs(repo.store, jobs, { scope: { kind: 'job' }, now: () => new Date() });
  expect(report.cancelled).toEqual(['long']);
  process.kill(coordinator, 'SIGCONT');
  await repo.ended(fire, 'next', 'skipped');
  await waitFor('the plan to be settled', () => !existsSync(join(repo.store.dir, '.active')));
  await repo.ended(fire, 'long', 'cancelled');
  await repo.home.run('touch', [go]);
  expect((await terminal).stdout).toBe('');
});

test('a job that has ended in time has not timed out, even if its coordinator was stopped until long after', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build', { timeoutSecs: 1 });
  const fire = await repo.dispatch([job]);
  await puppet.started();
  const { startedAt } = await repo.running(fire, 'build');
  const [coordinator = 0] = repo.coordinators();
  process.kill(coordinator, 'SIGSTOP');
  await puppet.exit(0);
  await waitForFile(join(repo.store.dir, fire.id, 'build', 'exit'));
  await waitFor('the time of the job to be over', () => Date.now() > startedAt.getTime() + 1_100);
  process.kill(coordinator, 'SIGCONT');
  expect(await repo.ended(fire, 'build', 'completed')).toMatchObject({ exitCode: 0 });
});

test('what is no terminal of ours is not written to, and the failure is kept for later', async () => {
  await using repo = await temporaryRepository();
  const file = join(repo.home.root, 'file');
  await repo.home.run('touch', [file]);
  const fire = await repo.dispatch([{ name: 'bad', command: 'false' }], { notifyTty: file });
  await repo.ended(fire, 'bad', 'failed');
  await waitFor('the plan to be settled', () => !existsSync(join(repo.store.dir, '.active')));
  expect(readFileSync(file, 'utf8')).toBe('');
  expect(takeNotices(repo.store)).toEqual([`daft: background job 'bad' failed (exit code: 1) -- daft hooks jobs logs main:${fire.id.slice(0, 4)}:bad`]);
});

test('a failure is kept for later where the terminal has been closed', async () => {
  await using repo = await temporaryRepository();
  // Not the name of one that was closed just now: the next terminal of anybody may get that.
  const fire = await repo.dispatch([{ name: 'bad', workingDir: join(repo.home.root, 'gone') }], { notifyTty: '/dev/pts/987654321' });
  await repo.ended(fire, 'bad', 'failed');
  await waitFor('the plan to be settled', () => !existsSync(join(repo.store.dir, '.active')));
  expect(takeNotices(repo.store)).toEqual([expect.stringMatching(/^daft: background job 'bad' failed: .*gone/)]);
});
