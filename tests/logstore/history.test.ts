import { appendFileSync, chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  beginRecord,
  claimJob,
  ensureJobDir,
  findInvocations,
  invocationPath,
  jobDirPath,
  listActiveIds,
  mergePolicy,
  noticeActive,
  outputLogPath,
  publishPlan,
  readHistory,
  readHistoryOldestFirst,
  rebuildIndex,
  settleInvocation,
  summariseWorktrees,
  writeFinalRecord,
  writeRunningRecord,
  type Invocation,
  type InvocationId,
  type Store,
  type StoredInvocation,
} from '../../src/logstore';
import { invocationIdOf } from '../../src/logstore/index-lines';
import { refreshIndex } from '../../src/logstore/index-refresh';
import { isIndexComplete } from '../../src/logstore/index-stamp';
import { withFault } from '../fs/temporary';
import { planOf, recordOf } from '../support/stored';
import { newInvocation, temporaryStore } from './support';

const minute = (count: number): Date => new Date(Date.UTC(2026, 3, 28, 12, count));

function fire(store: Store, at: number, jobs: readonly string[], fields: Partial<Omit<Invocation, 'id'>> = {}): Invocation {
  const invocation = newInvocation(store, { createdAt: minute(at), ...fields });
  for (const name of jobs) {
    const making = beginRecord(store, invocation, name);
    making.append(Buffer.from('output\n'));
    making.publish(recordOf(name, { worktree: invocation.worktree, startedAt: minute(at) }));
  }
  return invocation;
}

/** As `[minute, jobs]`, a job as its directory, with its kind where that is not `indexed`. */
function told(store: Store, worktree?: string): [number, string[]][] {
  const newestFirst = [...readHistory(store, worktree)].map(shown);
  // The other way round it is the same, in order of creation whatever the index has, and each is told before the next is read.
  const oldestFirst: [number, string[]][] = [];
  for (const stored of readHistoryOldestFirst(store, worktree)) oldestFirst.push(shown(stored));
  expect(oldestFirst).toEqual(newestFirst.toReversed().toSorted(([a], [b]) => a - b));
  return newestFirst;
}

function shown({ invocation, jobs, countJobs }: StoredInvocation): [number, string[]] {
  const rows = jobs();
  expect(countJobs()).toBe(rows.length);
  return [invocation.createdAt.getUTCMinutes(), rows.map((job) => (job.kind === 'indexed' ? job.dir : `${job.dir} ${job.kind}`))];
}

const indexOf = (store: Store): string => join(store.dir, '.index.jsonl');

test('a store that does not exist has no history, and is not made by looking', () => {
  using temp = temporaryStore();
  expect(told(temp.store)).toEqual([]);
  expect(summariseWorktrees(temp.store)).toEqual([]);
  expect(existsSync(temp.store.dir)).toBe(false);
});

test('history is told newest first, with and without jobs, by worktree or in all', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a', 'b']);
  fire(store, 2, [], { worktree: 'main' });
  fire(store, 3, ['c'], { worktree: 'x","worktree":"main","hook_type":' });
  expect(told(store)).toEqual([[3, ['c']], [2, []], [1, ['a', 'b']]]);
  expect(told(store, 'main')).toEqual([[2, []]]);
  expect(told(store, 'feature/x')).toEqual([[1, ['a', 'b']]]);
  expect(told(store, 'nowhere')).toEqual([]);
  expect(summariseWorktrees(store).find(({ worktree }) => worktree === 'main')).toEqual({ worktree: 'main', invocations: 1, newest: minute(2) });
});

test('our own changes leave the index complete, so that a reader need not look everywhere', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = fire(store, 1, ['a']);
  expect(isIndexComplete(store)).toBe(true);
  mergePolicy(store, { keepLast: 5, maxTotalSizeBytes: null, staleRunningAfterSeconds: null }, () => {});
  expect(isIndexComplete(store)).toBe(true);
  publishPlan(store, invocation, planOf('b'), {});
  expect(isIndexComplete(store)).toBe(true);
  claimJob(store, invocation, 'b');
  writeRunningRecord(store, invocation, 'b', recordOf('b', { status: 'running' }));
  writeFinalRecord(store, invocation, 'b', recordOf('b'));
  settleInvocation(store, invocation.id);
  expect(isIndexComplete(store)).toBe(true);
  expect(told(store)).toEqual([[1, ['a', 'b']]]);
  expect(readdirSync(store.dir).filter((name) => !name.startsWith('.'))).toEqual([invocation.id, 'repo-policy.json'].toSorted());
});

test('what is active is read from its files', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = fire(store, 1, ['done']);
  publishPlan(store, invocation, planOf('started', 'pending'), {});
  claimJob(store, invocation, 'started');
  expect(told(store)).toEqual([[1, ['done recorded', 'started started', 'pending pending']]]);
});

test('the row of a job that ended twice on record is its last one', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = fire(store, 1, ['a']);
  const again = readFileSync(indexOf(store), 'utf8').split('\n')[1] ?? '';
  appendFileSync(indexOf(store), `${again.replace('"status":"completed"', '"status":"failed"')}\n`);
  const [first] = readHistory(store);
  expect(first?.jobs()).toMatchObject([{ kind: 'indexed', job: { status: 'failed' } }]);
  expect(first?.invocation).toEqual(invocation);
});

// Never trusted over the records.
test('a record that was edited, added or removed by hand is noticed', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = fire(store, 1, ['edited', 'kept', 'removed', 'replaced']);
  const path = (...names: string[]): string => join(store.dir, id, ...names);
  const meta = readFileSync(path('edited', 'meta.json'), 'utf8');
  writeFileSync(path('edited', 'meta.json'), meta.replace('"completed"', '"failed"'));
  rmSync(path('removed'), { recursive: true });
  cpSync(path('kept'), path('added'), { recursive: true });
  writeFileSync(path('replaced', 'meta.json'), 'broken');
  rmSync(path('kept', 'output.log'));
  const [first] = readHistory(store);
  expect(first?.jobs().map((job) => [job.dir, job.kind])).toEqual([
    ['edited', 'recorded'],
    ['added', 'recorded'],
    ['kept', 'indexed'],
    ['replaced', 'unreadable'],
  ]);
  expect(first?.jobs()[0]).toMatchObject({ record: { status: 'failed' } });
  expect(first?.jobs()[2]).toMatchObject({ job: { sizeBytes: null } });
});

test('an invocation that was brought, removed or edited by hand is noticed, in its place', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 2, ['a']);
  const removed = fire(store, 3, ['b']);
  const edited = fire(store, 4, ['c']);
  rmSync(join(store.dir, removed.id), { recursive: true });
  const file = join(store.dir, edited.id, 'invocation.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('feature/x', 'renamed'));
  bring(store, '00000000000000aa', 1);
  expect(told(store)).toEqual([[4, ['c']], [2, ['a']], [1, ['job']]]);
  expect(told(store, 'feature/x')).toEqual([[2, ['a']]]);
  expect(told(store, 'brought')).toEqual([[1, ['job']]]);
  expect(isIndexComplete(store)).toBe(true);
});

function bring(store: Store, id: string, at: number, status = 'completed'): void {
  const dir = join(store.dir, id);
  mkdirSync(join(dir, 'job'), { recursive: true });
  writeFileSync(join(dir, 'invocation.json'), JSON.stringify({ worktree: 'brought', hook_type: 'post-clone', created_at: minute(at) }));
  writeFileSync(join(dir, 'job', 'meta.json'), JSON.stringify({ name: 'job', status, started_at: minute(at) }));
}

test('a running job that other tools brought gets the mark it lacks', () => {
  using temp = temporaryStore();
  const { store } = temp;
  bring(store, '00000000000000aa', 1, 'running');
  bring(store, '00000000000000bb', 2);
  noticeActive(store);
  expect(listActiveIds(store)).toEqual(['00000000000000aa']);
  expect(told(store)).toEqual([[2, ['job']], [1, ['job recorded']]]);
});

test('a record that was set back to running is noticed as well', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = fire(store, 1, ['a', 'b']);
  fire(store, 2, ['c']);
  noticeActive(store);
  expect(listActiveIds(store)).toEqual([]);
  const meta = join(store.dir, id, 'b', 'meta.json');
  writeFileSync(meta, readFileSync(meta, 'utf8').replace('"completed"', '"running"'));
  noticeActive(store);
  expect(listActiveIds(store)).toEqual([id]);
  expect(isIndexComplete(store)).toBe(true);
});

test('the end of a line, however little of it, speaks of no invocation', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = fire(store, 1, ['a']);
  const line = Buffer.from(readFileSync(indexOf(store), 'utf8').split('\n')[1] ?? '');
  expect(invocationIdOf(line)).toBe(id);
  for (let from = 1; from <= line.length; from += 1) expect(invocationIdOf(line.subarray(from))).toBeUndefined();
});

test.each([
  ['missing', (store: Store) => rmSync(indexOf(store))],
  ['empty', (store: Store) => truncateSync(indexOf(store))],
  ['cut in the middle of a line', (store: Store) => truncateSync(indexOf(store), statSync(indexOf(store)).size - 20)],
  ['full of zeros', (store: Store) => writeFileSync(indexOf(store), '\0'.repeat(5000))],
  ['a directory', (store: Store) => { rmSync(indexOf(store)); mkdirSync(indexOf(store)); }],
  ['of another time', (store: Store) => {
    const old = readFileSync(indexOf(store)).subarray(0, 900);
    rmSync(indexOf(store));
    writeFileSync(indexOf(store), old.subarray(0, old.lastIndexOf('\n') + 1));
  }],
])('an index that is %s hides nothing', (_, spoil) => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a']);
  fire(store, 2, ['b']);
  fire(store, 3, ['c']);
  expect(isIndexComplete(store)).toBe(true);
  spoil(store);
  const dirs = told(store).map(([at, jobs]) => [at, jobs.map((job) => job.split(' ')[0])]);
  expect(dirs).toEqual([[3, ['c']], [2, ['b']], [1, ['a']]]);
});

test.each([
  ['the id of an invocation', '"invocation_id":"', 0, 1],
  ['the id of a job', '"invocation_id":"', 1, 1],
  ['a brace', '{"invocation_id"', 0, 0],
  ['the year of an invocation', '"invocation_created_at":"', 0, 0],
  ['the middle of a line', ',"job_dir"', 0, 0],
  ['the middle of the line of a job', ',"job_dir"', 1, 0],
])('an index in which %s is another hides nothing, whichever way it is read', (_, mark, nth, shift) => {
  for (const read of [readHistory, readHistoryOldestFirst]) {
    using temp = temporaryStore();
    const { store } = temp;
    for (const at of [1, 2, 3]) fire(store, at, ['a', 'b']);
    const bytes = readFileSync(indexOf(store));
    let at = bytes.indexOf(minute(2).toISOString());
    at = bytes.lastIndexOf('\n', at) + 1;
    for (let line = 0; line < nth; line += 1) at = bytes.indexOf('\n', at) + 1;
    at = bytes.indexOf(mark, at) + (shift === 0 ? 0 : mark.length);
    bytes[at] = (bytes[at] ?? 0) ^ 3;
    writeFileSync(indexOf(store), bytes);
    const dirs = Array.from(read(store), shown).map(([minutes, jobs]) => [minutes, jobs.map((job) => job.split(' ')[0])] as const);
    expect(dirs.toSorted(([a], [b]) => a - b)).toEqual([1, 2, 3].map((minutes) => [minutes, ['a', 'b']]));
    // It has been made anew: the others are told by it.
    expect(told(store).filter(([minutes]) => minutes !== 2)).toEqual([3, 1].map((minutes) => [minutes, ['a', 'b']]));
  }
});

test('a torn line does not take the next one along', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a']);
  appendFileSync(indexOf(store), '{"invocation_id":"00');
  fire(store, 2, ['b']);
  expect(told(store)).toEqual([[2, ['b']], [1, ['a']]]);
});

test('what a power loss took from the index is found again, also when somebody has gone on writing it', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a']);
  fire(store, 2, ['b']);
  const { size } = statSync(indexOf(store));
  truncateSync(indexOf(store), 100);
  truncateSync(indexOf(store), size); // zeros, as a file system leaves them
  const later = fire(store, 3, ['c']);
  expect(told(store)).toEqual([[3, ['c']], [2, ['b']], [1, ['a']]]);
  expect(isIndexComplete(store)).toBe(true);
  truncateSync(indexOf(store), 100);
  truncateSync(indexOf(store), size * 2);
  writeFinalRecord(store, later, 'd', recordOf('d', { startedAt: minute(3) })); // adds a row, but no name
  expect(told(store).map(([at]) => at)).toEqual([3, 2, 1]);
});

test('an invocation whose line could not be written is found nevertheless', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a']);
  {
    using _ = withFault('index: append:ENOSPC');
    fire(store, 2, ['b']);
  }
  expect(told(store)).toEqual([[2, ['b']], [1, ['a']]]);
  rebuildIndex(store);
  expect(told(store)).toEqual([[2, ['b']], [1, ['a']]]);
});

test('a store that must not be written is read from its files', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 1, ['a']);
  bring(store, '00000000000000aa', 2);
  using _ = withFault('index: rebuilt:EROFS');
  expect(refreshIndex(store)).toBe('incomplete');
  expect(readdirSync(store.dir).filter((name) => name.startsWith('.tmp-'))).toEqual([]);
});

test('a rebuilt index is in order, without what is gone, and takes over what is known', () => {
  using temp = temporaryStore();
  const { store } = temp;
  fire(store, 5, ['a']);
  const removed = fire(store, 6, ['b']);
  fire(store, 1, ['c']);
  rmSync(join(store.dir, removed.id), { recursive: true });
  rebuildIndex(store);
  const rows = readFileSync(indexOf(store), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { invocation_created_at: string; job_dir: string | null });
  expect(rows.map((row) => [new Date(row.invocation_created_at).getUTCMinutes(), row.job_dir])).toEqual([[1, null], [1, 'c'], [5, null], [5, 'a']]);
  expect(told(store)).toEqual([[5, ['a']], [1, ['c']]]);
});

test('invocations are found by the beginning of their id', () => {
  using temp = temporaryStore();
  const { store } = temp;
  for (const [id, at] of [['00000000000000aa', 1], ['00000000000000bb', 2], ['11000000000000aa', 3]] as const) bring(store, id, at);
  expect(findInvocations(store, '00').map(({ invocation }) => invocation.id)).toEqual(['00000000000000bb', '00000000000000aa'] as unknown as InvocationId[]);
  expect(findInvocations(store, '2')).toEqual([]);
  expect(findInvocations(store, '')).toEqual([]);
});

test('a long history is read by its segments: the same worktrees, whether known already or not', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const long = 'x'.repeat(40_000);
  const worktrees = ['one', 'two', 'two', 'three', 'two', 'one'];
  const fireLong = (from: number, count: number): void => {
    for (let at = from; at < from + count; at += 1) {
      const invocation = newInvocation(store, { createdAt: minute(at), worktree: worktrees[at % worktrees.length] ?? '' });
      ensureJobDir(store, invocation, 'job');
      writeFinalRecord(store, invocation, 'job', recordOf('job', { command: `${at} ${long}`, startedAt: minute(at) }));
    }
  };
  const expected = (worktree: string | undefined, count: number): number[] =>
    Array.from({ length: count }, (_, at) => at).filter((at) => worktree === undefined || worktrees[at % worktrees.length] === worktree).toReversed();
  const minutes = (worktree?: string): number[] => told(store, worktree).map(([at]) => at);

  fireLong(0, 30);
  for (const worktree of ['one', undefined, 'two', 'three']) expect(minutes(worktree)).toEqual(expected(worktree, 30));
  expect(existsSync(join(store.dir, '.index-worktrees'))).toBe(true);
  expect(isIndexComplete(store)).toBe(true);
  fireLong(30, 25);
  for (const worktree of ['three', 'one', undefined, 'two']) expect(minutes(worktree)).toEqual(expected(worktree, 55));
  rebuildIndex(store);
  for (const worktree of ['three', 'one', undefined, 'two']) expect(minutes(worktree)).toEqual(expected(worktree, 55));
  writeFileSync(join(store.dir, '.index-worktrees'), '{"index":');
  for (const worktree of ['three', undefined]) expect(minutes(worktree)).toEqual(expected(worktree, 55));
  expect(new Map(summariseWorktrees(store).map(({ worktree, invocations }) => [worktree, invocations]))).toEqual(
    new Map(['one', 'two', 'three'].map((worktree) => [worktree, expected(worktree, 55).length])),
  );
});

test('a log that grew or went after the end is told as it is', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = fire(store, 1, ['a']);
  appendFileSync(outputLogPath(store, id, 'a'), 'more');
  const [first] = readHistory(store);
  expect(first?.jobs()).toMatchObject([{ kind: 'indexed', job: { sizeBytes: 11 } }]);
});

test('what nobody may read is unreadable', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = fire(store, 1, ['a', 'b']);
  writeFileSync(join(store.dir, id, 'a', 'meta.json'), '');
  chmodSync(join(store.dir, id, 'a', 'meta.json'), 0);
  expect(told(store)).toEqual([[1, ['b', 'a unreadable']]]);
});

test.each(['an invocation', 'a job'])('%s that we may not look into hides no other', (which) => {
  using temp = temporaryStore();
  const { store } = temp;
  const fired = [1, 2, 3].map((at) => fire(store, at, ['a', 'b']).id);
  const id = fired[1] as InvocationId;
  const closed = which === 'a job' ? jobDirPath(store, id, 'a') : invocationPath(store, id);
  const readable = () => Object.fromEntries([...readHistory(store)].map(({ invocation, jobs }) => [invocation.id, jobs().filter(({ kind }) => kind !== 'unreadable').length]));
  asOrdinaryUser(store, () => {
    chmodSync(closed, 0);
    const known = readable();
    rmSync(join(store.dir, '.index.jsonl'));
    const anew = readable();
    chmodSync(closed, 0o700);
    expect(known).toEqual({ ...Object.fromEntries(fired.map((each) => [each, 2])), [id]: which === 'a job' ? 1 : 0 });
    expect(anew).toEqual(known);
    expect(readable()).toEqual(Object.fromEntries(fired.map((each) => [each, 2])));
  });
});

/** Whatever its mode is, nothing is closed to root. */
function asOrdinaryUser(store: Store, act: () => void): void {
  if (process.getuid?.() !== 0) return act();
  for (const name of ['', ...readdirSync(store.stateDir, { recursive: true, encoding: 'utf8' })]) chownSync(join(store.stateDir, name), 61_917, 61_917);
  process.seteuid?.(61_917);
  try {
    act();
  } finally {
    process.seteuid?.(0);
  }
}
