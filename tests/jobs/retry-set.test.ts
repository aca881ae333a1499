import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { findRetryObstacle, findRetrySource, readRetryTarget, selectRetrySet } from '../../src/jobs';
import type { History } from '../../src/jobs';
import type { JobRecord, StoredStatus } from '../../src/logstore';
import { describeRetryObstacle, describeRetrySourceFailure, describeRetryTargetFailure } from '../../src/output/jobs';
import { recordOf } from '../support/stored';
import { historyOf, invocation, job } from './history';

const failedJob = (name: string) => job(name, { status: 'failed', exitCode: 1 });
const history = historyOf(
  invocation('1111', 'main', [failedJob('build'), 'install'], { hookType: 'post-clone' }),
  invocation('2222', 'main', [failedJob('lint'), failedJob('cafe')]),
  invocation('3333', 'other', [failedJob('build')]),
  invocation('4444', 'main', ['build', 'lint']),
  invocation('6666', 'other', [failedJob('44:x'), failedJob('x:prod')]),
  invocation('4455', 'main', [failedJob('a:b'), failedJob('44')]),
);

const nothing = { target: undefined, hook: undefined, inv: undefined, job: undefined, worktree: undefined };

function chosen(given: Partial<Record<keyof typeof nothing, string>>, over: History = history): string {
  const read = readRetryTarget({ ...nothing, ...given, here: 'main', isJobName: (name) => name === 'a:b' });
  if (read.kind === 'failed') return describeRetryTargetFailure(read.failure).message;
  const found = findRetrySource(read.request, over);
  if (found.kind === 'failed') return describeRetrySourceFailure(found.failure, new Date()).message;
  const { invocation: source, only } = found.source;
  return only === undefined ? source.invocation.id.slice(0, 4) : `${source.invocation.id.slice(0, 4)} ${only}`;
}

describe('the source of a retry', () => {
  test.each([
    [{}, '4455'],
    [{ target: 'post-clone' }, '1111'],
    [{ hook: 'post-clone' }, '1111'],
    [{ hook: 'nightly' }, `No invocations of 'nightly' in worktree 'main'.`],
    [{ target: '22' }, '2222'],
    [{ inv: '22' }, '2222'],
    [{ target: '33' }, '3333'],
    [{ target: '33', worktree: 'main' }, `No invocation matching prefix '33' in worktree 'main'.`],
    [{ target: '44' }, `Ambiguous invocation prefix '44' -- matches:`],
    [{ target: 'cafe' }, '2222 cafe'],
    [{ inv: 'cafe' }, `No invocation matching prefix 'cafe' in worktree 'main'.`],
    [{ target: 'dead' }, `No invocation matching prefix 'dead' in worktree 'main'.`],
    [{ target: 'build' }, '1111 build'],
    [{ job: 'post-clone' }, `No failed job named 'post-clone' in worktree 'main'.`],
    [{ target: 'install' }, `No failed job named 'install' in worktree 'main'.`],
    [{ target: 'a:b' }, '4455 a:b'],
    [{ target: 'other:build' }, '3333 build'],
    [{ target: 'other:33' }, '3333'],
    [{ target: '4444:build' }, '4444 build'],
    [{ target: 'other:6666:44:x' }, '6666 44:x'],
    [{ target: '6666:x:prod' }, '6666 x:prod'],
    [{ target: 'other:x:prod', worktree: 'other' }, '6666 x:prod'],
    [{ target: 'other:build', worktree: 'other' }, '3333 build'],
    [{ target: 'other:build', worktree: 'main' }, `Conflicting worktree: --worktree says 'main' but address says 'other'.`],
    [{ worktree: 'gone' }, `No invocations found in worktree 'gone'. Run a hook first.`],
  ])('%o', (given, expected) => {
    expect(chosen(given)).toBe(expected);
  });
});

const isDirectory = (path: string): boolean => path === '/w';

function record(name: string, status: StoredStatus, fields: Partial<JobRecord> = {}): JobRecord {
  return recordOf(name, { status, workingDir: '/w', ...fields });
}

describe('the retry set', () => {
  test('holds what failed, was cancelled, crashed or was held back, with the needs among themselves', () => {
    const set = selectRetrySet(
      [
        record('install', 'completed'),
        record('build', 'failed', { needs: ['install'] }),
        record('test', 'skipped', { needs: ['build', 'install'] }),
        record('mac-only', 'skipped', { command: '' }),
        record('docs', 'cancelled'),
        record('e2e', 'crashed', { needs: ['docs'] }),
      ],
      undefined,
    );
    expect(set.kind === 'jobs' && set.jobs.map(({ record: { name }, needs }) => [name, needs])).toEqual([
      ['build', []],
      ['test', ['build']],
      ['docs', []],
      ['e2e', ['docs']],
    ]);
  });

  test('is just the job that was named', () => {
    const records = [record('build', 'failed'), record('lint', 'completed'), record('test', 'failed', { needs: ['build'] })];
    expect(selectRetrySet(records, 'test')).toMatchObject({ kind: 'jobs', jobs: [{ record: { name: 'test' }, needs: [] }] });
    expect(selectRetrySet(records, 'lint')).toEqual({ kind: 'not-retryable', job: 'lint', status: 'completed' });
    expect(selectRetrySet(records, 'nope')).toEqual({ kind: 'no-such-job', job: 'nope' });
  });

  test('is empty when all succeeded', () => {
    expect(selectRetrySet([record('a', 'completed'), record('b', 'skipped', { command: '' })], undefined)).toEqual({ kind: 'all-succeeded' });
  });

  test('never needs what it does not hold', () => {
    const status = fc.constantFrom<StoredStatus>('completed', 'failed', 'cancelled', 'crashed', 'skipped', 'unknown');
    const records = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-f]$/), status, fc.subarray(['a', 'b', 'c', 'd', 'e', 'f'])), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(records, (entries) => {
        const set = selectRetrySet(entries.map(([name, state, needs]) => record(name, state, { needs })), undefined);
        const jobs = set.kind === 'jobs' ? set.jobs : [];
        const names = new Set(jobs.map((entry) => entry.record.name));
        for (const entry of jobs) for (const need of entry.needs) expect(names).toContain(need);
      }),
    );
  });

  test('is refused whole when one job has no directory or no command', () => {
    const jobs = [record('a', 'failed'), record('b', 'failed', { workingDir: '/gone' })].map((entry) => ({ record: entry, needs: [] }));
    const obstacle = findRetryObstacle(jobs, { cwd: undefined, isDirectory });
    expect(obstacle && describeRetryObstacle(obstacle).message).toBe(
      `Cannot retry job 'b': working directory '/gone' no longer exists. Use --cwd to specify an alternative.`,
    );
    expect(findRetryObstacle(jobs, { cwd: '/elsewhere', isDirectory })).toBeUndefined();
    expect(findRetryObstacle([{ record: record('c', 'failed', { command: '' }), needs: [] }], { cwd: '/w', isDirectory })).toEqual({
      kind: 'no-command',
      job: 'c',
    });
  });
});
