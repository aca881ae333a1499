import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadWorktreeConfig, parseConfig } from '../../src/config/daft-yml';
import { writeFiles } from '../support';

let root: string;
let cacheDir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daft-texts-'));
  cacheDir = join(root, 'cache/daft');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const directory = () => join(cacheDir, 'config');
const entries = () => readdirSync(directory());
const onlyEntry = () => join(directory(), entries()[0]!);
const rcOf = async (text: string) => {
  const loaded = await parseConfig(text, 'x', cacheDir);
  return loaded.kind === 'loaded' ? loaded.config.rc : loaded.kind;
};
/** So that an answer tells where it comes from. */
function markEntry(): void {
  writeFileSync(onlyEntry(), readFileSync(onlyEntry(), 'utf8').replace('"content":{"unknownKeys":[],"rc":"parsed"', '"content":{"unknownKeys":[],"rc":"remembered"'));
}

test('a text is parsed once, and known in every worktree where it stands', async () => {
  expect(await rcOf('rc: parsed')).toBe('parsed');
  markEntry();
  expect(await rcOf('rc: parsed')).toBe('remembered');
  writeFiles(root, { 'a/daft.yml': 'rc: parsed', 'b/.config/daft.yaml': 'rc: parsed' });
  for (const worktree of ['a', 'b']) expect(await loadWorktreeConfig(join(root, worktree), cacheDir)).toMatchObject({ config: { rc: 'remembered' } });
  expect(entries()).toHaveLength(1);
});

test('another text is another entry, and a hook of its own file is not taken for a configuration', async () => {
  writeFiles(root, { 'daft.yml': 'jobs: []', 'post-clone.yml': 'jobs: []' });
  const load = () => loadWorktreeConfig(root, cacheDir);
  const first = await load();
  expect(first).toMatchObject({ config: { unknownKeys: ['jobs'], hooks: { 'post-clone': { jobs: [] } } } });
  expect(await load()).toEqual(first);
  expect(entries()).toHaveLength(2);
});

test.each([
  ['cut short', (entry: string) => entry.slice(0, -5)],
  ['empty', () => ''],
  ['no object', () => 'null'],
  ['of another grammar', (entry: string) => entry.replace('"grammar":"test"', '"grammar":"older"')],
  ['of another text', (entry: string) => entry.replace('"text":"rc: parsed"', '"text":"rc: other"')],
])('an entry that is %s counts as none, and is replaced', async (_what, damage) => {
  await rcOf('rc: parsed');
  const whole = readFileSync(onlyEntry(), 'utf8');
  markEntry();
  writeFileSync(onlyEntry(), damage(readFileSync(onlyEntry(), 'utf8')));
  expect(await rcOf('rc: parsed')).toBe('parsed');
  expect(readFileSync(onlyEntry(), 'utf8')).toBe(whole);
});

test('what is broken is not remembered', async () => {
  await rcOf('rc: parsed');
  expect(await rcOf('rc: [')).toBe('broken');
  expect(entries()).toHaveLength(1);
});

test('nobody else can read it, and what others could have written is not believed', async () => {
  await rcOf('rc: parsed');
  expect(statSync(directory()).mode & 0o777).toBe(0o700);
  expect(statSync(onlyEntry()).mode & 0o777).toBe(0o600);
  markEntry();
  chmodSync(directory(), 0o770);
  expect(await rcOf('rc: parsed')).toBe('parsed');
  expect(await rcOf('rc: new')).toBe('new');
  expect(entries()).toHaveLength(1);
});

test('the oldest entries make room', async () => {
  await rcOf('rc: parsed');
  const oldest = onlyEntry();
  utimesSync(oldest, 1, 1);
  for (let index = 0; index < 120; index += 1) writeFileSync(join(directory(), `config-${index}`), '');
  await rcOf('rc: newest');
  expect(entries()).toHaveLength(100);
  expect(entries()).not.toContain(oldest);
});

test('where nothing can be kept, everything is read all the same', async () => {
  mkdirSync(join(root, 'cache'));
  writeFileSync(cacheDir, 'a file in its place');
  expect(await rcOf('rc: parsed')).toBe('parsed');
  expect(await rcOf('rc: parsed')).toBe('parsed');
});
