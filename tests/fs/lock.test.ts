import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LockTimeout, withFileLock } from '../../src/fs';
import { bootId, hostName, lockHolder } from '../../src/process';
import { temporaryDirectory } from './temporary';

test('a lock is held while the change runs and gone afterwards, also when the change fails', async () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'lock');
  expect(await withFileLock(path, lockHolder(), () => readFileSync(path, 'utf8').split(' ')[0])).toBe(String(process.pid));
  await expect(withFileLock(path, lockHolder(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(temp.path)).toEqual([]);
});

test('a living holder is waited for, and the wait has an end', async () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'lock');
  await withFileLock(path, lockHolder(), async () => {
    await expect(withFileLock(path, lockHolder(), () => {}, { timeoutMs: 30 })).rejects.toThrow(LockTimeout);
  });
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['a process that has ended', async () => `${await deadPid()} 1 ${bootId()} ${hostName()}\n`],
  ['a pid that is somebody else now', () => `${process.pid} 1 ${bootId()} ${hostName()}\n`],
  ['another boot', () => `${process.pid} - another-boot ${hostName()}\n`],
  ['nobody: zeros after a power loss', () => '\0\0\0\0'],
  ['nobody: empty', () => ''],
])('the lock of %s is taken over', async (_, content) => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'lock');
  writeFileSync(path, await content());
  expect(await withFileLock(path, lockHolder(), () => 'mine', { timeoutMs: 1_000 })).toBe('mine');
  expect(readdirSync(temp.path)).toEqual([]);
});

test('the lock of another host is left alone', async () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'lock');
  writeFileSync(path, `${process.pid} 1 ${bootId()} elsewhere\n`);
  await expect(withFileLock(path, lockHolder(), () => {}, { timeoutMs: 20 })).rejects.toThrow(LockTimeout);
});

test('many who find the same dead holder never hold the lock together', async () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'lock');
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(path, `${process.pid} 1 ${bootId()} ${hostName()}\n${round}\n`);
    let inside = 0;
    const change = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(path, lockHolder(), change)));
  }
  expect(readdirSync(temp.path)).toEqual([]);
});

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}
