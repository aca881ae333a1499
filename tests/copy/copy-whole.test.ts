import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyWhole, type CopyOptions } from '../../src/fs';

let root: string;
let options: CopyOptions;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daft-copy-'));
  mkdirSync(join(root, 'from'));
  mkdirSync(join(root, 'staging'));
  options = { staging: join(root, 'staging'), leaveOut: () => false, signal: new AbortController().signal };
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', root]);
  rmSync(root, { recursive: true });
});
const at = (...parts: string[]) => join(root, ...parts);
const copy = (given: Partial<CopyOptions> = {}) => copyWhole(at('from'), at('to'), { ...options, ...given });

test('a copy has the content, modes, times and links of the original', async () => {
  writeFileSync(at('from/file'), 'content');
  chmodSync(at('from/file'), 0o640);
  writeFileSync(at('from/run'), '', { mode: 0o755 });
  mkdirSync(at('from/sub'));
  linkSync(at('from/file'), at('from/sub/twin'));
  symlinkSync('../nowhere', at('from/sub/link'));
  for (const path of ['from/sub/link', 'from/file', 'from/run', 'from/sub', 'from']) if (!path.endsWith('link')) utimesSync(at(path), 1_000_000_000, 1_200_000_000.5);

  expect(await copy()).toBe('copied');
  expect(readFileSync(at('to/file'), 'utf8')).toBe('content');
  expect(readlinkSync(at('to/sub/link'))).toBe('../nowhere');
  expect(['to/file', 'to/run'].map((path) => statSync(at(path)).mode & 0o7777)).toEqual([0o640, 0o755]);
  expect(['to', 'to/sub', 'to/file', 'to/run'].map((path) => statSync(at(path)).mtimeMs)).toEqual(Array(4).fill(1_200_000_000_500));
  expect(statSync(at('to/sub/twin')).ino).toBe(statSync(at('to/file')).ino);
  expect(statSync(at('to/file')).ino).not.toBe(statSync(at('from/file')).ino);
  expect(readdirSync(at('staging'))).toEqual([]);
});

test('directories nobody may write into are copied with all that is in them', async () => {
  mkdirSync(at('from/closed/inner'), { recursive: true });
  writeFileSync(at('from/closed/inner/file'), '');
  for (const path of ['from/closed/inner', 'from/closed', 'from']) chmodSync(at(path), 0o555);
  expect(await copy()).toBe('copied');
  expect(['to', 'to/closed', 'to/closed/inner'].map((path) => statSync(at(path)).mode & 0o7777)).toEqual([0o555, 0o555, 0o555]);
});

test('sockets and FIFOs are passed over', async () => {
  execFileSync('mkfifo', [at('from/fifo')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('from/socket'), resolve));
  writeFileSync(at('from/file'), '');
  expect(await copy()).toBe('copied');
  await new Promise((resolve) => server.close(resolve));
  expect(readdirSync(at('to'))).toEqual(['file']);
  expect(await copyWhole(at('from/fifo'), at('other'), options)).toBe('left out');
});

test('what is left out is not there, nor anything below it', async () => {
  mkdirSync(at('from/other/deep'), { recursive: true });
  writeFileSync(at('from/other/deep/file'), '');
  writeFileSync(at('from/file'), '');
  expect(await copy({ leaveOut: (_path, entries) => entries.some(({ name }) => name === 'deep') })).toBe('copied');
  expect(readdirSync(at('to'))).toEqual(['file']);
  expect(await copyWhole(at('from'), at('none'), { ...options, leaveOut: () => true })).toBe('left out');
  expect(existsSync(at('none'))).toBe(false);
});

test.each(['a file', 'a directory', 'a link that leads nowhere'])('where there is %s, nothing is copied', async (what) => {
  if (what === 'a file') writeFileSync(at('to'), 'mine');
  else if (what === 'a directory') mkdirSync(at('to'));
  else symlinkSync('nowhere', at('to'));
  const before = lstatSync(at('to')).ino;
  expect(await copy()).toBe('taken');
  expect(lstatSync(at('to')).ino).toBe(before);
});

test('what comes into being meanwhile is not overwritten', async () => {
  writeFileSync(at('from/file'), 'theirs');
  const meddle: CopyOptions['leaveOut'] = () => {
    mkdirSync(at('to'));
    writeFileSync(at('to/mine'), 'mine');
    return false;
  };
  expect(await copy({ leaveOut: meddle })).toBe('taken');
  expect(readdirSync(at('to'))).toEqual(['mine']);
  expect(readdirSync(at('staging'))).toEqual([]);
});

test('a single file and a single link are copied, into directories that are made', async () => {
  writeFileSync(at('from/.env'), 'A=1', { mode: 0o600 });
  symlinkSync('.env', at('from/link'));
  expect(await copyWhole(at('from/.env'), at('to/a/b/.env'), options)).toBe('copied');
  expect(await copyWhole(at('from/link'), at('to/a/link'), options)).toBe('copied');
  expect(readFileSync(at('to/a/b/.env'), 'utf8')).toBe('A=1');
  expect(statSync(at('to/a/b/.env'))).toMatchObject({ mode: 0o100600, nlink: 1 });
  expect(readlinkSync(at('to/a/link'))).toBe('.env');
});

test('an interruption leaves nothing', async () => {
  for (let index = 0; index < 50; index += 1) writeFileSync(at('from', `file${index}`), '');
  mkdirSync(at('from/sub'));
  writeFileSync(at('from/sub/file'), '');
  const interruption = new AbortController();
  const interrupt: CopyOptions['leaveOut'] = (path) => {
    if (path.endsWith('sub')) interruption.abort(new Error('enough'));
    return false;
  };
  await expect(copy({ signal: interruption.signal, leaveOut: interrupt })).rejects.toThrow('enough');
  expect(existsSync(at('to'))).toBe(false);
  expect(readdirSync(at('staging'))).toEqual([]);
});

test('a name that is no UTF-8 is a failure, and no half copy', async () => {
  writeFileSync(Buffer.concat([Buffer.from(at('from/')), Buffer.from([0xff, 0x61])]), '');
  await expect(copy()).rejects.toMatchObject({ code: 'EILSEQ' });
  expect(existsSync(at('to'))).toBe(false);
});

test('a large file is copied like any other', async () => {
  writeFileSync(at('from/large'), Buffer.alloc(17 * 1024 * 1024, 'x'));
  expect(await copy()).toBe('copied');
  expect(readFileSync(at('to/large')).equals(readFileSync(at('from/large')))).toBe(true);
});
