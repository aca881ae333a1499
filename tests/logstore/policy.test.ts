import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergePolicy, readPolicy, type RepoPolicy } from '../../src/logstore';
import { temporaryStore } from './support';

const none: RepoPolicy = { maxTotalSizeBytes: null, keepLast: null, staleRunningAfterSeconds: null };
const silent = (text: string): never => {
  throw new Error(`unexpected: ${text}`);
};

test('nothing stored is nothing set, and no complaint', () => {
  using temp = temporaryStore();
  expect(readPolicy(temp.store, silent)).toEqual(none);
});

test('a value given wins, one not given keeps what is stored, and foreign fields stay', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const path = join(store.dir, 'repo-policy.json');
  mergePolicy(store, { ...none, keepLast: 0, maxTotalSizeBytes: 5 }, silent);
  expect(readFileSync(path, 'utf8')).toBe('{\n  "version": 1,\n  "max_total_size_bytes": 5,\n  "keep_last": 0,\n  "stale_running_after_seconds": null\n}\n');
  writeFileSync(path, readFileSync(path, 'utf8').replace('{', '{ "colour": "blue",'));
  mergePolicy(store, { ...none, keepLast: 2 }, silent);
  expect(readPolicy(store, silent)).toEqual({ ...none, keepLast: 2, maxTotalSizeBytes: 5 });
  expect(readFileSync(path, 'utf8')).toContain('"colour": "blue"');
});

test('what is stored already is not written again', () => {
  using temp = temporaryStore();
  const { store } = temp;
  mergePolicy(store, none, silent);
  const before = statSync(join(store.dir, 'repo-policy.json')).ino;
  mergePolicy(store, none, silent);
  expect(statSync(join(store.dir, 'repo-policy.json')).ino).toBe(before);
});

test.each(['', '{"keep_last": 5', '[]', '\0\0'])('a corrupt policy is told in one line, counts as unset, and is replaced: %j', (content) => {
  using temp = temporaryStore();
  const { store } = temp;
  const path = join(store.dir, 'repo-policy.json');
  mkdirSync(store.dir, { recursive: true });
  writeFileSync(path, content);
  const told: string[] = [];
  expect(readPolicy(store, (text) => told.push(text))).toEqual(none);
  expect(told).toEqual([`daft: warning: failed to parse repo policy at ${path}: not a JSON object; using defaults`]);
  mergePolicy(store, { ...none, keepLast: 9 }, (text) => told.push(text));
  expect(readPolicy(store, silent)).toEqual({ ...none, keepLast: 9 });
});

test('values of the wrong kind count as unset', () => {
  using temp = temporaryStore();
  const { store } = temp;
  mkdirSync(store.dir, { recursive: true });
  writeFileSync(join(store.dir, 'repo-policy.json'), '{"keep_last": -1, "max_total_size_bytes": "5", "stale_running_after_seconds": 1.5}');
  expect(readPolicy(store, silent)).toEqual(none);
});
