import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forecastCleanup } from '../../src/cleanup';
import { applyRemovals } from '../../src/cleanup/apply';
import {
  createInvocation,
  jobDirPath,
  listActiveIds,
  outputLogPath,
  pinInvocation,
  publishPlan,
  readHistory,
  readPlanEnv,
  writeFinalRecord,
  writeRunningRecord,
  type Store,
} from '../../src/logstore';
import { isIndexComplete } from '../../src/logstore/index-stamp';
import { bootId, currentIdentity, hostName } from '../../src/process';
import { withFault } from '../fs/temporary';
import { repoId, temporaryStore } from '../logstore/support';
import { planOf, plannedOf, recordOf } from '../support/stored';
import { now } from './facts';
import { clean, daysAgo, directoriesIn, past, photograph, setPolicy, setTime, visible } from './store';

const metaOf = (store: Store, id: string, dir: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(store.dir, id, dir, 'meta.json'), 'utf8')) as Record<string, unknown>;

test('a link in the place of the records leads nowhere: what lies behind it stays', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  const elsewhere = join(store.stateDir, 'elsewhere');
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    mkdirSync(join(elsewhere, name), { recursive: true });
    setTime(join(elsewhere, name), daysAgo(400));
  }
  mkdirSync(join(store.stateDir, 'jobs'), { recursive: true });
  rmSync(store.dir, { recursive: true, force: true });
  symlinkSync(elsewhere, store.dir);
  expect(await clean(store)).toMatchObject({ removedInvocations: 0, failures: [] });
  expect(readdirSync(elsewhere).filter((name) => !name.startsWith('.'))).toEqual(['a', 'b', 'c', 'd', 'e']);
});

describe('what is old', () => {
  test('goes job by job, and whole invocations with their last job; the floor stays', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const first = past(store, 30, { a: {}, b: {} });
    const second = past(store, 20, { a: {}, b: { retentionSeconds: 90 * 86_400 } });
    const last = past(store, 10, { a: {} });
    const elsewhere = past(store, 40, { a: {} }, 'gone');
    setPolicy(store, { keep_last: 1 });

    expect(await clean(store)).toMatchObject({ removedJobs: 3, removedInvocations: 1, truncatedLogs: 0, failures: [], unfinished: false });
    expect(visible(store, first, second, last, elsewhere)).toEqual(['2', '2/b', '3', '3/a', '4', '4/a']);
    expect(await clean(store)).toMatchObject({ removedJobs: 0, removedInvocations: 0, freedBytes: 0 });
    expect(readdirSync(store.dir).filter((name) => name.startsWith('.deleting'))).toEqual([]);
  });

  test('freed bytes are those of all files that went', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const { id } = past(store, 30, { a: { log: 'x'.repeat(500) } });
    setPolicy(store, { keep_last: 0 });
    const sizes = [join(store.dir, id, 'invocation.json'), join(store.dir, id, 'a/meta.json')].map((path) => readFileSync(path).length);
    expect((await clean(store)).freedBytes).toBe(500 + (sizes[0] ?? 0) + (sizes[1] ?? 0));
  });

  test('an empty invocation ages by its creation, an unreadable job by its directory', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 0 });
    const empty = past(store, 8, {});
    const corrupt = past(store, 30, { young: {}, old: {} });
    for (const dir of ['young', 'old']) {
      writeFileSync(join(jobDirPath(store, corrupt.id, dir), 'meta.json'), '{');
      writeFileSync(join(jobDirPath(store, corrupt.id, dir), '.tmp-1-x'), '');
      setTime(join(jobDirPath(store, corrupt.id, dir), '.tmp-1-x'), daysAgo(3));
      setTime(jobDirPath(store, corrupt.id, dir), daysAgo(dir === 'old' ? 8 : 6));
    }
    expect(await clean(store)).toMatchObject({ removedJobs: 1, removedInvocations: 1 });
    expect(visible(store, empty, corrupt)).toEqual(['2', '2/young']);
    // That a leftover was removed from it has not made it younger.
    expect(existsSync(join(jobDirPath(store, corrupt.id, 'young'), '.tmp-1-x'))).toBe(false);
    expect(await clean(store, { now: () => new Date(now.getTime() + 1.5 * 86_400_000) })).toMatchObject({ removedJobs: 1, removedInvocations: 1 });
  });

  test('a start in the future is never old enough', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 0 });
    past(store, -3, { a: { retentionSeconds: 0 } });
    expect(await clean(store, { olderThanSeconds: 0 })).toMatchObject({ removedJobs: 0 });
  });

  test('the index knows what went, and who reads next need not look everywhere', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 1 });
    const gone = past(store, 30, { a: {} });
    const stays = past(store, 1, { a: {} });
    await clean(store);
    expect(isIndexComplete(store)).toBe(true);
    expect(readFileSync(join(store.dir, '.index.jsonl'), 'utf8')).not.toContain(gone.id);
    expect([...readHistory(store)].map(({ invocation }) => invocation.id)).toEqual([stays.id]);
  });
});

describe('what is active', () => {
  test('stays with all of its plan, while older jobs of the foreground go', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 0, max_total_size_bytes: 0 });
    const invocation = past(store, 30, { front: {} });
    const plan = { ...planOf('done', 'waiting'), boot: bootId(), host: hostName(), dispatchedAt: now };
    publishPlan(store, invocation, plan, {});
    writeFinalRecord(store, invocation, 'done', recordOf('done', { startedAt: daysAgo(30) }));
    expect(await clean(store)).toMatchObject({ removedJobs: 1, removedInvocations: 0, needsCoordinator: true });
    expect(visible(store, invocation)).toEqual(['1', '1/done']);
    expect(readPlanEnv(store, invocation.id)).toEqual({});
  });

  test('gets back the mark that it lacks', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const invocation = past(store, 1, {});
    writeRunningRecord(store, invocation, 'a', recordOf('a', { status: 'running', startedAt: daysAgo(0.1), finishedAt: null, owner: currentIdentity() }));
    expect(listActiveIds(store)).toEqual([]);
    await clean(store);
    expect(listActiveIds(store)).toEqual([invocation.id]);
  });

  test('ends here if it ended long ago, mark or not, and may go at once', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 1 });
    const dead = { pid: 1, start: 'x', boot: 'another', host: hostName() };
    const old = past(store, 30, {});
    writeRunningRecord(store, old, 'a', recordOf('a', { status: 'running', startedAt: daysAgo(30), finishedAt: null, owner: dead }));
    const young = past(store, 1, {});
    writeRunningRecord(store, young, 'a', recordOf('a', { status: 'running', startedAt: daysAgo(1), finishedAt: null, owner: dead }));
    expect(await clean(store)).toMatchObject({ removedJobs: 1, removedInvocations: 1 });
    expect(metaOf(store, young.id, 'a')).toMatchObject({ status: 'crashed' });
  });

  test('what only active jobs need goes with the last of them, and so do marks without invocation', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const invocation = past(store, 1, {});
    publishPlan(store, invocation, planOf(plannedOf('a')), { SECRET: 'x' });
    writeFinalRecord(store, invocation, 'a', recordOf('a', { startedAt: daysAgo(1) }));
    const orphan = createInvocation(store, { trigger: '', hookType: '', worktree: 'x', createdAt: now });
    publishPlan(store, orphan, planOf('a'), {});
    rmSync(join(store.dir, orphan.id), { recursive: true });
    await clean(store);
    expect(readPlanEnv(store, invocation.id)).toBeUndefined();
    expect(existsSync(join(store.dir, '.active'))).toBe(false);
  });
});

describe('logs that are too long', () => {
  test('keep their beginning and say how long they were; their record notes it and keeps what it had', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const log = `${'line\n'.repeat(1000)}end`;
    const { id } = past(store, 1, { a: { maxLogSizeBytes: 2048, log }, b: { maxLogSizeBytes: 5003, log } });
    const path = join(store.dir, id, 'a/meta.json');
    writeFileSync(path, JSON.stringify({ ...metaOf(store, id, 'a'), later: 'field' }));
    expect(await clean(store)).toMatchObject({ truncatedLogs: 1, removedJobs: 0 });

    const cut = readFileSync(outputLogPath(store, id, 'a'), 'utf8');
    const footer = '\n[output truncated at 5003 bytes]\n';
    expect(cut).toBe(log.slice(0, 2048 - footer.length) + footer);
    expect(metaOf(store, id, 'a')).toMatchObject({ log_truncated: true, original_size_bytes: 5003, later: 'field' });
    expect(metaOf(store, id, 'b')).toMatchObject({ log_truncated: false });
    const [listed] = [...readHistory(store)].flatMap(({ jobs }) => jobs());
    expect(listed).toMatchObject({ kind: 'indexed', job: { sizeBytes: 2048 } });
    expect(await clean(store)).toMatchObject({ truncatedLogs: 0 });
  });

  test('a full disk leaves them as they are and hinders nothing else', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    setPolicy(store, { keep_last: 1 });
    past(store, 30, { a: {} });
    const { id } = past(store, 1, { a: { maxLogSizeBytes: 1024, log: 'x'.repeat(3000) } });
    using _ = withFault('fs: write:ENOSPC');
    expect(await clean(store)).toMatchObject({ truncatedLogs: 0, removedJobs: 1, failures: [] });
    expect(readFileSync(outputLogPath(store, id, 'a'), 'utf8')).toBe('x'.repeat(3000));
    expect(metaOf(store, id, 'a')).toMatchObject({ log_truncated: false });
  });

  test('one that is no file is left alone', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const { id } = past(store, 1, { a: { maxLogSizeBytes: 1024 } });
    const outside = join(store.stateDir, 'precious');
    writeFileSync(outside, 'x'.repeat(5000));
    rmSync(outputLogPath(store, id, 'a'));
    symlinkSync(outside, outputLogPath(store, id, 'a'));
    expect(await clean(store)).toMatchObject({ truncatedLogs: 0, failures: [] });
    expect(readFileSync(outside, 'utf8')).toHaveLength(5000);
  });
});

test('over budget, the oldest invocations go until the rest fits, trash not counting', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  const all = [4, 3, 2, 1].map((age) => past(store, age, { a: { log: 'x'.repeat(20_000) } }));
  mkdirSync(join(store.dir, '.deleting-x'));
  writeFileSync(join(store.dir, '.deleting-x/huge'), 'x'.repeat(90_000));
  setPolicy(store, { keep_last: 1, max_total_size_bytes: 50_000 });
  expect(await clean(store)).toMatchObject({ removedJobs: 2, removedInvocations: 2 });
  expect(visible(store, ...all)).toEqual(['3', '3/a', '4', '4/a']);
});

test('what others began and left is removed: trash at once, the rest after a day', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = past(store, 1, { a: {} });
  const inside = join(store.dir, id);
  for (const path of [store.dir, inside]) {
    for (const name of ['.deleting-x', '.writing-old', '.writing-busy', '.writing-new']) {
      mkdirSync(join(path, name));
      writeFileSync(join(path, name, 'output.log'), '');
    }
    for (const name of ['.tmp-old', '.tmp-new']) writeFileSync(join(path, name), '');
    for (const name of ['.writing-old/output.log', '.writing-old', '.tmp-old', '.writing-busy']) setTime(join(path, name), daysAgo(1.1));
  }
  writeFileSync(join(inside, 'a/.tmp-old'), '');
  setTime(join(inside, 'a/.tmp-old'), daysAgo(1.1));
  await clean(store, { now: () => now });
  const hidden = ['.tmp-new', '.writing-busy', '.writing-new'];
  expect(readdirSync(inside).filter((name) => name.startsWith('.')).toSorted()).toEqual(hidden);
  expect(readdirSync(store.dir).filter((name) => /^\.(tmp|writing|deleting)/.test(name)).toSorted()).toEqual(hidden);
  expect(readdirSync(join(inside, 'a')).toSorted()).toEqual(['meta.json', 'output.log']);
});

test('of the state directory, dead names of elections and old diagnostics go, and nothing that may live', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  past(store, 1, { a: {} });
  const { stateDir } = store;
  const other = '01890a5d-ac96-774b-bcce-b302099a8058';
  await using live = await listenAt(join(stateDir, '.coordinator-live'));
  await leaveSocket(join(stateDir, '.coordinator-dead'));
  await leaveSocket(join(stateDir, '.coordinator-young'));
  for (const name of ['.coordinator-file', `coordinator-${repoId}.log`, `coordinator-${other}.log`]) writeFileSync(join(stateDir, name), '');
  for (const name of ['.coordinator-live', '.coordinator-dead', '.coordinator-file']) setTime(join(stateDir, name), daysAgo(2));
  for (const id of [repoId, other]) setTime(join(stateDir, `coordinator-${id}.log`), daysAgo(8));
  setTime(join(stateDir, '.coordinator-young'), daysAgo(0.9));
  await clean(store);
  expect(readdirSync(stateDir).toSorted()).toEqual(['.coordinator-file', '.coordinator-live', '.coordinator-young', `coordinator-${other}.log`, 'jobs']);
  expect(live.listening).toBe(true);
});

test('a store that does not exist is not made by cleaning', async () => {
  using temp = temporaryStore();
  expect(await clean(temp.store)).toMatchObject({ removedJobs: 0, failures: [] });
  expect(existsSync(join(temp.store.stateDir, 'jobs'))).toBe(false);
});

test('a policy that cannot be read is told of once, and its defaults hold', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  for (const age of [40, 30, 20, 10]) past(store, age, { a: {} });
  writeFileSync(join(store.dir, 'repo-policy.json'), '{');
  writeRunningRecord(store, past(store, 1, {}), 'a', recordOf('a', { status: 'running', finishedAt: null }));
  const lines: string[] = [];
  expect(await clean(store, { warn: (line) => lines.push(line) })).toMatchObject({ removedJobs: 2, failures: [] });
  expect(lines).toEqual([expect.stringMatching(/^daft: warning: failed to parse repo policy at .*; using defaults$/)]);
});

test('a forecast says what would go, as reconciled as it would be, and leaves every file as it is', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  setPolicy(store, { keep_last: 1, max_total_size_bytes: 100_000 });
  const dead = { pid: 1, start: 'x', boot: 'another', host: hostName() };
  const crashed = past(store, 30, {});
  writeRunningRecord(store, crashed, 'a', recordOf('a', { status: 'running', startedAt: daysAgo(30), finishedAt: null, owner: dead }));
  const large = past(store, 2, { b: { log: 'x'.repeat(200_000) } });
  past(store, 1, { c: { maxLogSizeBytes: 1024, log: 'x'.repeat(5000) } });
  mkdirSync(join(store.dir, '.deleting-x'));
  mkdirSync(join(store.dir, '.active'), { recursive: true });
  writeFileSync(join(store.dir, '.active', '0123456789abcdef'), '');

  const before = photograph(store.stateDir);
  const { removals } = await forecastCleanup(store, { now: () => now, olderThanSeconds: null, warn: () => {} });
  expect(photograph(store.stateDir)).toEqual(before);
  expect(removals.map(({ invocation, jobs, whole }) => [invocation.id, jobs.map(({ name }) => name), whole])).toEqual([
    [crashed.id, ['a'], true],
    [large.id, ['b'], true],
  ]);
  expect(await clean(store)).toMatchObject({ removedJobs: 2, removedInvocations: 2, truncatedLogs: 1 });
});

test('what is pinned after it was chosen stays in sight, whole or in part', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  setPolicy(store, { keep_last: 0 });
  const whole = past(store, 30, { a: {} });
  const part = past(store, 30, { a: {}, b: { retentionSeconds: 90 * 86_400 } });
  const other = past(store, 30, { a: {} });
  for (const { id } of [whole, part, other]) setTime(join(store.dir, id), daysAgo(30));
  const { removals } = await forecastCleanup(store, { now: () => now, olderThanSeconds: null, warn: () => {} });
  for (const { id } of [whole, part]) pinInvocation(store, id);
  expect(applyRemovals(store, removals, [])).toMatchObject({ jobs: 1, invocations: 1 });
  expect(visible(store, whole, part, other)).toEqual(['1', '1/a', '2', '2/a', '2/b']);
});

test('two at once remove everything, and count each job once', async () => {
  using temp = temporaryStore();
  const { store } = temp;
  setPolicy(store, { keep_last: 0 });
  for (let age = 10; age < 40; age += 1) past(store, age, { a: {}, b: age % 2 === 0 ? {} : { retentionSeconds: 90 * 86_400 } });
  const reports = await Promise.all([clean(store), clean(store), clean(store)]);
  const total = (key: 'removedJobs' | 'removedInvocations'): number => reports.reduce((sum, report) => sum + report[key], 0);
  expect([total('removedJobs'), total('removedInvocations')]).toEqual([45, 15]);
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  expect(directoriesIn(store.dir)).toHaveLength(15);
});

async function listenAt(path: string): Promise<{ readonly listening: boolean } & AsyncDisposable> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    get listening() {
      return server.listening;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** A name whose inode is dead for good: Node removes the first name of a socket when it closes, and no other. */
async function leaveSocket(path: string): Promise<void> {
  await using _ = await listenAt(`${path}-first`);
  linkSync(`${path}-first`, path);
}
