// Whatever lies where a file of the store should be: nobody who looks throws, what is whole beside it is shown, nobody
// else's process is signalled, and the clean-up removes it.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from '../support/properties';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanRepository, forecastCleanup } from '../../src/cleanup';
import { lstatIfExists } from '../../src/fs';
import { cancelJobs, type HistoryInvocation, listInvocations, openHistory, readActiveJobs } from '../../src/jobs';
import { completeJobs } from '../../src/jobs/complete';
import { reconcile } from '../../src/jobs/reconcile';
import {
  beginRecord,
  claimJob,
  dropNotices,
  ensureJobDir,
  type Invocation,
  isPinned,
  jobDirPath,
  leaveNotice,
  listActiveIds,
  mergePolicy,
  openStore,
  publishPlan,
  readHistory,
  readPlanEnv,
  readPolicy,
  requestCancel,
  takeNotices,
  type Store,
  writeRunningRecord,
} from '../../src/logstore';
import { bootId, currentIdentity, hostName } from '../../src/process';
import { temporaryDirectory } from '../fs/temporary';
import { newInvocation, repoId } from '../logstore/support';
import { planOf, recordOf } from '../support/stored';

const home = temporaryDirectory();
/** As nobody has damaged it. */
const whole = openStore(join(home.path, 'whole'), repoId);
/** Somebody's, with names as the store has them. */
const elsewhere = join(home.path, 'elsewhere');
/** Its pid stands in records that are not about it. */
const stranger = spawn('sleep', ['611'], { detached: true, stdio: 'ignore' });
let neighbour: Invocation;
const now = (): Date => new Date();
const later = (): Date => new Date(Date.now() + 2 * 86_400_000);
const complaints: string[] = [];
const warn = (text: string): void => void complaints.push(text);

beforeAll(() => {
  for (const name of ['precious', 'pid', 'exit', 'cancel', 'meta.json', 'build', 'empty']) mkdirSync(join(elsewhere, name), { recursive: true });
  for (const name of ['precious/work', 'notes.txt', '.tmp-1-2', 'output.log', 'build/meta.json', '0123456789abcdef-x']) writeFileSync(join(elsewhere, name), name);
  neighbour = newInvocation(whole, { worktree: 'main' });
  const good = beginRecord(whole, neighbour, 'good');
  good.append(Buffer.from('fine\n'));
  good.publish(recordOf('good', { background: false, worktree: 'main' }));

  const victim = newInvocation(whole, { createdAt: new Date('2026-04-28T20:00:00Z') });
  const ended = beginRecord(whole, victim, 'ended');
  ended.append(Buffer.from('half\n'));
  ended.publish(recordOf('ended', { status: 'failed', exitCode: 1 }));
  const dead = { ...currentIdentity(), start: 'of somebody else' };
  const plan = { ...planOf('waiting', 'running', 'exited', 'claimed', 'dropped'), boot: bootId(), host: hostName(), dispatchedAt: now() };
  publishPlan(whole, victim, plan, { PATH: '/bin' });
  writeRunningRecord(whole, victim, 'running', recordOf('running', { status: 'running', exitCode: null, finishedAt: null, owner: dead, pid: stranger.pid!, pidStart: 'long ago' }));
  for (const dir of ['running', 'exited', 'claimed']) claimJob(whole, victim, dir);
  ensureJobDir(whole, victim, 'exited');
  const mark = (dir: string, name: string, text: string): void => writeFileSync(join(jobDirPath(whole, victim.id, dir), name), text);
  mark('running', 'pid', `${stranger.pid}\n`);
  mark('exited', 'pid', `${stranger.pid}\n`);
  mark('exited', 'exit', '7\n');
  mark('exited', 'output.log', 'gone\n');
  mark('claimed', 'pid', `${stranger.pid}\n`);
  requestCancel(whole, victim, 'dropped');
  mergePolicy(whole, { maxTotalSizeBytes: 1 << 20, keepLast: 0, staleRunningAfterSeconds: 60 }, warn);
  leaveNotice(whole, { id: neighbour.id, dir: 'good', line: 'daft: something failed' });
  expect([...readHistory(whole)]).toHaveLength(2); // what is derived is written
});

afterAll(() => {
  stranger.kill('SIGKILL');
  home[Symbol.dispose]();
});

/** All names but those of the store itself: where that is a link, somebody wants it elsewhere, and where it is a file, there is none. */
function entriesOf(store: Store): string[] {
  return readdirSync(store.stateDir, { recursive: true, encoding: 'utf8' }).filter((path) => path !== 'jobs' && path !== `jobs/${repoId}`);
}

function contentOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
}

function filesOf(store: Store): string[] {
  return entriesOf(store).filter((path) => statSync(join(store.stateDir, path)).isFile());
}

/** A copy that may be damaged. */
function copyOfStore(): Store {
  const store = openStore(join(home.path, 'damaged'), repoId);
  rmSync(store.stateDir, { recursive: true, force: true });
  cpSync(whole.stateDir, store.stateDir, { recursive: true, preserveTimestamps: true });
  return store;
}

function list(store: Store, story: string): HistoryInvocation[] {
  const listed = [...listInvocations(openHistory(store, { coordinatorLive: false }), { worktree: undefined, statuses: undefined, hook: undefined, last: undefined })];
  const names = listed.flatMap(({ jobs }) => jobs.map(({ name }) => name));
  if (lstatIfExists(join(store.dir, neighbour.id, 'good'))?.isDirectory() === true) expect(names, story).toContain('good');
  expect(listed.length, story).toBeLessThanOrEqual(2);
  return listed;
}

/** Everything that looks and changes nothing. */
function look(store: Store, story: string): void {
  const history = openHistory(store, { coordinatorLive: false });
  const listed = list(store, story);
  history.withPrefix('', undefined);
  history.worktrees();
  readPolicy(store, warn);
  for (const { invocation } of listed) {
    readActiveJobs(store, { coordinatorLive: false, invocation: invocation.id });
    readPlanEnv(store, invocation.id);
    isPinned(store, invocation.id);
  }
  for (const context of ['hooks-jobs-job', 'hooks-jobs-retry', 'hooks-jobs-retry-worktree', 'hooks-jobs-worktree', 'hooks-jobs-hook-filter'] as const) {
    completeJobs(context, '', { history, here: 'feature/x' });
  }
}

/** Everything that repairs, cancels and removes, now and when all is old. */
async function mendAndRemove(store: Store, story: string): Promise<void> {
  reconcile(store, { now: now(), coordinatorLive: false, warn, tellBadPolicy: warn });
  look(store, story);
  const active = listActiveIds(store).flatMap((invocation) => readActiveJobs(store, { coordinatorLive: false, invocation }));
  await cancelJobs(store, active, { scope: { kind: 'matching', filter: {} }, now });
  dropNotices(store, () => false);
  takeNotices(store);
  const cleanup = { now, olderThanSeconds: 0, warn };
  await forecastCleanup(store, cleanup);
  const report = await cleanRepository(store, { ...cleanup, finish: 'now' });
  expect(report.failures, story).toEqual([]);
  // Two days on, nobody waits for anything any more; a policy that was lost keeps nobody.
  mergePolicy(store, { maxTotalSizeBytes: null, keepLast: 0, staleRunningAfterSeconds: 60 }, warn);
  await cleanRepository(store, { ...cleanup, now: later, finish: 'now' });
  const last = await cleanRepository(store, { ...cleanup, now: later, finish: 'now' });
  expect(last.failures, story).toEqual([]);
  expect(stranger.signalCode, story).toBeNull();
}

/** What is left in a store that was emptied. What lies among the invocations and is none is not ours to remove. */
function emptied(store: Store): string[] {
  const left = readdirSync(store.dir, { withFileTypes: true }).filter((entry) => entry.isDirectory() || entry.name.startsWith('.'));
  return left.map(({ name }) => name).filter((name) => !name.startsWith('.index'));
}

const placed: readonly [string, (path: string) => void][] = [
  ['a directory', (path) => mkdirSync(path)],
  ['a directory with something in it', (path) => mkdirSync(join(path, 'in', 'it'), { recursive: true })],
  ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  ['a dangling link', (path) => symlinkSync('/nowhere/at/all', path)],
  ['a link to itself', (path) => symlinkSync(path, path)],
  ['a link to a directory', (path) => symlinkSync(elsewhere, path)],
  ['a sparse file of five gigabytes', (path) => sparse(path, 5 * 2 ** 30)],
  ['a sparse file that just fits into a text', (path) => sparse(path, 400 * 2 ** 20)],
  ['nothing', () => {}],
  ['an empty file', (path) => writeFileSync(path, '')],
  ['JSON of another shape', (path) => writeFileSync(path, '[{"name":{"toString":1}},null,1e999]')],
  ['an object of nonsense', (path) => writeFileSync(path, nonsense)],
  ['a hundred thousand brackets', (path) => writeFileSync(path, '['.repeat(100_000))],
  ['garbage', (path) => writeFileSync(path, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)))],
];

/** Every field there is, of the wrong type, or the right type with a value that nobody writes. */
const nonsense = JSON.stringify(
  Object.fromEntries(
    ['name', 'status', 'started_at', 'finished_at', 'env', 'needs', 'owner', 'pid', 'pid_start', 'jobs', 'hook_type', 'worktree', 'created_at', 'dispatched_at', 'version', 'keep_last', '__proto__', 'constructor'].map(
      (name, i) => [name, [-1, 1e308, [], {}, 'x', true, null, [[[]]], { pid: -1 }][i % 9]],
    ),
  ),
);

function sparse(path: string, size: number): void {
  writeFileSync(path, '');
  truncateSync(path, size);
}

/**
 * Everything takes minutes, and is for who has changed how the store is read: `DAFT_DAMAGE=all npx vitest run tests/faults`.
 * Otherwise a part of it, spread over all files and all kinds of damage.
 */
const all = process.env['DAFT_DAMAGE'] === 'all';

test('without damage all of it works', async () => {
  const store = copyOfStore();
  look(store, 'whole');
  await mendAndRemove(store, 'whole');
});

test('every file, cut', { timeout: 300_000 }, () => {
  for (const file of filesOf(whole)) {
    const store = copyOfStore();
    const path = join(store.stateDir, file);
    const content = readFileSync(path);
    const step = all || content.length < 60 ? 1 : 19;
    for (let size = content.length - 1; size >= 0; size -= step) {
      writeFileSync(path, content.subarray(0, size));
      list(store, `${file} cut at ${size}`);
    }
    look(store, `${file} cut`);
  }
});

describe('every file and directory, replaced', () => {
  test.each(placed.map(([what, place], turn) => ({ what, place, turn })))('by $what', { timeout: 120_000 }, async ({ what, place, turn }) => {
    for (const [index, file] of entriesOf(whole).entries()) {
      if (!all && (index + turn) % 5 > 0) continue;
      const store = copyOfStore();
      const path = join(store.stateDir, file);
      rmSync(path, { recursive: true, force: true });
      place(path);
      const story = `${file} is ${what}`;
      const others = contentOf(elsewhere);
      look(store, story);
      await mendAndRemove(store, story);
      expect(emptied(store), story).toEqual([]);
      expect(contentOf(elsewhere), story).toEqual(others);
    }
  });
});

/** A bit may make the neighbour's job one of another name, which is no damage. */
function isOtherName(file: string, text: string): boolean {
  try {
    return file.endsWith('/good/meta.json') && (JSON.parse(text) as { name?: unknown }).name !== 'good';
  } catch {
    return false;
  }
}

test('every file, with flipped bits', { timeout: 300_000 }, async () => {
  const files = filesOf(whole).filter((file) => statSync(join(whole.stateDir, file)).size > 0);
  const flips = fc.array(fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), flips, async (file, bits) => {
      const store = copyOfStore();
      const path = join(store.stateDir, file);
      const content = readFileSync(path);
      for (const { at, bit } of bits) content[at % content.length]! ^= 1 << bit;
      fc.pre(!isOtherName(file, content.toString()));
      writeFileSync(path, content);
      look(store, file);
      await mendAndRemove(store, file); // what claims to be of the future stays
    }),
    { numRuns: all ? 1_000 : 40 },
  );
});
