import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { groupState, runForeground, terminateGroup, type ForegroundExit, type ForegroundOptions } from '../../src/process';
import { temporaryDirectory } from '../fs/temporary';

interface Run {
  exit: ForegroundExit;
  stdout: string;
  stderr: string;
  tookMs: number;
}

async function run(command: string, more: Partial<ForegroundOptions> = {}): Promise<Run> {
  using temp = temporaryDirectory();
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const before = performance.now();
  const exit = await runForeground({
    command,
    workingDir: temp.path,
    env: { PATH: process.env['PATH'] ?? '' },
    interactive: false,
    timeoutMs: null,
    signal: new AbortController().signal,
    onOutput(chunk, stream) {
      chunks[stream].push(Buffer.from(chunk));
      return undefined;
    },
    ...more,
  });
  const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((parts) => Buffer.concat(parts).toString());
  return { exit, stdout: stdout ?? '', stderr: stderr ?? '', tookMs: performance.now() - before };
}

test('output and exit code arrive, stream by stream', async () => {
  expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({
    exit: { kind: 'exited', exitCode: 3 },
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('the streams can be opened by name, as scripts do', async () => {
  const { stdout, stderr } = await run('echo err >/dev/stderr; echo both | tee /dev/stdout');
  expect(stderr).toBe('err\n');
  expect(stdout).toBe('both\nboth\n');
});

test('all of a large output is there when the job has ended', async () => {
  const { stdout } = await run('head -c 3000000 /dev/zero; printf end');
  expect(stdout).toHaveLength(3_000_003);
  expect(stdout.endsWith('end')).toBe(true);
});

test('a job that ends while its pipe is full is heard to the last byte', async () => {
  for (let round = 0; round < 20; round += 1) expect((await run('head -c 65536 /dev/zero')).stdout).toHaveLength(65_536);
});

test('a grandchild that holds the pipes keeps nobody waiting, and lives on', async () => {
  const { exit, stdout, tookMs } = await run('sleep 60 & echo $$');
  expect(exit).toEqual({ kind: 'exited', exitCode: 0 });
  expect(tookMs).toBeLessThan(2_000);
  const pgid = Number(stdout);
  expect(groupState(pgid)).toBe('alive');
  expect(await terminateGroup(pgid)).toBe('extinct');
});

test('a grandchild that never stops writing keeps nobody waiting either', async () => {
  const { stdout, tookMs } = await run('echo $$; (while :; do echo more; done) & exit 0');
  expect(tookMs).toBeLessThan(5_000);
  expect(await terminateGroup(Number.parseInt(stdout, 10))).toBe('extinct');
});

test('a job leads a session of its own and reads nothing', async () => {
  const { stdout } = await run('ps -o pid=,pgid=,sid= -p $$ | tr -s " "; read line || echo "no input"');
  const [pid, pgid, sid] = stdout.trim().split(/\s+/);
  expect([pgid, sid]).toEqual([pid, pid]);
  expect(stdout).toContain('no input');
});

test('a signal that ends the shell itself is told as such', async () => {
  expect((await run('kill -KILL $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL', exitCode: 137 });
});

test('on timeout the whole group goes, and what was printed before stays', async () => {
  const { exit, stdout } = await run('echo $$; sleep 60 & sleep 60', { timeoutMs: 200 });
  expect(exit).toEqual({ kind: 'timed-out' });
  expect(groupState(Number(stdout))).toBe('extinct');
});

test('an abort ends the group, and comes too late for a job that has ended', async () => {
  const controller = new AbortController();
  const { exit } = await run('echo ready; sleep 60', {
    signal: controller.signal,
    onOutput() {
      controller.abort();
      return undefined;
    },
  });
  expect(exit).toEqual({ kind: 'aborted' });
  expect((await run('echo never', { signal: controller.signal })).exit).toEqual({ kind: 'aborted' });
});

test('a timeout of more than 24 days does not strike at once', async () => {
  expect((await run('sleep 0.05', { timeoutMs: 30 * 86_400_000 })).exit).toEqual({ kind: 'exited', exitCode: 0 });
});

test.each([
  ['a missing directory', { workingDir: '/nonexistent' }, 'working directory /nonexistent does not exist'],
  ['an environment that is too large', { env: { BIG: 'x'.repeat(200_000) } }, 'command and environment are too large for the system (E2BIG)'],
  ['a NUL byte', { command: 'echo \0' }, 'command or environment contains a NUL byte'],
])('%s is a value, with its true reason', async (_, more, message) => {
  expect((await run('true', more)).exit).toMatchObject({ kind: 'not-started', error: { message } });
});

test('an interactive job stays in our group and knows no timeout', async () => {
  using temp = temporaryDirectory();
  const out = join(temp.path, 'out');
  const command = `test "$(ps -o pgid= -p $$ | tr -d ' ')" = "$(ps -o pgid= -p $PPID | tr -d ' ')" && sleep 0.1 && : >"${out}"`;
  expect((await run(command, { interactive: true, timeoutMs: 10 })).exit).toEqual({ kind: 'exited', exitCode: 0 });
  expect(readdirSync(temp.path)).toEqual(['out']);
});

describe('a slow audience', () => {
  const lines = 20_000;
  /** Hears everything a few milliseconds late, and nothing while it is not ready. */
  async function slowAudience() {
    let heard = 0;
    let busy = false;
    let interrupted = false;
    const rest = async () => {
      await pause(5);
      busy = false;
    };
    const ran = await run(`seq ${lines}`, {
      onOutput(chunk) {
        interrupted ||= busy;
        heard += chunk.toString().split('\n').length - 1;
        busy = true;
        return rest();
      },
    });
    return { ...ran, heard, interrupted };
  }

  test('is told all of it, and nothing before it is ready', async () => {
    expect(await slowAudience()).toMatchObject({ exit: { kind: 'exited', exitCode: 0 }, heard: lines, interrupted: false });
  });

  test('makes the job wait, and does not keep Ctrl-C waiting', async () => {
    const controller = new AbortController();
    const never = new Promise<void>(() => {});
    const ended = run('seq 1000000; echo never >&2', {
      signal: controller.signal,
      onOutput() {
        controller.abort();
        return never;
      },
    });
    expect((await ended).exit).toEqual({ kind: 'aborted' });
  });
});
