import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, isLive } from '../../src/coordinator/client';
import type { Request, Response } from '../../src/coordinator/protocol';
import type { InvocationId } from '../../src/logstore';
import { findGroup, waitFor } from '../support';
import { temporaryRepository, type Repository } from './dispatch';

async function request(repo: Repository, wanted: Request): Promise<Response> {
  await waitFor('a live coordinator', () => isLive(repo.store));
  const answer = await ask(repo.store, wanted, { timeoutMs: 5_000 });
  if (answer.kind !== 'answered') throw new Error(`${JSON.stringify(wanted)}: ${answer.kind}`);
  return answer.response;
}

test('CancelJob ends the job and its group, keeps its log also when silent, and holds back what needs it', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('build', { backgroundOutput: 'silent' });
  const fire = await repo.dispatch([job, { name: 'test', needs: ['build'] }]);
  await puppet.print('so far');
  const child = await puppet.fork();
  const { pid } = await repo.running(fire, 'build');
  expect(await request(repo, { CancelJob: { name: 'build' } })).toEqual({ Ack: { message: 'Cancelled job: build' } });
  expect(await repo.ended(fire, 'build', 'cancelled')).toMatchObject({ exitCode: null });
  expect(repo.log(fire, 'build')).toBe('so far\n');
  expect(findGroup(pid ?? 0).map((found) => found.pid)).not.toContain(child.pid);
  await repo.ended(fire, 'test', 'skipped');
  expect(await request(repo, { CancelJob: { name: 'build' } })).toEqual({ Error: { message: 'Job not found or not running: build' } });
});

test('a job that ignores SIGTERM is killed after the grace period, a stopped one is woken to obey', { timeout: 20_000 }, async () => {
  await using repo = await temporaryRepository();
  const stubborn = repo.puppet('stubborn');
  const stopped = repo.puppet('stopped');
  const fire = await repo.dispatch([stubborn.job, stopped.job]);
  await stubborn.puppet.ignoreTermination();
  await stopped.puppet.stop();
  await repo.running(fire, 'stubborn');
  await repo.running(fire, 'stopped');
  const begin = performance.now();
  expect(await request(repo, 'CancelAll')).toEqual({ Ack: { message: 'Cancelled 2 job(s)' } });
  expect(performance.now() - begin).toBeLessThan(1_000);
  await repo.ended(fire, 'stopped', 'cancelled');
  expect(repo.statuses(fire.id)).toMatchObject({ stubborn: 'running' });
  await repo.ended(fire, 'stubborn', 'cancelled');
  expect(performance.now() - begin).toBeGreaterThan(4_900);
});

test('a cancelled job is cancelled even if it manages to exit 0', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'polite', command: `trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done` }]);
  await waitFor('the job to be ready', () => repo.log(fire, 'polite') === 'ready\n');
  await request(repo, { CancelJob: { name: 'polite', invocation_id: fire.id } });
  expect(await repo.ended(fire, 'polite', 'cancelled')).toMatchObject({ exitCode: null });
});

test('same-named jobs of two invocations are two jobs', async () => {
  await using repo = await temporaryRepository();
  const [a, b] = [await repo.dispatch([{ name: 'job', command: 'sleep 300' }]), repo.publish([{ name: 'job', command: 'sleep 300' }])];
  await request(repo, { Wake: { invocation_id: b.id } });
  await repo.running(a, 'job');
  await repo.running(b, 'job');
  await request(repo, { CancelJob: { name: 'job', invocation_id: b.id } });
  await repo.ended(b, 'job', 'cancelled');
  expect(repo.statuses(a.id)).toEqual({ job: 'running' });
  expect(await request(repo, { CancelMatching: { invocation_prefix: b.id.slice(0, 4) } })).toEqual({ Cancelled: { count: 0, names: [] } });
  await request(repo, { CancelMatching: { kill: true, worktree: 'main', hook: 'post-clone', older_than_secs: 0 } });
  await repo.ended(a, 'job', 'cancelled');
});

test('CancelMatching combines its filters and drops pending jobs, too', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'a', command: 'sleep 300' }, { name: 'b', needs: ['a'] }]);
  await repo.running(fire, 'a');
  expect(await request(repo, { CancelMatching: { worktree: 'other' } })).toEqual({ Cancelled: { count: 0, names: [] } });
  expect(await request(repo, { CancelMatching: { worktree: 'main', hook: 'post-create' } })).toEqual({ Cancelled: { count: 0, names: [] } });
  expect(await request(repo, { CancelMatching: { older_than_secs: 3600 } })).toEqual({ Cancelled: { count: 0, names: [] } });
  expect(await request(repo, { CancelMatching: { invocation_prefix: fire.id.slice(0, 6), worktree: 'main' } })).toEqual({ Cancelled: { count: 2, names: ['a', 'b'] } });
  await repo.ended(fire, 'a', 'cancelled');
  await repo.ended(fire, 'b', 'cancelled');
  expect(repo.log(fire, 'b')).toBe('cancelled before start');
});

test('ListJobs tells of all records and pending jobs, whoever ran them', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'a', command: 'sleep 300' }, { name: 'b', needs: ['a'] }, { name: 'c', command: 'exit 4' }]);
  await repo.running(fire, 'a');
  await repo.ended(fire, 'c', 'failed');
  const common = { hook_type: 'post-clone', worktree: 'main', invocation_id: fire.id };
  const listed = await request(repo, 'ListJobs');
  expect('Jobs' in listed && listed.Jobs.toSorted((x, y) => x.name.localeCompare(y.name))).toEqual([
    { ...common, name: 'a', status: 'running', elapsed_secs: expect.any(Number), exit_code: null },
    { ...common, name: 'b', status: 'pending', elapsed_secs: null, exit_code: null },
    { ...common, name: 'c', status: 'failed', elapsed_secs: null, exit_code: 4 },
  ]);
  await request(repo, 'CancelAll');
});

test('Wake tells how many jobs it found, and a second one finds the same', async () => {
  await using repo = await temporaryRepository();
  await repo.dispatch([]);
  const fire = repo.publish([{ name: 'a', command: 'sleep 300' }, { name: 'b', needs: ['a'] }]);
  const accepted = { Ack: { message: 'Accepted 2 job(s)', daft_version: expect.any(String), protocol: 1 } };
  expect(await request(repo, { Wake: { invocation_id: fire.id } })).toEqual(accepted);
  await repo.running(fire, 'a');
  expect(await request(repo, { Wake: {} })).toEqual(accepted);
  expect(await request(repo, { Wake: { invocation_id: '0123456789abcdef' as InvocationId } })).toMatchObject({ Ack: { message: 'Accepted 0 job(s)' } });
  await request(repo, 'CancelAll');
});

test('an id that is none, but a path out of the store, is refused at the door', async () => {
  await using repo = await temporaryRepository();
  await repo.dispatch([]);
  expect(await request(repo, { Wake: { invocation_id: '../elsewhere/0123456789abcdef' as InvocationId } })).toEqual({ Error: { message: 'Invalid request' } });
});

test('a thousand pending jobs are listed and cancelled within five seconds', { timeout: 60_000 }, async () => {
  await using repo = await temporaryRepository();
  const jobs = [{ name: 'gate', command: 'sleep 300' }, ...Array.from({ length: 999 }, (_, i) => ({ name: `j${i}`, needs: ['gate'] }))];
  const fire = await repo.dispatch(jobs);
  await repo.running(fire, 'gate');
  let begin = performance.now();
  const listed = await request(repo, 'ListJobs');
  expect('Jobs' in listed && listed.Jobs.length).toBe(1000);
  expect(performance.now() - begin).toBeLessThan(5_000);
  begin = performance.now();
  expect(await request(repo, 'CancelAll')).toEqual({ Ack: { message: 'Cancelled 1000 job(s)' } });
  expect(performance.now() - begin).toBeLessThan(5_000);
  await waitFor('all to be recorded', () => !existsSync(join(repo.store.dir, '.active')), { within: 30_000 });
  expect(new Set(Object.values(repo.statuses(fire.id)))).toEqual(new Set(['cancelled']));
});
