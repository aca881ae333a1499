import { mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelForRemoval, cancelJobs, followLog, openHistory, readActiveJobs, waitForJobs } from '../../src/jobs';
import type { Mending, RemovalEvent } from '../../src/jobs';
import { createInvocation, ensureJobDir, ensureRepoId, invocationPath, jobDirPath, openStore, outputLogPath, publishPlan, readJobs, writeFinalRecord, writeRunningRecord } from '../../src/logstore';
import type { Invocation, JobRecord, PlannedJob, Store } from '../../src/logstore';
import { bootId, currentIdentity, hostName, spawnWrapper, startToken } from '../../src/process';
import { openTheatre, waitFor } from '../support';
import type { Theatre } from '../support';
import { planOf, plannedOf, recordOf } from '../support/stored';

// Jobs here run under their real wrapper, and nobody coordinates them: what a command must be able to do alone.

let root: string;
let theatre: Theatre;
let store: Store;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'daft-jobs-')));
  mkdirSync(join(root, 'common'));
  theatre = await openTheatre(root);
  store = openStore(join(root, 'state'), ensureRepoId(join(root, 'common')));
});

afterEach(async () => {
  await theatre[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const now = (): Date => new Date();

function mending(): Mending {
  return { store, now, launcher: null, warn: (text) => expect.fail(text), tellBadPolicy: (line) => expect.fail(line) };
}

function planned(name: string, fields: Partial<PlannedJob> = {}): PlannedJob {
  return plannedOf(name, { command: theatre.commandFor(name), workingDir: root, ...fields });
}

function dispatch(worktree: string, jobs: readonly PlannedJob[]): Invocation {
  const invocation = createInvocation(store, { trigger: 'worktree-post-create', hookType: 'worktree-post-create', worktree, createdAt: now() });
  publishPlan(store, invocation, { ...planOf(...jobs), dispatchedAt: now(), boot: bootId(), host: hostName() }, {});
  return invocation;
}

function runningRecord({ hookType, worktree }: Invocation, { name, command, workingDir, env, backgroundOutput }: PlannedJob, fields: Partial<JobRecord>): JobRecord {
  return recordOf(name, { hookType, worktree, command, workingDir, env, backgroundOutput, startedAt: now(), status: 'running', exitCode: null, finishedAt: null, ...fields });
}

/** Bytes that this thread has read so far, by the kernel's count. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1]);
}

/** Starts a planned job as a coordinator would that dies right after; returns the pid of its leader. */
async function startJob(invocation: Invocation, job: PlannedJob): Promise<number> {
  ensureJobDir(store, invocation, job.jobDir);
  const spawned = await spawnWrapper({
    jobDir: jobDirPath(store, invocation.id, job.jobDir),
    command: job.command,
    workingDir: job.workingDir,
    env: { PATH: process.env['PATH'] ?? '' },
    umask: 0o22,
    fdLimit: null,
  });
  if (spawned.kind === 'failed') throw spawned.error;
  expect(await spawned.job.claim).toBe('held');
  const { pid } = spawned.job;
  writeRunningRecord(store, invocation, job.jobDir, runningRecord(invocation, job, { pid, pidStart: startToken(pid) ?? null }));
  return pid;
}

function statuses(invocation: Invocation): [string, string][] {
  return readJobs(store, invocation.id).map((entry) => (entry.kind === 'recorded' ? [entry.record.name, entry.record.status] : [entry.dir, entry.kind]));
}

describe('without a coordinator', () => {
  test('cancel stops what runs, drops what waits, and leaves other invocations alone', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build, planned('test', { needs: ['build'] })]);
    const other = dispatch('other', [planned('lint')]);
    await startJob(invocation, build);
    await theatre.puppet('build').started();

    const active = readActiveJobs(store, { coordinatorLive: false, worktree: 'main' });
    expect(active.map(({ row }) => [row.name, row.status])).toEqual([
      ['build', 'running'],
      ['test', 'pending'],
    ]);
    const report = await cancelJobs(store, active, { scope: { kind: 'matching', filter: { worktree: 'main' } }, now });
    expect(report).toEqual({ cancelled: ['build', 'test'], ended: [], failed: [] });
    await theatre.puppet('build').gone();
    expect(statuses(invocation)).toEqual(expect.arrayContaining([['build', 'cancelled'], ['test', 'cancelled']]));
    expect(statuses(other)).toEqual([['lint', 'pending']]);
  });

  test.runIf(process.platform === 'linux')('cancel drops all of many waiting jobs, and looks at each of them once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `job-${index}`);
    const { id } = dispatch('main', names.map((name) => planned(name)));
    const planPath = join(invocationPath(store, id), 'plan.json');
    const active = readActiveJobs(store, { coordinatorLive: false });
    const before = bytesRead();
    expect((await cancelJobs(store, active, { scope: { kind: 'matching', filter: {} }, now })).cancelled).toEqual(names);
    // A look at the whole plan for each job would be a hundred times as much.
    expect(bytesRead() - before).toBeLessThan(10 * statSync(planPath).size);
    expect(readActiveJobs(store, { coordinatorLive: false })).toEqual([]);
  });

  test('cancel signals nothing whose identity is not proven', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    ensureJobDir(store, invocation, 'build');
    // The pid of this very test, with the token of another life.
    writeRunningRecord(store, invocation, 'build', runningRecord(invocation, build, { pid: process.pid, pidStart: '1' }));
    const [job] = readActiveJobs(store, { coordinatorLive: false });
    if (job === undefined) throw new Error('not active');
    expect(await cancelJobs(store, [job], { scope: { kind: 'job' }, now })).toEqual({ cancelled: ['build'], ended: [], failed: [] });
    expect(statuses(invocation)).toEqual([['build', 'cancelled']]);
  });

  test('cancel leaves a job of another host to its host', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    ensureJobDir(store, invocation, 'build');
    const owner = { pid: 4711, start: '1', boot: 'elsewhere', host: 'lab7' };
    writeRunningRecord(store, invocation, 'build', runningRecord(invocation, build, { pid: process.pid, owner }));
    const report = await cancelJobs(store, readActiveJobs(store, { coordinatorLive: false }), { scope: { kind: 'matching', filter: {} }, now });
    expect(report).toEqual({ cancelled: [], ended: [], failed: [{ job: 'build', error: 'it runs on another host (lab7)' }] });
    expect(statuses(invocation)).toEqual([['build', 'running']]);
  });

  test('waiting sees survivors to their end', async () => {
    const jobs = [planned('build'), planned('lint')];
    const invocation = dispatch('main', jobs);
    for (const job of jobs) await startJob(invocation, job);
    const ended: string[] = [];
    let waitingFor = '';
    const waiting = waitForJobs(
      jobs.map(({ jobDir }) => ({ id: invocation.id, dir: jobDir })),
      {
        ...mending(),
        coordinatorLive: false,
        timeoutMs: undefined,
        tell: {
          ended: (job) => ended.push(`${job.name} ${job.status}`),
          vanished: ({ dir }) => expect.fail(dir),
          waiting: (rows) => {
            waitingFor = rows.map((row) => row.name).join();
          },
        },
      },
    );
    await theatre.puppet('lint').exit(1);
    await waitFor('only build to be left', () => waitingFor === 'build');
    await theatre.puppet('build').exit(0);
    expect(await waiting).toEqual([]);
    expect(ended).toEqual(['lint failed', 'build completed']);
  });

  test('waiting ends when time is up', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    await startJob(invocation, build);
    const refs = [{ id: invocation.id, dir: 'build' }];
    const left = await waitForJobs(refs, { ...mending(), coordinatorLive: false, timeoutMs: 1, tell: { ended: () => {}, vanished: () => {}, waiting: () => {} } });
    expect(left.map((job) => job.name)).toEqual(['build']);
  });
});

function follow(
  invocation: Invocation,
  signal = new AbortController().signal,
): { said: () => string; ended: ReturnType<typeof followLog> } {
  const said: string[] = [];
  const ended = followLog(
    { id: invocation.id, dir: 'build' },
    {
      ...mending(),
      coordinatorLive: false,
      signal,
      write: (chunk) => {
        said.push(chunk.toString());
        return Promise.resolve();
      },
    },
  );
  return { said: () => said.join(''), ended };
}

describe('following', () => {
  test('hands on what a job prints within 100 ms, and all of it', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    const following = follow(invocation); // pending: there is no log and no directory yet
    await startJob(invocation, build);
    const latencies: number[] = [];
    for (let line = 0; line < 20; line += 1) {
      await theatre.puppet('build').print(`line ${line}`);
      const printed = performance.now();
      await waitFor(`line ${line}`, () => following.said().includes(`line ${line}\n`));
      latencies.push(performance.now() - printed);
    }
    await theatre.puppet('build').exit(0);
    expect((await following.ended)?.status).toBe('completed');
    expect(following.said()).toBe(Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join(''));
    expect(latencies.toSorted((a, b) => a - b)[10]).toBeLessThan(100);
  });

  test('ends without the job when it is told to', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    await startJob(invocation, build);
    const gone = new AbortController();
    const following = follow(invocation, gone.signal);
    await theatre.puppet('build').print('first');
    await waitFor('the first line', () => following.said() !== '');
    gone.abort();
    expect(await following.ended).toBeUndefined();
    expect(statuses(invocation)).toEqual([['build', 'running']]);
  });

  test('of a log that is emptied meanwhile, what comes since is handed on', async () => {
    const build = planned('build');
    const invocation = dispatch('main', [build]);
    await startJob(invocation, build);
    const following = follow(invocation);
    await theatre.puppet('build').print('far too much');
    await waitFor('the first line', () => following.said() === 'far too much\n');
    truncateSync(outputLogPath(store, invocation.id, 'build'), 0);
    await theatre.puppet('build').print('on');
    await theatre.puppet('build').exit(0);
    expect((await following.ended)?.status).toBe('completed');
    expect(following.said()).toBe('far too much\non\n');
  });

  test('a silent job keeps the reader of its log until the end, though the log is removed', async () => {
    const build = planned('build', { backgroundOutput: 'silent' });
    const invocation = dispatch('main', [build]);
    await startJob(invocation, build);
    const following = follow(invocation);
    await theatre.puppet('build').print('soon gone');
    await theatre.puppet('build').exit(0);
    expect((await following.ended)?.sizeBytes).toBeNull();
    expect(following.said()).toBe('soon gone\n');
  });
});

async function remove(worktree: string): Promise<RemovalEvent[]> {
  const events: RemovalEvent[] = [];
  await cancelForRemoval({ commonDir: join(root, 'common'), stateDir: join(root, 'state'), worktree, now, tell: (event) => events.push(event) });
  return events;
}

describe('before a worktree is removed', () => {
  test('its jobs are gone, and only its own', async () => {
    const build = planned('build');
    const invocation = dispatch('feature/x', [build]);
    const other = dispatch('feature', [planned('lint')]);
    await startJob(invocation, build);
    await theatre.puppet('build').started();
    expect(await remove('feature/x')).toEqual([
      { type: 'stopping', job: 'build' },
      { type: 'stopped', job: 'build' },
    ]);
    await theatre.puppet('build').gone();
    expect(statuses(invocation)).toEqual([['build', 'cancelled']]);
    expect(statuses(other)).toEqual([['lint', 'pending']]);
    expect(await remove('feature/x')).toEqual([]);
  });

  test('what survived a job that was killed from outside is gone as well', async () => {
    const build = planned('build');
    const invocation = dispatch('feature/x', [build]);
    const leader = await startJob(invocation, build);
    await theatre.puppet('build').started();
    process.kill(leader, 'SIGKILL');
    await waitFor('the leader to be gone', () => startToken(leader) === undefined);
    const ended = runningRecord(invocation, build, { pid: leader, status: 'crashed', finishedAt: now(), owner: { ...currentIdentity(), pid: leader } });
    writeFinalRecord(store, invocation, 'build', ended);
    expect(await remove('other')).toEqual([]);
    expect(await remove('feature/x')).toEqual([
      { type: 'stopping', job: 'build' },
      { type: 'stopped', job: 'build' },
    ]);
    await theatre.puppet('build').gone();
    expect(statuses(invocation)).toEqual([['build', 'crashed']]);
  });

  test('nothing is said of a repository without identity, or with a corrupt one', async () => {
    const events: RemovalEvent[] = [];
    const options = { stateDir: join(root, 'state'), worktree: 'main', now, tell: (event: RemovalEvent) => events.push(event) };
    await cancelForRemoval({ ...options, commonDir: join(root, 'nowhere') });
    expect(events).toEqual([]);
  });
});

test('the history is read newest first, and by the beginning of ids', () => {
  const made = ['a', 'b', 'c'].map((trigger, index) => {
    const worktree = index === 1 ? 'other' : 'main';
    const invocation = createInvocation(store, { trigger, hookType: 'post-clone', worktree, createdAt: new Date(1_700_000_000_000 + index * 1000) });
    ensureJobDir(store, invocation, 'build');
    writeFinalRecord(store, invocation, 'build', runningRecord(invocation, planned('build'), { status: 'completed', exitCode: 0, finishedAt: now() }));
    return invocation;
  });
  const history = openHistory(store, { coordinatorLive: false });
  expect([...history.newestFirst()].map((entry) => entry.invocation.trigger)).toEqual(['c', 'b', 'a']);
  expect([...history.newestFirst('main')].map((entry) => entry.invocation.trigger)).toEqual(['c', 'a']);
  const id = made[1]?.id ?? '';
  expect(history.withPrefix(id.slice(0, 12)).map((entry) => entry.jobs.map((job) => job.status))).toEqual([['completed']]);
  expect(history.withPrefix(id, 'main')).toEqual([]);
});
