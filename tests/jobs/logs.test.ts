import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { followLog, readLog, readLogTail } from '../../src/jobs';
import { beginRecord, outputLogPath } from '../../src/logstore';
import { temporaryDirectory } from '../fs/temporary';
import { newInvocation, temporaryStore } from '../logstore/support';
import { recordOf } from '../support/stored';

function readAll(path: string): { text: string; end: string } {
  const pieces = readLog(path);
  let text = '';
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return { text, end: value };
    text += value.toString();
  }
}

test('a log is read whole, or from its end', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'output.log');
  writeFileSync(path, 'one\ntwo');
  expect(readAll(path)).toEqual({ text: 'one\ntwo', end: 'open-line' });
  expect(readLogTail(path, { maxBytes: 3 })).toEqual({ bytes: Buffer.from('two'), beginsWithin: true });
  expect(readLogTail(path, { maxBytes: 99 })).toEqual({ bytes: Buffer.from('one\ntwo'), beginsWithin: false });
});

describe.each([
  ['nothing', () => {}],
  ['a FIFO that nobody writes to', (path: string) => execFileSync('mkfifo', [path])],
  ['a directory', (path: string) => mkdirSync(path)],
  ['a link to a file of somebody else', (path: string) => symlinkSync('/etc/passwd', path)],
])('where the log should be is %s', (_, put) => {
  test('it counts as missing', () => {
    using temp = temporaryDirectory();
    const path = join(temp.path, 'output.log');
    put(path);
    expect(readAll(path)).toEqual({ text: '', end: 'missing' });
    expect(readLogTail(path, { maxBytes: 99 })).toBeUndefined();
  });

  test('the job is followed to its end all the same', async () => {
    using temp = temporaryStore();
    const { store } = temp;
    const invocation = newInvocation(store);
    beginRecord(store, invocation, 'build').publish(recordOf('build'));
    const path = outputLogPath(store, invocation.id, 'build');
    rmSync(path);
    put(path);
    const ended = await followLog(
      { id: invocation.id, dir: 'build' },
      {
        store,
        now: () => new Date(),
        launcher: null,
        warn: (text) => expect.fail(text),
        tellBadPolicy: (line) => expect.fail(line),
        coordinatorLive: false,
        signal: new AbortController().signal,
        write: async (chunk) => expect.fail(chunk.toString()),
      },
    );
    expect(ended).toMatchObject({ status: 'completed', sizeBytes: null });
  });
});
