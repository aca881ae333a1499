import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import {
  beginRecord,
  claimJob,
  ensureJobDir,
  jobDirPath,
  listInvocationIds,
  noteExcess,
  outputLogPath,
  readInvocation,
  readJobs,
  readMarks,
  requestCancel,
  writeFinalRecord,
  writeRunningRecord,
  type JobRecord,
} from '../../src/logstore';
import { formatRecord, parseRecord } from '../../src/logstore/record-file';
import { withFault } from '../fs/temporary';
import { recordOf } from '../support/stored';
import { newInvocation, temporaryStore } from './support';

const date = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const text = fc.string({ unit: 'grapheme' });
const anyRecord: fc.Arbitrary<JobRecord> = fc.record({
  name: text,
  hookType: text,
  worktree: text,
  command: text,
  workingDir: text,
  env: fc.dictionary(text.filter((key) => key !== '__proto__'), text),
  startedAt: date,
  status: fc.constantFrom('running', 'completed', 'failed', 'cancelled', 'skipped', 'crashed', 'unknown'),
  exitCode: orNull(fc.integer()),
  pid: orNull(fc.nat()),
  background: fc.boolean(),
  finishedAt: orNull(date),
  needs: fc.array(text),
  retentionSeconds: orNull(fc.nat()),
  maxLogSizeBytes: orNull(fc.nat()),
  logTruncated: fc.boolean(),
  originalSizeBytes: orNull(fc.nat()),
  backgroundOutput: fc.constantFrom('log', 'silent', null),
  pidStart: orNull(text),
  owner: orNull(fc.record({ pid: fc.nat(), start: orNull(text), boot: text, host: text })),
  timeoutSecs: orNull(fc.nat()),
});

test('a record is read as it was written', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(parseRecord(formatRecord(record, undefined))).toEqual({ ...record, env: { ...record.env } });
    }),
  );
});

test('whatever lies in its place, a record is read or not, and never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRecord(text)));
});

test('the file has the fields of the schema, in its order and spacing', () => {
  const file = formatRecord(recordOf('build', { status: 'running' }), undefined);
  expect(file).toContain('\n  "status": "running",\n');
  expect(file).toContain('\n  "started_at": "2026-04-28T19:24:49.000Z",\n');
  expect(Object.keys(JSON.parse(file) as object)).toEqual(
    ('name hook_type worktree command working_dir env started_at status exit_code pid background finished_at needs retention_seconds ' +
      'max_log_size_bytes log_truncated original_size_bytes background_output pid_start owner timeout_secs').split(' '),
  );
});

test('name, status and start are all a reader needs', () => {
  const minimal = { name: 'a', status: 'paused', started_at: '2026-04-28T21:24:48.123456789+02:00' };
  expect(parseRecord(JSON.stringify(minimal))).toMatchObject({ name: 'a', status: 'unknown', startedAt: new Date('2026-04-28T19:24:48.123Z'), needs: [], owner: null });
  for (const key of Object.keys(minimal)) expect(parseRecord(JSON.stringify({ ...minimal, [key]: undefined }))).toBeUndefined();
  expect(parseRecord(JSON.stringify({ ...minimal, started_at: 'yesterday' }))).toBeUndefined();
});

test('a rewritten record keeps the fields it does not know, and a status it cannot know', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const path = join(jobDirPath(store, invocation.id, 'build'), 'meta.json');
  ensureJobDir(store, invocation, 'build');
  writeFileSync(path, JSON.stringify({ name: 'build', status: 'running', started_at: '2026-04-28T19:24:48Z', colour: 'blue' }));
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build'))).toBe('written');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ status: 'completed', colour: 'blue' });
  expect(formatRecord(recordOf('a', { status: 'unknown' }), { status: 'paused' })).toContain('"status": "paused"');
});

test('a start is written once: whoever comes second does not answer for the job', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  expect(writeRunningRecord(store, invocation, 'build', recordOf('build', { status: 'running', pid: 11 }))).toBe('written');
  expect(writeRunningRecord(store, invocation, 'build', recordOf('build', { status: 'running', pid: 12 }))).toBe('already-there');
  expect(readJobs(store, invocation.id)).toMatchObject([{ record: { pid: 11 } }]);
});

test('an end is never overwritten, neither by a start nor by another end', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  expect(writeRunningRecord(store, invocation, 'build', recordOf('build', { status: 'running', finishedAt: null }))).toBe('written');
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build'), { replaceBy: 'log' })).toBe('written');
  expect(writeRunningRecord(store, invocation, 'build', recordOf('build', { status: 'running' }))).toBe('already-there');
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build', { status: 'crashed' }), 'remove')).toBe('already-ended');
  expect(readJobs(store, invocation.id)).toMatchObject([{ kind: 'recorded', record: { status: 'completed' }, logSizeBytes: 3 }]);
});

test('the end takes the marks along, and leaves the claim', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const dir = jobDirPath(store, invocation.id, 'build');
  expect(claimJob(store, invocation, 'build')).toBe('claimed');
  expect(claimJob(store, invocation, 'build')).toBe('taken');
  requestCancel(store, invocation, 'build');
  requestCancel(store, invocation, 'build');
  writeFileSync(join(dir, 'pid'), '4711\n');
  writeFileSync(join(dir, 'exit'), '143\n');
  noteExcess(store, invocation.id, 'build', { kind: 'log-limit', bytes: 65_536 });
  noteExcess(store, invocation.id, 'build', { kind: 'timeout', afterSecs: 2 });
  expect(readMarks(store, invocation.id, 'build')).toMatchObject({
    startedAt: expect.any(Date) as Date,
    pid: 4711,
    exit: { exitCode: 143 },
    cancelRequested: true,
    excess: { kind: 'log-limit', bytes: 65_536 },
  });
  writeFinalRecord(store, invocation, 'build', recordOf('build', { status: 'cancelled', exitCode: null }));
  expect(readdirSync(dir).toSorted()).toEqual(['meta.json', 'started']);
});

test.each(['', '12', '0\n', '1\n', '-5\n', '99999999999\n', 'x\n', '\0\0\0'])('a pid mark that is not whole or no group counts as missing: %j', (mark) => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  ensureJobDir(store, invocation, 'build');
  writeFileSync(join(jobDirPath(store, invocation.id, 'build'), 'pid'), mark);
  expect(readMarks(store, invocation.id, 'build')).toMatchObject({ pid: null, pidMarkedAt: null });
});

test('the log has reached its last state before the record says that the job has ended', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  ensureJobDir(store, invocation, 'silent');
  writeFileSync(outputLogPath(store, invocation.id, 'silent'), 'chatter');
  using _ = withFault('record: log settled:EIO');
  expect(() => writeFinalRecord(store, invocation, 'silent', recordOf('silent'), 'remove')).toThrow(expect.objectContaining({ code: 'EIO' }));
  expect(readdirSync(jobDirPath(store, invocation.id, 'silent'))).toEqual([]);
});

test.each([
  ['a directory', (log: string) => mkdirSync(log)],
  ['a FIFO', (log: string) => execFileSync('mkfifo', [log])],
  ['a link', (log: string) => symlinkSync('/nowhere/at/all', log)],
])('%s in the place of a log keeps no end back', (_, plant) => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  for (const [dir, change] of [['silent', 'remove'], ['late', { appendLine: 'why' }]] as const) {
    ensureJobDir(store, invocation, dir);
    plant(outputLogPath(store, invocation.id, dir));
    expect(writeFinalRecord(store, invocation, dir, recordOf(dir), change)).toBe('written');
  }
});

test('an explanation becomes the last line of the log, once, whatever the job printed before', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const cases = [
    ['a', 'half a line', 'half a line\nwhy\n'],
    ['b', 'line\n', 'line\nwhy\n'],
    ['c', '', 'why\n'],
    ['d', undefined, 'why\n'],
    ['e', 'and why\n', 'and why\nwhy\n'],
    ['f', 'half a line\nwhy\n', 'half a line\nwhy\n'], // of a try that failed after this
    ['g', 'why\n', 'why\n'],
  ] as const;
  for (const [dir, before, after] of cases) {
    ensureJobDir(store, invocation, dir);
    const log = outputLogPath(store, invocation.id, dir);
    if (before !== undefined) writeFileSync(log, before);
    writeFinalRecord(store, invocation, dir, recordOf(dir, { status: 'failed' }), { appendLine: 'why' });
    expect(readFileSync(log, 'utf8')).toBe(after);
  }
});

test('on a full disk the end is tried once more', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  ensureJobDir(store, invocation, 'build');
  writeFileSync(join(jobDirPath(store, invocation.id, 'build'), '.tmp-1-left'), 'x');
  using _ = withFault('fs: write@1:ENOSPC');
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build'))).toBe('written');
  expect(readdirSync(jobDirPath(store, invocation.id, 'build'))).toEqual(['meta.json']);
});

test('an index that cannot be written keeps no record back', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  using _ = withFault('index: append:ENOSPC');
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build'))).toBe('written');
  expect(readJobs(store, invocation.id)).toHaveLength(1);
});

test('a record that is being made is invisible until it is published as a whole', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  const making = beginRecord(store, invocation, 'lint');
  making.append(Buffer.from('one\n'));
  expect(readJobs(store, invocation.id)).toEqual([]);
  making.append(Buffer.from('two\n'));
  making.publish(recordOf('lint', { background: false }));
  making.discard();
  expect(readJobs(store, invocation.id)).toMatchObject([{ kind: 'recorded', dir: 'lint', logSizeBytes: 8, record: { background: false } }]);
  expect(readdirSync(join(store.dir, invocation.id)).toSorted()).toEqual(['invocation.json', 'lint']);
});

test('a discarded record leaves nothing, and neither does one that cannot be published', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  beginRecord(store, invocation, 'lint').discard();
  using _ = withFault('record: spooled:ENOSPC');
  const making = beginRecord(store, invocation, 'lint');
  expect(() => making.publish(recordOf('lint'))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  expect(readdirSync(join(store.dir, invocation.id))).toEqual(['invocation.json']);
});

test('what the disk refuses at its birth leaves nothing', () => {
  using temp = temporaryStore();
  const { store } = temp;
  {
    using _ = withFault('fs: write:ENOSPC');
    expect(() => newInvocation(store)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  }
  expect(listInvocationIds(store)).toEqual([]);
  const invocation = newInvocation(store);
  using _ = withFault('record: before log:EMFILE');
  expect(() => beginRecord(store, invocation, 'lint')).toThrow(expect.objectContaining({ code: 'EMFILE' }));
  expect(readdirSync(join(store.dir, invocation.id))).toEqual(['invocation.json']);
});

test('a claim that cannot say what for is not taken', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  {
    using _ = withFault('fs: write:ENOSPC');
    expect(() => claimJob(store, invocation, 'build', 'never-started\n')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  }
  expect(claimJob(store, invocation, 'build', 'never-started\n')).toBe('claimed');
  expect(readMarks(store, invocation.id, 'build').purpose).toBe('never-started\n');
});

test('a record is published into a directory that only holds a claim', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  claimJob(store, invocation, 'build');
  const making = beginRecord(store, invocation, 'build');
  making.append(Buffer.from('inline\n'));
  making.publish(recordOf('build'));
  expect(readdirSync(jobDirPath(store, invocation.id, 'build')).toSorted()).toEqual(['meta.json', 'output.log', 'started']);
  expect(readdirSync(join(store.dir, invocation.id)).toSorted()).toEqual(['build', 'invocation.json']);
});

test('a store that was deleted under a writer comes back with its invocation', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  rmSync(store.stateDir, { recursive: true });
  expect(writeFinalRecord(store, invocation, 'build', recordOf('build'), { appendLine: 'end' })).toBe('written');
  rmSync(store.stateDir, { recursive: true });
  beginRecord(store, invocation, 'lint').publish(recordOf('lint'));
  expect(readInvocation(store, invocation.id)).toEqual(invocation);
  expect(readJobs(store, invocation.id).map((job) => job.dir)).toEqual(['lint']);
});

test('directories and files are private', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  beginRecord(store, invocation, 'lint').publish(recordOf('lint'));
  const modes = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const mode = (statSync(join(path, entry.name)).mode & 0o777).toString(8);
      return entry.isDirectory() ? [mode, ...modes(join(path, entry.name))] : [mode];
    });
  expect(new Set(modes(join(store.stateDir, 'jobs')))).toEqual(new Set(['700', '600']));
});

test('a repository directory holds invocations and hidden names only', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  beginRecord(store, invocation, 'lint').publish(recordOf('lint'));
  expect(readdirSync(store.dir).filter((name) => !name.startsWith('.'))).toEqual([invocation.id]);
  expect(listInvocationIds(store)).toEqual([invocation.id]);
});

// 12.4: what is broken is shown, and hides nobody.
test.each([
  ['a missing record', (dir: string) => mkdirSync(dir)],
  ['an empty record', (dir: string) => put(dir, '')],
  ['a truncated record', (dir: string) => put(dir, '{\n  "name": "bad",\n  "sta')],
  ['a record full of zeros', (dir: string) => put(dir, '\0'.repeat(500))],
  ['a record that is an array', (dir: string) => put(dir, '[]')],
  ['a directory as record', (dir: string) => mkdirSync(join(dir, 'meta.json'), { recursive: true })],
  ['a FIFO as record', (dir: string) => { mkdirSync(dir); execFileSync('mkfifo', [join(dir, 'meta.json')]); }],
  ['invalid UTF-8', (dir: string) => put(dir, Buffer.from([0x7b, 0xff, 0xfe]))],
])('%s is listed as unreadable beside its neighbours', (_, spoil) => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  beginRecord(store, invocation, 'good').publish(recordOf('good'));
  spoil(jobDirPath(store, invocation.id, 'bad'));
  expect(readJobs(store, invocation.id).map(({ kind, dir }) => [kind, dir])).toEqual([['recorded', 'good'], ['unreadable', 'bad']]);
});

function put(dir: string, content: string | Buffer): void {
  mkdirSync(dir);
  writeFileSync(join(dir, 'meta.json'), content);
}

test('hidden names and files are no jobs', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  mkdirSync(jobDirPath(store, invocation.id, '.deleting-old'));
  mkdirSync(jobDirPath(store, invocation.id, '.writing-new'));
  writeFileSync(jobDirPath(store, invocation.id, 'notes.txt'), '');
  expect(readJobs(store, invocation.id)).toEqual([]);
});

test('an invocation without readable file is pieced together from its jobs', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  beginRecord(store, invocation, 'b').publish(recordOf('b', { startedAt: new Date('2026-04-28T19:30:00Z') }));
  beginRecord(store, invocation, 'a').publish(recordOf('a', { startedAt: new Date('2026-04-28T19:20:00Z'), worktree: 'other' }));
  writeFileSync(join(store.dir, invocation.id, 'invocation.json'), 'broken');
  expect(readInvocation(store, invocation.id)).toEqual({
    id: invocation.id,
    trigger: 'unknown',
    hookType: 'worktree-post-create',
    worktree: 'other',
    createdAt: new Date('2026-04-28T19:20:00Z'),
  });
  rmSync(join(store.dir, invocation.id), { recursive: true });
  expect(readInvocation(store, invocation.id)).toBe('gone');
  expect(existsSync(join(store.dir, invocation.id))).toBe(false);
});

test('jobs come in order of start, then name', () => {
  using temp = temporaryStore();
  const { store } = temp;
  const invocation = newInvocation(store);
  for (const [name, second] of [['c', 1], ['b', 2], ['a', 2], ['d', 0]] as const) {
    beginRecord(store, invocation, name).publish(recordOf(name, { startedAt: new Date(1_700_000_000_000 + second * 1000) }));
  }
  expect(readJobs(store, invocation.id).map((job) => job.dir)).toEqual(['d', 'c', 'a', 'b']);
});
