import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, isLive, start, wakeOrStart } from '../../src/coordinator/client';
import { cancelJobs, readActiveJobs } from '../../src/jobs';
import { reconcile } from '../../src/jobs/reconcile';
import { listActiveIds, requestCancel, takeNotices } from '../../src/logstore';
import { groupState, startToken } from '../../src/process';
import { waitFor } from '../support';
import { coordinatorLog, startToDie, startToStop, temporaryRepository, type Repository } from './dispatch';

/** Kills every coordinator as the kernel would when memory is short. */
async function killCoordinators(repo: Repository): Promise<void> {
  const pids = repo.coordinators();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  // By its pid: one that dies has lost its command line already, and counts as alive until the last of it has gone.
  await waitFor('the coordinators to be dead', () => pids.every((pid) => startToken(pid) === undefined));
}

const adopted = (repo: Repository) => waitFor('the adoption', () => coordinatorLog(repo.store).includes('"msg":"adopted"'));

/** What the next command does. */
function look(repo: Repository, now = new Date()) {
  return reconcile(repo.store, { now, coordinatorLive: false, warn: (text) => expect.unreachable(text), tellBadPolicy: (line) => expect.unreachable(line) });
}

const dispatched = (minutesAgo: number) => ({ dispatchedAt: new Date(Date.now() - minutesAgo * 60_000) });

test('a survivor is adopted: its true end is recorded, and what needs it goes on', async () => {
  await using repo = await temporaryRepository();
  const build = repo.puppet('build');
  const e2e = repo.puppet('e2e', { needs: ['build'] });
  const fire = await repo.dispatch([build.job, e2e.job]);
  await build.puppet.started();
  await repo.running(fire, 'build');
  await killCoordinators(repo);

  expect(look(repo)).toEqual({ needCoordinator: [fire.id], ended: 0 });
  await start(repo.store, repo.launcher);
  await adopted(repo);
  expect(repo.theatre.starts).toEqual(['build']);
  await build.puppet.exit(0);
  await e2e.puppet.exit(5);
  expect(await repo.ended(fire, 'build', 'completed')).toMatchObject({ exitCode: 0 });
  expect(await repo.ended(fire, 'e2e', 'failed')).toMatchObject({ exitCode: 5 });
  expect(repo.theatre.starts).toEqual(['build', 'e2e']);
});

test('what ended while nobody looked is recorded with its exit code by the next command', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build', { backgroundOutput: 'silent' });
  const fire = await repo.dispatch([job]);
  await puppet.started();
  await repo.running(fire, 'build');
  await killCoordinators(repo);
  await puppet.exit(9);
  await waitFor('the exit mark', () => existsSync(join(repo.store.dir, fire.id, 'build', 'exit')));
  expect(look(repo)).toEqual({ needCoordinator: [], ended: 1 });
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: 9 });
  expect(existsSync(join(repo.store.dir, '.active'))).toBe(false);
});

test('failures that are found afterwards are kept for the next command that somebody watches', async () => {
  await using repo = await temporaryRepository();
  const specs = { broken: {}, muted: { backgroundOutput: 'silent' }, fine: {}, dropped: {}, killed: {} } as const;
  const puppets = Object.entries(specs).map(([name, spec]) => repo.puppet(name, spec));
  const fire = await repo.dispatch(puppets.map(({ job }) => job));
  for (const { puppet, job } of puppets) {
    await puppet.started();
    await repo.running(fire, job.name);
  }
  const killed = await repo.running(fire, 'killed');
  await killCoordinators(repo);
  requestCancel(repo.store, fire, 'dropped');
  process.kill(-(killed.pid ?? 0), 'SIGKILL');
  for (const { puppet } of puppets.slice(0, 4)) await puppet.exit(puppet.name === 'fine' ? 0 : 9);
  await waitFor('the exit marks', () => puppets.slice(0, 4).every(({ job }) => existsSync(join(repo.store.dir, fire.id, job.name, 'exit'))));
  await waitFor('the death', () => groupState(killed.pid ?? 0) === 'extinct');
  const late = repo.publish([{ name: 'late' }, { name: 'hushed', backgroundOutput: 'silent' }], dispatched(61));

  expect(look(repo).ended).toBe(7);
  expect(repo.statuses(fire.id)).toEqual({ broken: 'failed', muted: 'failed', fine: 'completed', dropped: 'cancelled', killed: 'crashed' });
  expect(repo.statuses(late.id)).toEqual({ late: 'crashed', hushed: 'crashed' });
  expect(takeNotices(repo.store).toSorted()).toEqual([
    `daft: background job 'broken' failed (exit code: 9) -- daft hooks jobs logs main:${fire.id.slice(0, 4)}:broken`,
    "daft: background job 'killed' failed: crashed, its end was not seen",
    "daft: background job 'late' failed: never started",
  ]);
});

test('a coordinator tells of what it finds ended, and of what ends while it watches', async () => {
  await using repo = await temporaryRepository();
  const [ended, adoptee] = [repo.puppet('ended'), repo.puppet('adoptee')];
  const fire = await repo.dispatch([ended.job, adoptee.job]);
  for (const { puppet, job } of [ended, adoptee]) {
    await puppet.started();
    await repo.running(fire, job.name);
  }
  const { pid } = await repo.running(fire, 'adoptee');
  await killCoordinators(repo);
  await ended.puppet.exit(3);
  await waitFor('the exit mark', () => existsSync(join(repo.store.dir, fire.id, 'ended', 'exit')));
  await start(repo.store, repo.launcher);
  await adopted(repo);
  process.kill(-(pid ?? 0), 'SIGKILL');
  await repo.ended(fire, 'adoptee', 'crashed');
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
  expect(takeNotices(repo.store).toSorted()).toEqual([
    "daft: background job 'adoptee' failed: crashed, its end was not seen",
    `daft: background job 'ended' failed (exit code: 3) -- daft hooks jobs logs main:${fire.id.slice(0, 4)}:ended`,
  ]);
});

test('an adopted job keeps its timeout, counted from its start', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'slow', command: 'sleep 300', timeoutSecs: 2 }]);
  await repo.running(fire, 'slow');
  await killCoordinators(repo);
  await start(repo.store, repo.launcher);
  const record = await repo.ended(fire, 'slow', 'failed');
  expect(record.exitCode).toBeNull();
  expect((record.finishedAt?.getTime() ?? 0) - record.startedAt.getTime()).toBeGreaterThan(1_900);
  expect(repo.log(fire, 'slow')).toBe('Command timed out after 2s\n');
});

test('an adopted job keeps its timeout, whatever the clock was set to meanwhile', { skip: process.platform !== 'linux' }, async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'slow', command: 'sleep 300', timeoutSecs: 3 }]);
  const { startedAt } = await repo.running(fire, 'slow');
  await killCoordinators(repo);
  const meta = join(repo.store.dir, fire.id, 'slow', 'meta.json');
  writeFileSync(meta, readFileSync(meta, 'utf8').replace(startedAt.toISOString(), new Date(startedAt.getTime() - 30 * 86_400_000).toISOString()));
  await start(repo.store, repo.launcher);
  const record = await repo.ended(fire, 'slow', 'failed');
  expect((record.finishedAt?.getTime() ?? 0) - startedAt.getTime()).toBeGreaterThan(2_900);
});

test('an adopted job can be cancelled, and one whose cancel was under way is', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'a', command: 'sleep 300' }, { name: 'b', command: 'sleep 300' }]);
  await repo.running(fire, 'a');
  await repo.running(fire, 'b');
  await killCoordinators(repo);
  requestCancel(repo.store, fire, 'b');
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'b', 'cancelled');
  await waitFor('a live coordinator', () => isLive(repo.store));
  expect(await ask(repo.store, { CancelJob: { name: 'a' } }, { timeoutMs: 5_000 })).toMatchObject({ response: { Ack: {} } });
  expect(await repo.ended(fire, 'a', 'cancelled')).toMatchObject({ exitCode: null });
});

test.each(['timeout', 'cancel'] as const)('an adopted job that has to end for a %s is left to its adopter until its whole group has gone', async (why) => {
  await using repo = await temporaryRepository();
  const go = join(repo.home.root, 'go');
  const command = `(trap '' TERM; while [ ! -e ${go} ]; do sleep 0.02; done) & sleep 300`;
  const fire = await repo.dispatch([{ name: 'build', command, timeoutSecs: why === 'timeout' ? 1 : null }, { name: 'test', needs: ['build'] }]);
  await repo.running(fire, 'build');
  await killCoordinators(repo);
  await start(repo.store, repo.launcher);
  await adopted(repo);
  if (why === 'cancel') expect(await ask(repo.store, { CancelJob: { name: 'build' } }, { timeoutMs: 5_000 })).toMatchObject({ response: { Ack: {} } });
  const dir = join(repo.store.dir, fire.id, 'build');
  await waitFor('the end of its leader', () => existsSync(join(dir, 'exit')));

  expect(look(repo).ended).toBe(0);
  writeFileSync(go, '');
  expect(await repo.ended(fire, 'build', why === 'timeout' ? 'failed' : 'cancelled')).toMatchObject({ exitCode: null });
  await repo.ended(fire, 'test', 'skipped');
  await waitFor('the marks to go', () => listActiveIds(repo.store).length === 0);
  expect(readdirSync(dir).toSorted()).toEqual(['meta.json', 'output.log', 'started']);
});

test('a cancelled job is not over before its group is, even if its coordinator died on the ladder', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'build', command: "(trap '' TERM; while :; do sleep 0.1; done) & sleep 300" }]);
  const { pid } = await repo.running(fire, 'build');
  await waitFor('a live coordinator', () => isLive(repo.store));
  expect(await ask(repo.store, { CancelJob: { name: 'build' } }, { timeoutMs: 5_000 })).toMatchObject({ response: { Ack: {} } });
  requestCancel(repo.store, fire, 'build');
  await waitFor('the end of its leader', () => existsSync(join(repo.store.dir, fire.id, 'build', 'exit')));
  await killCoordinators(repo);

  expect(look(repo)).toEqual({ needCoordinator: [fire.id], ended: 0 });
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'build', 'cancelled');
  expect(groupState(pid ?? 0)).toBe('extinct');
});

test.each(['record: log settled', 'record: final written', 'job: final recorded'])("a failure is told once, even if its coordinator died at '%s'", async (point) => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'bad', command: 'exit 7' }]);
  await startToDie(repo, point);
  look(repo);
  await repo.ended(fire, 'bad', 'failed');
  expect(takeNotices(repo.store)).toEqual([`daft: background job 'bad' failed (exit code: 7) -- daft hooks jobs logs main:${fire.id.slice(0, 4)}:bad`]);
  expect(takeNotices(repo.store)).toEqual([]);
});

const limits = {
  timeout: { spec: { timeoutSecs: 1 }, plan: {}, reason: 'Command timed out after 1s' },
  'log limit': { spec: {}, plan: { logLimitBytes: 65_536 }, reason: 'Output exceeded the limit of 64KB (daft.jobs.logLimit)' },
};

test.each(['timeout', 'log limit'] as const)('a job that its coordinator has ended for its %s has failed by that, even if the coordinator died before it recorded it', async (limit) => {
  await using repo = await temporaryRepository();
  const { spec, plan, reason } = limits[limit];
  const fire = repo.publish([{ name: 'slow', command: 'head -c 65537 /dev/zero; sleep 300', backgroundOutput: 'silent', ...spec }], plan);
  await startToDie(repo, 'job: exit seen');

  expect(look(repo)).toEqual({ needCoordinator: [], ended: 1 });
  expect(await repo.ended(fire, 'slow', 'failed')).toMatchObject({ exitCode: null });
  expect(repo.log(fire, 'slow')?.endsWith(`\0\n${reason}\n`)).toBe(true);
});

test('a job that was to be ended for its timeout is ended by the next coordinator, if that one died before the first signal', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'slow', command: 'sleep 300', timeoutSecs: 1 }]);
  await startToDie(repo, 'job: excess noted');
  const { pid } = await repo.running(fire, 'slow');
  expect(groupState(pid ?? 0)).toBe('alive');

  expect(look(repo)).toEqual({ needCoordinator: [fire.id], ended: 0 });
  await start(repo.store, repo.launcher);
  expect(await repo.ended(fire, 'slow', 'failed')).toMatchObject({ exitCode: null });
  expect(repo.log(fire, 'slow')).toBe('Command timed out after 1s\n');
  await waitFor('the failure to be kept', () => repo.coordinators().length === 0);
  expect(takeNotices(repo.store)).toEqual(["daft: background job 'slow' failed: Command timed out after 1s"]);
});

test('what a timeout has to end is not over before its group is, even if its coordinator died on the ladder', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'build', command: "(trap '' TERM; while :; do sleep 0.1; done) & sleep 300", timeoutSecs: 1 }]);
  const { pid } = await repo.running(fire, 'build');
  await waitFor('the end of its leader', () => existsSync(join(repo.store.dir, fire.id, 'build', 'exit')));
  await killCoordinators(repo);

  expect(look(repo)).toEqual({ needCoordinator: [fire.id], ended: 0 });
  await start(repo.store, repo.launcher);
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: null });
  expect(groupState(pid ?? 0)).toBe('extinct');
  expect(repo.log(fire, 'build')).toBe('Command timed out after 1s\n');
});

test('when the adopter dies as well, somebody else adopts', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build');
  const fire = await repo.dispatch([job]);
  await puppet.started();
  await repo.running(fire, 'build');
  for (let lives = 0; lives < 2; lives += 1) {
    await killCoordinators(repo);
    expect(look(repo)).toEqual({ needCoordinator: [fire.id], ended: 0 });
    await start(repo.store, repo.launcher);
    await waitFor('the adoption', () => look(repo).needCoordinator.length === 0);
  }
  await puppet.exit(4);
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: 4 });
});

test('a coordinator does not promise to cancel the job of another one, and so the command cancels it', async () => {
  await using repo = await temporaryRepository();
  const first = repo.puppet('first');
  await repo.dispatch([first.job]);
  await first.puppet.started();
  await waitFor('a live coordinator', () => isLive(repo.store));
  const [elected = 0] = repo.coordinators();
  process.kill(elected, 'SIGSTOP');
  const { puppet, job } = repo.puppet('second');
  const fire = await repo.dispatch([job, { name: 'third', needs: ['second'] }]); // to one without a socket
  await puppet.started();
  await repo.running(fire, 'second');
  process.kill(elected, 'SIGCONT');
  await waitFor('it to be seen by both', () => coordinatorLog(repo.store).split(`"invocation":"${fire.id}"`).length > 2);

  const jobs = readActiveJobs(repo.store, { coordinatorLive: true, invocation: fire.id }).filter(({ row }) => row.name === 'second');
  expect(await cancelJobs(repo.store, jobs, { scope: { kind: 'job' }, now: () => new Date() })).toMatchObject({ cancelled: ['second'], failed: [] });
  await repo.ended(fire, 'second', 'cancelled');
  await repo.ended(fire, 'third', 'skipped');
  await first.puppet.exit(0);
});

test('a coordinator in office adopts what one without a socket leaves behind, also after it has seen it in good hands', async () => {
  await using repo = await temporaryRepository();
  const first = repo.puppet('first');
  const fire = await repo.dispatch([first.job]);
  await first.puppet.started();
  await waitFor('a live coordinator', () => isLive(repo.store));
  const [elected = 0] = repo.coordinators();
  process.kill(elected, 'SIGSTOP');
  const { puppet, job } = repo.puppet('second');
  const other = await repo.dispatch([job]); // to one without a socket
  await puppet.started();
  await repo.running(other, 'second');
  process.kill(elected, 'SIGCONT');
  expect(await ask(repo.store, { Wake: {} }, { timeoutMs: 5_000 })).toMatchObject({ response: { Ack: { message: 'Accepted 1 job(s)' } } }); // it has looked at all
  for (const pid of repo.coordinators()) if (pid !== elected) process.kill(pid, 'SIGKILL');

  await adopted(repo);
  await puppet.exit(6);
  expect(await repo.ended(other, 'second', 'failed')).toMatchObject({ exitCode: 6 });
  await first.puppet.exit(0);
  await repo.ended(fire, 'first', 'completed');
});

test('a job that is adopted between its claim and its record goes back to the coordinator that has started it', { skip: process.platform !== 'linux' }, async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build');
  const fire = repo.publish([job]);
  const owner = await startToStop(repo, 'job: claimed');
  await puppet.started();
  await wakeOrStart(repo.store, repo.launcher, fire.id); // one without a socket
  await adopted(repo);
  const [adopter = 0] = repo.coordinators().filter((pid) => pid !== owner);

  process.kill(owner, 'SIGCONT');
  await waitFor('the adopter to leave it', () => coordinatorLog(repo.store).includes('"msg":"left to another"'));
  process.kill(adopter, 'SIGTERM'); // cancels what it has
  await waitFor('the adopter to have gone', () => startToken(adopter) === undefined);
  expect(repo.statuses(fire.id)).toEqual({ build: 'running' });
  await puppet.exit(3);
  expect(await repo.ended(fire, 'build', 'failed')).toMatchObject({ exitCode: 3 });
});

test('an adopted job whose whole group is killed has crashed', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'victim', command: 'sleep 300' }, { name: 'next', needs: ['victim'] }]);
  const { pid } = await repo.running(fire, 'victim');
  await killCoordinators(repo);
  await start(repo.store, repo.launcher);
  await adopted(repo);
  process.kill(-(pid ?? 0), 'SIGKILL');
  await repo.ended(fire, 'victim', 'crashed');
  await repo.ended(fire, 'next', 'skipped');
});

test.each([
  'plan: taken up',
  'job: about to start',
  'job: spawned',
  'job: claimed',
  'job: running recorded',
  'job: exit seen',
  'record: log settled',
  'record: final written',
  'job: final recorded',
  'job: claimed@3', // by the coordinator itself, to record that c is held back
  'job: not run',
  'active: unmarked',
  'plan: settled',
])(`a coordinator that dies at '%s' loses nothing and repeats nothing`, async (point) => {
  await using repo = await temporaryRepository();
  const out = join(repo.home.root, 'ran');
  const fire = repo.publish([
    { name: 'a', command: `echo a >>${out}` },
    { name: 'b', command: `echo b >>${out}; exit 6`, needs: ['a'] },
    { name: 'c', command: `echo c >>${out}`, needs: ['b'] },
  ]);
  await startToDie(repo, point);
  if (look(repo).needCoordinator.length > 0) await start(repo.store, repo.launcher);
  await repo.ended(fire, 'a', 'completed');
  expect(await repo.ended(fire, 'b', 'failed')).toMatchObject({ exitCode: 6 });
  await repo.ended(fire, 'c', 'skipped');
  expect(readFileSync(out, 'utf8')).toBe('a\nb\n');
  look(repo);
  await waitFor('the mark to go', () => listActiveIds(repo.store).length === 0);
  expect(existsSync(join(repo.store.dir, fire.id, 'env.json'))).toBe(false);
});

test('of a job and what needs it, both with a cancel mark, both are cancelled', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'a' }, { name: 'b', needs: ['a'] }, { name: 'c', needs: ['a'] }]);
  for (const name of ['a', 'b']) requestCancel(repo.store, fire, name);
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'c', 'skipped');
  expect(repo.statuses(fire.id)).toEqual({ a: 'cancelled', b: 'cancelled', c: 'skipped' });
});

test('a job with a cancel mark is never started', async () => {
  await using repo = await temporaryRepository();
  const out = join(repo.home.root, 'ran');
  const fire = repo.publish([{ name: 'a', command: `touch ${out}` }]);
  requestCancel(repo.store, fire, 'a');
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'a', 'cancelled');
  expect(existsSync(out)).toBe(false);
});

test('a plan of yesterday is not started by surprise, one of an hour ago is', async () => {
  await using repo = await temporaryRepository();
  const late = repo.publish([{ name: 'late' }], dispatched(61));
  const recent = repo.publish([{ name: 'recent', command: 'sleep 300' }], dispatched(59));
  expect(look(repo)).toEqual({ needCoordinator: [recent.id], ended: 1 });
  expect(await repo.ended(late, 'late', 'crashed')).toMatchObject({ exitCode: null, pid: null });
  expect(repo.log(late, 'late')).toBe('never started');
});

test('while a job they need still runs, pending jobs are taken up at any age', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build');
  const fire = await repo.dispatch([job, { name: 'test', needs: ['build'] }, { name: 'deploy', needs: ['test'] }]);
  await puppet.started();
  await repo.running(fire, 'build');
  await killCoordinators(repo);
  const tomorrow = new Date(Date.now() + 86_400_000 / 2);
  expect(look(repo, tomorrow)).toEqual({ needCoordinator: [fire.id], ended: 0 });
  await start(repo.store, repo.launcher);
  await puppet.exit(0);
  await repo.ended(fire, 'deploy', 'completed');
});

test.each(['boot', 'host'] as const)('a plan of another %s is not taken up', async (what) => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'a' }], { [what]: 'another' });
  expect(look(repo).needCoordinator).toEqual([]);
  expect(repo.statuses(fire.id)).toEqual({ a: what === 'boot' ? 'crashed' : 'pending' });
});

test('what cannot be read stops nothing', async () => {
  await using repo = await temporaryRepository();
  const bad = repo.publish([{ name: 'a' }]);
  writeFileSync(join(repo.store.dir, bad.id, 'plan.json'), '{');
  rmSync(join(repo.store.dir, bad.id, 'env.json'));
  const fire = repo.publish([{ name: 'b' }]);
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'b', 'completed');
});
