import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  claimJob,
  jobDirPath,
  listActiveIds,
  publishPlan,
  readJobs,
  readPlan,
  readPlanEnv,
  settleInvocation,
  withdrawPlan,
  writeFinalRecord,
  writeRunningRecord,
} from '../../src/logstore';
import { withFault } from '../fs/temporary';
import { plannedOf, planOf, recordOf } from '../support/stored';
import { newInvocation, temporaryStore } from './support';

test('a published plan is read as it was written, and its jobs are pending', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const plan = planOf(plannedOf('build', { env: { A: 'ü' }, timeoutSecs: 5, retentionSeconds: 7, after: ['x'] }), plannedOf('a', { needs: ['build'] }));
  publishPlan(store, invocation, plan, { PATH: '/bin', MULTI: 'a\nb' });
  expect(readPlan(store, invocation.id)).toEqual(plan);
  expect(readPlanEnv(store, invocation.id)).toEqual({ PATH: '/bin', MULTI: 'a\nb' });
  expect(listActiveIds(store)).toEqual([invocation.id]);
  expect(readJobs(store, invocation.id).map(({ kind, dir }) => [kind, dir])).toEqual([['pending', 'build'], ['pending', 'a']]);
  expect(readFileSync(join(store.dir, invocation.id, 'plan.json'), 'utf8')).toMatch(/^\{\n {2}"version": 1,\n {2}"dispatched_at": "2026-04-28T19:24:48.123Z",\n/);
});

test('a plan that has got its name counts, whatever fails afterwards', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  using _ = withFault('fs: linked:EIO');
  publishPlan(store, invocation, planOf('build'), {});
  expect(readJobs(store, invocation.id).map(({ kind }) => kind)).toEqual(['pending']);
});

test.each(['plan: marked', 'plan: env written', 'fs: before temp@2', 'fs: write@1', 'fs: fsync@2'])(
  'a plan that cannot be published ("%s") leaves nothing behind',
  (point) => {
    using temp = temporaryStore();
    const { store } = temp;
    const invocation = newInvocation(store);
    using _ = withFault(`${point}:ENOSPC`);
    expect(() => publishPlan(store, invocation, planOf('build'), {})).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(readdirSync(join(store.dir, invocation.id))).toEqual(['invocation.json']);
    expect(existsSync(join(store.dir, '.active'))).toBe(false);
  },
);

test('the state of a planned job follows what is on disk', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('done', 'running', 'claimed', 'pending', plannedOf('held', { heldBack: 'dependency failed' })), {});
  writeFinalRecord(store, invocation, 'done', recordOf('done'));
  claimJob(store, invocation, 'running');
  writeRunningRecord(store, invocation, 'running', recordOf('running', { status: 'running', startedAt: new Date('2026-04-28T20:00:00Z') }));
  claimJob(store, invocation, 'claimed');
  expect(readJobs(store, invocation.id).map(({ kind, dir }) => [kind, dir])).toEqual([
    ['recorded', 'done'],
    ['recorded', 'running'],
    ['started', 'claimed'],
    ['pending', 'pending'],
  ]);
  expect(settleInvocation(store, invocation.id)).toBe('active');
  expect(readPlanEnv(store, invocation.id)).toEqual({});
});

test('when the last job has ended, environment and mark go, and with the last mark its directory', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const [first, second] = [newInvocation(store), newInvocation(store)];
  for (const invocation of [first, second]) {
    publishPlan(store, invocation, planOf('build'), {});
    writeFinalRecord(store, invocation, 'build', recordOf('build'));
  }
  writeFileSync(join(jobDirPath(store, first.id, 'build'), 'pid'), '5\n'); // its coordinator died right after the record
  expect(settleInvocation(store, first.id)).toBe('settled');
  expect(listActiveIds(store)).toEqual([second.id]);
  expect(readdirSync(join(store.dir, first.id)).toSorted()).toEqual(['build', 'invocation.json', 'plan.json']);
  expect(readdirSync(jobDirPath(store, first.id, 'build'))).toEqual(['meta.json']);
  expect(settleInvocation(store, second.id)).toBe('settled');
  expect(existsSync(join(store.dir, '.active'))).toBe(false);
  expect(settleInvocation(store, second.id)).toBe('settled');
});

test('settling leaves a plan alone that is just being published', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build'), { A: '1' });
  const plan = join(store.dir, invocation.id, 'plan.json');
  renameSync(plan, `${plan}.later`); // mark and environment are there, the plan is about to be
  settleInvocation(store, invocation.id);
  renameSync(`${plan}.later`, plan);
  expect(readPlanEnv(store, invocation.id)).toEqual({ A: '1' });
  expect(listActiveIds(store)).toEqual([invocation.id]);
});

test('a mark without plan and without anything active goes when it is a minute old', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const mark = join(store.dir, '.active', invocation.id);
  mkdirSync(join(store.dir, '.active'));
  writeFileSync(mark, '');
  settleInvocation(store, invocation.id);
  expect(existsSync(mark)).toBe(true);
  utimesSync(mark, 0, Date.now() / 1000 - 61);
  settleInvocation(store, invocation.id);
  expect(existsSync(join(store.dir, '.active'))).toBe(false);
});

test('a plan without environment has ended: its unrecorded jobs are not shown', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build'), {});
  writeFinalRecord(store, invocation, 'build', recordOf('build'));
  settleInvocation(store, invocation.id);
  rmSync(jobDirPath(store, invocation.id, 'build'), { recursive: true });
  expect(readJobs(store, invocation.id)).toEqual([]);
});

test('a withdrawn plan is gone, and its jobs are the caller\'s', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build', 'test', plannedOf('held', { heldBack: 'cancelled' })), {});
  expect(withdrawPlan(store, invocation)).toEqual({ claimed: ['build', 'test'] });
  expect(readPlan(store, invocation.id)).toBeUndefined();
  expect(readdirSync(join(store.dir, invocation.id)).toSorted()).toEqual(['build', 'invocation.json', 'test']);
  expect(existsSync(join(store.dir, '.active'))).toBe(false);
});

test('a plan that somebody has begun stays with him', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build', 'test'), {});
  claimJob(store, invocation, 'build');
  expect(withdrawPlan(store, invocation)).toEqual({ claimed: ['test'] });
  expect(readPlan(store, invocation.id)?.jobs).toHaveLength(2);
  expect(readPlanEnv(store, invocation.id)).toEqual({});
});

test('a job directory that leads out of the invocation is no job', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf(...['../x', '..', '.hidden', '', 'a/b', 'ok'].map((jobDir) => plannedOf('job', { jobDir }))), {});
  expect(readPlan(store, invocation.id)?.jobs.map((job) => job.jobDir)).toEqual(['ok']);
});
