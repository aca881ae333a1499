/** Links in the places of what we write and read: they lead to files that are none of ours. */
import { chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  inspectRepository,
  leaveNotice,
  listActiveIds,
  listInvocationIds,
  markActive,
  mergePolicy,
  openStore,
  publishPlan,
  readHistory,
  readInvocation,
  readJobs,
  readPlan,
  requestCancel,
  takeNotices,
  unmarkActive,
  writeFinalRecord,
  type Invocation,
  type Store,
} from '../../src/logstore';
import { planOf, recordOf } from '../support/stored';
import { newInvocation, temporaryStore } from './support';

/** A directory outside of the store, with a file that has the name of what is looked for. */
function elsewhere(store: Store, name: string): { path: string; unchanged: () => void } {
  const path = join(store.stateDir, 'elsewhere');
  mkdirSync(path);
  writeFileSync(join(path, name), 'theirs');
  return {
    path,
    unchanged() {
      expect(readdirSync(path)).toEqual([name]);
      expect(readFileSync(join(path, name), 'utf8')).toBe('theirs');
    },
  };
}

test('in place of a job: nothing is asked for through it, and it is shown as what cannot be read', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build'), {});
  const { path, unchanged } = elsewhere(store, 'output.log');
  symlinkSync(path, join(store.dir, invocation.id, 'build'));

  requestCancel(store, invocation, 'build');
  expect(readJobs(store, invocation.id)).toEqual([expect.objectContaining({ kind: 'unreadable', dir: 'build', logSizeBytes: null })]);
  expect(() => writeFinalRecord(store, invocation, 'build', recordOf('build'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  unchanged();
});

test('in place of an invocation: there is none', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  markActive(store, invocation.id);
  const { path, unchanged } = elsewhere(store, 'env.json');
  rmSync(join(store.dir, invocation.id), { recursive: true });
  symlinkSync(path, join(store.dir, invocation.id));
  expect(readInvocation(store, invocation.id)).toBe('gone');
  unchanged();
});

test('in place of the store: nothing is written through it, and nothing behind it is believed', () => {
  using temp = temporaryStore();
  const invocation = newInvocation(temp.store);
  writeFinalRecord(temp.store, invocation, 'build', recordOf('build'));
  const theirs = join(temp.store.stateDir, 'theirs');
  renameSync(temp.store.dir, theirs);
  symlinkSync(theirs, temp.store.dir);
  for (const name of ['.index.jsonl', '.index-seen']) rmSync(join(theirs, name));
  const before = readdirSync(theirs, { recursive: true });

  const store = openStore(temp.store.stateDir, temp.store.repoId);
  expect([...readHistory(store)]).toEqual([]);
  expect(listInvocationIds(store)).toEqual([]);
  expect(listActiveIds(store)).toEqual([]);
  expect(inspectRepository(store, new Date())).toBeUndefined();
  expect(() => newInvocation(store)).toThrow(`ELOOP: a link, '${temp.store.dir}'`);
  expect(() => mergePolicy(store, { maxTotalSizeBytes: 1, keepLast: 1, staleRunningAfterSeconds: 1 }, () => {})).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(readdirSync(theirs, { recursive: true })).toEqual(before);
});

test('in place of the marks: none is made, found, or removed', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const { path, unchanged } = elsewhere(store, invocation.id);
  symlinkSync(path, join(store.dir, '.active'));
  expect(listActiveIds(store)).toEqual([]);
  expect(() => markActive(store, 'fedcba9876543210' as Invocation['id'])).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  unmarkActive(store, invocation.id);
  unchanged();
});

test.each(['.index.jsonl', '.index-seen'])('in place of %s: nothing is written through it', (name) => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const { path, unchanged } = elsewhere(store, 'file');
  rmSync(join(store.dir, name), { force: true });
  symlinkSync(join(path, 'file'), join(store.dir, name));
  writeFinalRecord(store, invocation, 'build', recordOf('build'));
  newInvocation(store);
  unchanged();
});

test.each(['.notices', '.notices/repository', 'a notice'])('in place of %s: nothing is left there, told or taken', (which) => {
  using temp = temporaryStore();
  const { store } = temp;
  const { id } = newInvocation(store);
  const { path, unchanged } = elsewhere(store, `${id}-build`);
  const notices = join(store.stateDir, '.notices');
  const place = { '.notices': notices, '.notices/repository': join(notices, store.repoId), 'a notice': join(notices, store.repoId, `${id}-build`) }[which] ?? '';
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(which === 'a notice' ? join(path, `${id}-build`) : path, place);
  expect(takeNotices(store)).toEqual([]);
  if (which !== 'a notice') expect(() => leaveNotice(store, { id, dir: 'test', line: 'failed' })).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  unchanged();
});

test('what somebody else has planned is no plan', { skip: process.getuid?.() !== 0 }, () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  publishPlan(store, invocation, planOf('build'), {});
  expect(readPlan(store, invocation.id)?.jobs).toHaveLength(1);
  chownSync(join(store.dir, invocation.id, 'plan.json'), 61_918, 61_918);
  expect(readPlan(store, invocation.id)).toBeUndefined();
});
