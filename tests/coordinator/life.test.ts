import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ask, isLive, start, wakeOrStart } from '../../src/coordinator/client';
import { socketPlaces } from '../../src/coordinator/client/socket-path';
import { cancelJobs, mend, readActiveJobs } from '../../src/jobs';
import { openStore } from '../../src/logstore';
import { waitFor } from '../support';
import { coordinatorLog, startToDie, temporaryRepository, type Repository } from './dispatch';

const inState = ({ store }: Repository, extension: string) => join(store.stateDir, `coordinator-${store.repoId}.${extension}`);
const left = (repo: Repository) => waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
const live = (repo: Repository) => waitFor('a live coordinator', () => isLive(repo.store));
const ping = async (repo: Repository) => {
  const answer = await ask(repo.store, 'Ping', { timeoutMs: 5_000 });
  if (answer.kind !== 'answered' || !('Pong' in answer.response)) throw new Error(`no pong but ${JSON.stringify(answer)}`);
  return answer.response.Pong;
};

test('one coordinator serves plan after plan and leaves nothing behind when it has been idle for two seconds', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build');
  await repo.dispatch([job]);
  await puppet.started();
  await live(repo);
  const [pid] = repo.coordinators();
  expect(readFileSync(inState(repo, 'pid'), 'utf8')).toBe(String(pid));
  expect(lstatSync(inState(repo, 'sock')).mode & 0o777).toBe(0o600);

  const second = repo.publish([{ name: 'test' }]);
  expect(await wakeOrStart(repo.store, repo.launcher, second.id)).toEqual({ kind: 'woken' });
  await repo.ended(second, 'test', 'completed');
  expect(await ping(repo)).toMatchObject({ pid, running: 1, pending: 0, protocol: 1 });
  await puppet.exit(0);
  await left(repo);
  expect(existsSync(inState(repo, 'sock'))).toBe(false);
  expect(existsSync(inState(repo, 'pid'))).toBe(false);
  expect(await isLive(repo.store)).toBe(false);
  expect(coordinatorLog(repo.store)).toContain('"because":"idle"');
});

test('a coordinator holds no descriptor, directory or terminal of the command that started it', { skip: process.platform !== 'linux' }, async () => {
  await using repo = await temporaryRepository();
  await start(repo.store, repo.launcher);
  await live(repo);
  const [pid = 0] = repo.coordinators();
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(['/dev/null', '/dev/null', '/dev/null']);
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(repo.store.stateDir);
  const [, , , group, session, terminal] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, '_').split(' ').map(Number);
  expect([group, session, terminal]).toEqual([pid, pid, 0]);
});

test('many that start at once come to one coordinator, and every job runs once', async () => {
  await using repo = await temporaryRepository();
  const out = join(repo.home.root, 'ran');
  const fires = Array.from({ length: 12 }, (_, i) => repo.publish([{ name: 'job', command: `echo ${i} >>${out}` }]));
  await Promise.all(fires.map(() => start(repo.store, repo.launcher)));
  for (const fire of fires) await repo.ended(fire, 'job', 'completed');
  await waitFor('the losers to leave', () => repo.coordinators().length === 1);
  expect(readFileSync(out, 'utf8').trim().split('\n').map(Number).toSorted((a, b) => a - b)).toEqual(fires.map((_, i) => i));
});

test('the stale socket of a killed coordinator is taken over, whatever else died in the attempt', async () => {
  await using repo = await temporaryRepository();
  for (const point of ['coordinator: elected', 'election: takeover won', 'election: dead name removed', 'election: won', 'election: private socket']) {
    await startToDie(repo, point);
    // The threads of a killed process go one by one, and its socket with the last of them.
    await waitFor('its socket to be dead', async () => !(await isLive(repo.store)));
  }
  await Promise.all([start(repo.store, repo.launcher), start(repo.store, repo.launcher), start(repo.store, repo.launcher)]);
  await live(repo);
  await waitFor('the losers to leave', () => repo.coordinators().length === 1);
  await left(repo);
});

test('while one is stopped that was about to take over a stale socket, plans are run without one', async () => {
  await using repo = await temporaryRepository();
  await startToDie(repo, 'coordinator: elected');
  await waitFor('its socket to be dead', async () => !(await isLive(repo.store)));
  const stopped = await start(repo.store, { ...repo.launcher, env: { ...repo.launcher.env, DAFT_FAULT: 'election: takeover won:stop' } });
  if (stopped.kind === 'failed') throw stopped.error;
  await waitFor('the heir to stop itself', () => / T /.test(readFileSync(`/proc/${stopped.pid}/stat`, 'utf8')));

  const fires = [await repo.dispatch([{ name: 'job' }]), await repo.dispatch([{ name: 'job' }])];
  for (const fire of fires) await repo.ended(fire, 'job', 'completed');
  expect(await isLive(repo.store)).toBe(false);
  process.kill(stopped.pid, 'SIGCONT');
  await live(repo);
  expect((await ping(repo)).pid).toBe(stopped.pid);
  await left(repo);
});

test('one that goes while it is spoken to is not taken for live: what is pending is run', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'job' }]);
  const dying = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      dying.close();
      socket.destroy();
    });
  }).listen(inState(repo, 'sock'));
  await once(dying, 'listening');
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  await mend({ store: repo.store, launcher: repo.launcher, now: () => new Date(), warn: complain, tellBadPolicy: complain });
  expect(complaints).toEqual([]);
  await repo.ended(fire, 'job', 'completed');
});

test('a coordinator that was stopped just before it wrote a start down does not write it over the end that others have recorded', async () => {
  await using repo = await temporaryRepository({ DAFT_FAULT: 'record: read:stop', DAFT_FAULT_IN: 'coordinator' });
  const { puppet, job } = repo.puppet('build');
  const fire = repo.publish([job]);
  const stopped = await start(repo.store, repo.launcher);
  if (stopped.kind === 'failed') throw stopped.error;
  await puppet.started();
  await waitFor('it to stop itself', () => / T /.test(readFileSync(`/proc/${stopped.pid}/stat`, 'utf8')));

  await cancelJobs(repo.store, readActiveJobs(repo.store, { coordinatorLive: false }), { scope: { kind: 'job' }, now: () => new Date() });
  await repo.ended(fire, 'build', 'cancelled');
  process.kill(stopped.pid, 'SIGCONT');
  await left(repo);
  expect(repo.statuses(fire.id)).toEqual({ build: 'cancelled' });
});

test.each(['a link to nothing', 'a link to a file', 'a directory'])('%s in place of the socket keeps nobody from working', async (what) => {
  await using repo = await temporaryRepository();
  const elsewhere = join(repo.home.root, 'elsewhere');
  writeFileSync(elsewhere, 'theirs');
  if (what === 'a directory') mkdirSync(inState(repo, 'sock'));
  else symlinkSync(what === 'a link to a file' ? elsewhere : '/nowhere', inState(repo, 'sock'));
  const fire = await repo.dispatch([{ name: 'job' }]);
  await repo.ended(fire, 'job', 'completed');
  await left(repo);
  expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
});

test('the socket of somebody else is not believed, and makes room', { skip: process.getuid?.() !== 0 }, async () => {
  await using repo = await temporaryRepository();
  const server = createServer((socket) => socket.on('error', () => {}).write('{"Ack":{"message":"Accepted 1 job(s)"}}\n'));
  server.listen(inState(repo, 'sock'));
  await once(server, 'listening');
  try {
    expect(await isLive(repo.store)).toBe(true);
    chownSync(inState(repo, 'sock'), 61_918, 61_918);
    expect(await isLive(repo.store)).toBe(false);
    const fire = await repo.dispatch([{ name: 'job' }]);
    await repo.ended(fire, 'job', 'completed');
    expect(await ping(repo)).toMatchObject({ pid: repo.coordinators()[0] });
  } finally {
    server.close();
  }
  await left(repo);
});

test.each(['a link', 'a FIFO'])('%s in place of the log of coordinators is not written to, and holds nobody up', async (what) => {
  await using repo = await temporaryRepository();
  const elsewhere = join(repo.home.root, 'elsewhere');
  writeFileSync(elsewhere, 'theirs');
  if (what === 'a link') symlinkSync(elsewhere, inState(repo, 'log'));
  else execFileSync('mkfifo', [inState(repo, 'log')]);
  const fire = await repo.dispatch([{ name: 'job' }]);
  await repo.ended(fire, 'job', 'completed');
  expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
});

test('a plan that is published while the coordinator gives up its socket is found by it', async () => {
  await using repo = await temporaryRepository();
  const stopping = { ...repo.launcher, env: { ...repo.launcher.env, DAFT_FAULT: 'seat: name given back:stop' } };
  const started = await start(repo.store, stopping);
  if (started.kind === 'failed') throw started.error;
  await waitFor('the coordinator to stop itself', () => / T /.test(readFileSync(`/proc/${started.pid}/stat`, 'utf8')));
  const fire = repo.publish([{ name: 'late' }]);
  process.kill(started.pid, 'SIGCONT');
  await repo.ended(fire, 'late', 'completed');
  expect(repo.coordinators()).toEqual([started.pid]);
});

test('a coordinator whose socket was deleted finishes its jobs, takes up nothing new, and leaves its successor alone', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('long');
  const fire = await repo.dispatch([job]);
  await puppet.started();
  await live(repo);
  const [first] = repo.coordinators();
  rmSync(inState(repo, 'sock'));
  await start(repo.store, repo.launcher);
  await live(repo);
  const second = (await ping(repo)).pid;
  expect(second).not.toBe(first);
  await puppet.exit(0);
  await repo.ended(fire, 'long', 'completed');
  await waitFor('the first to leave', () => !repo.coordinators().includes(first ?? 0));
  await left(repo);
});

test('an unresponsive coordinator is left alone: the plan gets one of its own, without a socket', async () => {
  await using repo = await temporaryRepository();
  const long = repo.puppet('long');
  await repo.dispatch([long.job]);
  await long.puppet.started();
  await live(repo);
  const [first = 0] = repo.coordinators();
  process.kill(first, 'SIGSTOP');
  const fire = repo.publish([{ name: 'urgent' }, { name: 'next', needs: ['urgent'] }]);
  const handed = await wakeOrStart(repo.store, repo.launcher, fire.id);
  expect(handed.kind).toBe('started');
  await repo.ended(fire, 'next', 'completed');
  await waitFor('the lone one to leave', () => repo.coordinators().length === 1);
  process.kill(first, 'SIGCONT');
  expect((await ping(repo)).pid).toBe(first);
  await long.puppet.exit(0);
  await left(repo);
});

test.each(['SIGTERM', 'SIGINT', 'Shutdown'] as const)('%s cancels everything, records it, and ends in order', async (how) => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('long');
  const fire = await repo.dispatch([job, { name: 'next', needs: ['long'] }]);
  await puppet.started();
  await live(repo);
  if (how === 'Shutdown') {
    const answer = await ask(repo.store, 'Shutdown', { timeoutMs: 5_000 });
    expect(answer).toEqual({ kind: 'answered', response: { Ack: { message: 'Coordinator shutting down' } } });
  } else {
    process.kill(repo.coordinators()[0] ?? 0, how);
  }
  expect(await repo.ended(fire, 'long', 'cancelled')).toMatchObject({ exitCode: null });
  expect(await repo.ended(fire, 'next', 'cancelled')).toMatchObject({ exitCode: null, pid: null });
  expect(repo.log(fire, 'next')).toBe('cancelled before start');
  await left(repo);
  expect(existsSync(inState(repo, 'sock'))).toBe(false);
  expect(existsSync(inState(repo, 'pid'))).toBe(false);
});

test('a drained coordinator gives up its socket at once and finishes what it has', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('long');
  const fire = await repo.dispatch([job, { name: 'next', needs: ['long'] }]);
  await puppet.started();
  await live(repo);
  expect(await ask(repo.store, 'Drain', { timeoutMs: 5_000 })).toEqual({ kind: 'answered', response: { Ack: { message: 'Draining' } } });
  await waitFor('the socket to go', () => !existsSync(inState(repo, 'sock')));
  await puppet.exit(0);
  await repo.ended(fire, 'next', 'completed');
  await left(repo);
});

test('a command that came in before the socket went, and asks after that, is not promised anything', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('long');
  await repo.dispatch([job]);
  await puppet.started();
  await live(repo);
  const early = connect(inState(repo, 'sock'));
  const heard = text(early);
  await once(early, 'connect');
  await ask(repo.store, 'Drain', { timeoutMs: 5_000 }); // on a later connection: the early one has been accepted
  early.write(`${JSON.stringify({ Wake: {} })}\n`);
  expect(await heard).toBe('');
  await puppet.exit(0);
});

test('a hang-up does not end a coordinator', async () => {
  await using repo = await temporaryRepository();
  await start(repo.store, repo.launcher);
  await live(repo);
  process.kill(repo.coordinators()[0] ?? 0, 'SIGHUP');
  expect((await ping(repo)).pid).toBe(repo.coordinators()[0]);
});

test('where the path is too long for a socket, both sides meet at the short one', async () => {
  await using repo = await temporaryRepository();
  const stateDir = join(repo.home.root, 'a'.repeat(100));
  mkdirSync(stateDir, { mode: 0o700 });
  const store = openStore(stateDir, repo.store.repoId);
  await start(store, repo.launcher);
  await waitFor('a live coordinator', () => isLive(store));
  const { normal, fallback } = socketPlaces(store, process.getuid?.() ?? 0);
  expect(normal).toBeUndefined();
  expect(lstatSync(fallback.path).isSocket()).toBe(true);
  expect(statSync(fallback.directory).mode & 0o777).toBe(0o700);
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
  expect(existsSync(fallback.path)).toBe(false);
});

test('the log of a coordinator begins anew with its election and never grows beyond 1 MiB', async () => {
  await using repo = await temporaryRepository();
  writeFileSync(inState(repo, 'log'), 'what a predecessor said\n'.repeat(60_000));
  await start(repo.store, repo.launcher);
  await live(repo);
  expect(statSync(inState(repo, 'log')).size).toBeLessThan(1024 * 1024);
  await left(repo);
  expect(coordinatorLog(repo.store)).not.toContain('predecessor');
});
