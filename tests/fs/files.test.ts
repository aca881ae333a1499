import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createExclusive,
  makePrivateDirectory,
  moveToTrashAndRemove,
  openPlainFile,
  publishExclusive,
  readPlainTextIfExists,
  readTextIfExists,
  removeFile,
  writeFileAtomic,
} from '../../src/fs';
import { temporaryDirectory, withFault } from './temporary';

test('a written file has the whole content, is private, and leaves no temp file', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'file');
  writeFileAtomic(path, 'old');
  writeFileAtomic(path, 'ü'.repeat(1_000_000), { fsync: true });
  expect(readFileSync(path, 'utf8')).toBe('ü'.repeat(1_000_000));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(temp.path)).toEqual(['file']);
});

test.each(['fs: before temp', 'fs: write', 'fs: fsync', 'fs: temp written'])(
  'a full disk at "%s" leaves the old content and no temp file',
  (point) => {
    using temp = temporaryDirectory();
    const path = join(temp.path, 'file');
    writeFileSync(path, 'old');
    using _ = withFault(`${point}:ENOSPC`);
    expect(() => writeFileAtomic(path, 'new', { fsync: true })).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(temp.path)).toEqual(['file']);
  },
);

test('a short write is an error and publishes nothing', () => {
  using temp = temporaryDirectory();
  using _ = withFault('fs: write:short');
  expect(() => publishExclusive(join(temp.path, 'file'), 'content')).toThrow(/short write, 3 of 7 bytes/);
  expect(readdirSync(temp.path)).toEqual([]);
});

test('publishing under a name that exists changes nothing, and says so', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'file');
  expect(publishExclusive(path, 'first', { fsync: true })).toBe('published');
  expect(publishExclusive(path, 'second')).toBe('exists');
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(temp.path)).toEqual(['file']);
});

test('a directory that does not exist is reported by its system error', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'none', 'file');
  expect(() => writeFileAtomic(path, '')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(() => createExclusive(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(readTextIfExists(path)).toBeUndefined();
  removeFile(path);
});

test('exclusive creation has one winner, also against a directory of that name', () => {
  using temp = temporaryDirectory();
  expect(createExclusive(join(temp.path, 'mark'))).toBe('created');
  expect(createExclusive(join(temp.path, 'mark'))).toBe('exists');
  mkdirSync(join(temp.path, 'directory'));
  expect(createExclusive(join(temp.path, 'directory'))).toBe('exists');
});

test('reading a FIFO does not wait for a writer', () => {
  using temp = temporaryDirectory();
  execFileSync('mkfifo', [join(temp.path, 'fifo')]);
  expect(readTextIfExists(join(temp.path, 'fifo'))).toBe('');
  const held = openSync(join(temp.path, 'fifo'), 'r+');
  expect(() => readTextIfExists(join(temp.path, 'fifo'))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  closeSync(held);
});

test('reading ends, whatever lies there', () => {
  using temp = temporaryDirectory();
  const huge = join(temp.path, 'huge');
  writeFileSync(huge, '');
  truncateSync(huge, 5 * 2 ** 30);
  symlinkSync('/dev/zero', join(temp.path, 'endless'));
  for (const name of ['huge', 'endless']) expect(() => readTextIfExists(join(temp.path, name))).toThrow(expect.objectContaining({ code: 'EFBIG' }));
  expect(readTextIfExists('/dev/null')).toBe('');
});

test('new directories are private, all the way down', () => {
  using temp = temporaryDirectory();
  makePrivateDirectory(join(temp.path, 'a', 'b'));
  makePrivateDirectory(join(temp.path, 'a', 'b'));
  expect(statSync(join(temp.path, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(join(temp.path, 'a', 'b')).mode & 0o777).toBe(0o700);
});

test('a directory that goes to the trash is gone, even when trash of that name lies there', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'record');
  mkdirSync(join(temp.path, '.deleting-record', 'full'), { recursive: true });
  mkdirSync(join(path, 'sub'), { recursive: true });
  writeFileSync(join(path, 'sub', 'file'), '');
  expect(moveToTrashAndRemove(path)).toBe('removed');
  expect(moveToTrashAndRemove(path)).toBe('gone');
  expect(readdirSync(temp.path)).toEqual(['.deleting-record']);
});

test('trash is invisible from the rename on, whoever dies before it is removed', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'record');
  mkdirSync(path);
  using _ = withFault('fs: moved to trash:EIO');
  expect(() => moveToTrashAndRemove(path)).toThrow(expect.objectContaining({ code: 'EIO' }));
  expect(existsSync(path)).toBe(false);
  rmSync(join(temp.path, '.deleting-record'), { recursive: true });
});

test.runIf(process.platform === 'linux')('a directory that the kernel refuses to make is an error, not an endless attempt', () => {
  expect(() => makePrivateDirectory('/proc/nowhere/daft')).toThrow('ENOENT');
});

test('a file in the place of a directory is an error', () => {
  using temp = temporaryDirectory();
  writeFileSync(join(temp.path, 'file'), '');
  expect(() => makePrivateDirectory(join(temp.path, 'file'))).toThrow('EEXIST');
  expect(() => makePrivateDirectory(join(temp.path, 'file', 'below'))).toThrow('ENOTDIR');
});

test('a device without end is no text', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'file');
  symlinkSync('/dev/zero', path);
  expect(() => readTextIfExists(path)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
  symlinkSync('/dev/null', `${path}-too`);
  expect(readTextIfExists(`${path}-too`)).toBe('');
});

test.each<[string, (path: string) => void, string]>([
  ['a link', (path) => symlinkSync(`${path}-elsewhere`, path), 'ELOOP'],
  ['a link to nothing', (path) => symlinkSync('/nowhere', path), 'ELOOP'],
  ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'EINVAL'],
  ['a directory', (path) => mkdirSync(path), 'EINVAL'],
])('a plain file is not %s', (_, plant, code) => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'file');
  writeFileSync(`${path}-elsewhere`, 'elsewhere');
  plant(path);
  expect(() => readPlainTextIfExists(path)).toThrow(expect.objectContaining({ code }));
  expect(() => openPlainFile(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT)).toThrow();
  expect(readFileSync(`${path}-elsewhere`, 'utf8')).toBe('elsewhere');
  expect(existsSync('/nowhere')).toBe(false);
});

test('a plain file can be asked to be ours', { skip: process.getuid?.() !== 0 }, () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'file');
  writeFileSync(path, 'text');
  expect(readPlainTextIfExists(path, { by: 'us' })).toBe('text');
  expect(readPlainTextIfExists(`${path}-too`, { by: 'us' })).toBeUndefined();
  chownSync(path, 61_918, 61_918);
  expect(readPlainTextIfExists(path)).toBe('text');
  expect(() => readPlainTextIfExists(path, { by: 'us' })).toThrow(expect.objectContaining({ code: 'EACCES' }));
});
