import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { announceNotice, createInvocation, dropNotices, ensureRepoId, leaveNotice, openStore, readInvocation, sweepNotices, takeNotices, withdrawNotice, writeFinalRecord } from '../../src/logstore';
import type { Invocation, InvocationId, Store, StoredStatus } from '../../src/logstore';
import { currentIdentity } from '../../src/process';
import { recordOf } from '../support/stored';

let root: string;
let store: Store;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daft-notices-'));
  mkdirSync(join(root, 'common'));
  store = openStore(join(root, 'state'), ensureRepoId(join(root, 'common')));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const place = () => join(store.stateDir, '.notices');
const file = (id: InvocationId, dir: string) => join(place(), store.repoId, `${id}-${dir}`);

function invocation(): InvocationId {
  return createInvocation(store, { trigger: 'post-clone', hookType: 'post-clone', worktree: 'main', createdAt: new Date() }).id;
}

/** Leaves a notice as if so many seconds ago. */
function leave(id: InvocationId, dir: string, secondsAgo = 0): void {
  leaveNotice(store, { id, dir, line: `${dir} failed` });
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(file(id, dir), at, at);
}

test('are taken once, oldest first, and leave nothing behind', () => {
  const id = invocation();
  leave(id, 'second', 10);
  leave(id, 'a-first', 20);
  leave(id, 'third');
  expect(takeNotices(store)).toEqual(['a-first failed', 'second failed', 'third failed']);
  expect(takeNotices(store)).toEqual([]);
  expect(existsSync(place())).toBe(false);
});

test('do not stand among the invocations, which scripts count', () => {
  const id = invocation();
  leave(id, 'build');
  expect(readdirSync(store.dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))).toEqual([id]);
});

test('about invocations that were removed are nobody’s business any more', () => {
  leave('0123456789abcdef' as InvocationId, 'build');
  expect(takeNotices(store)).toEqual([]);
  expect(existsSync(place())).toBe(false);
});

const dead = () => ({ ...currentIdentity(), start: 'another' });

function record(id: InvocationId, dir: string, status: StoredStatus): void {
  writeFinalRecord(store, readInvocation(store, id) as Invocation, dir, recordOf(dir, { status }));
}

test('that were announced are told by their teller as long as he lives', () => {
  const id = invocation();
  announceNotice(store, { id, dir: 'build', line: 'build failed' }, currentIdentity());
  record(id, 'build', 'failed');
  expect(takeNotices(store)).toEqual([]);
  leave(id, 'build');
  expect(takeNotices(store)).toEqual(['build failed']);
  announceNotice(store, { id, dir: 'build', line: 'build failed' }, currentIdentity());
  withdrawNotice(store, { id, dir: 'build' });
  expect(existsSync(place())).toBe(false);
});

test('that were announced are taken once, if the teller is dead and the failure on record', () => {
  const id = invocation();
  for (const dir of ['build', 'lint']) announceNotice(store, { id, dir, line: `${dir} failed` }, dead());
  announceNotice(store, { id: '0123456789abcdef' as InvocationId, dir: 'gone', line: 'gone failed' }, dead());
  expect(takeNotices(store)).toEqual([]);
  record(id, 'build', 'failed');
  record(id, 'lint', 'cancelled');
  expect(takeNotices(store)).toEqual(['build failed']);
  expect(takeNotices(store)).toEqual([]);
  expect(existsSync(place())).toBe(false);
});

test('are dropped for what has been seen', () => {
  const [seen, unseen] = [invocation(), invocation()];
  leave(seen, 'build');
  leave(unseen, 'build', 5);
  leave(unseen, 'lint');
  dropNotices(store, ({ id, dir }) => id === seen || dir === 'lint');
  expect(readdirSync(join(place(), store.repoId))).toEqual([`${unseen}-build`]);
});

test('that nobody came to read are swept, whosever they are', () => {
  const id = invocation();
  leave(id, 'old', 3600);
  leave(id, 'new');
  const hour = 3_600_000;
  sweepNotices(store.stateDir, new Date(Date.now() - hour / 2));
  expect(takeNotices(store)).toEqual(['new failed']);
});

test('of a job whose directory has the longest name there is fit', () => {
  leave(invocation(), 'x'.repeat(210));
  expect(takeNotices(store)).toHaveLength(1);
});
