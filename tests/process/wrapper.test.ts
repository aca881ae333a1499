import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeLeakedDescriptors, groupState, spawnWrapper, terminateGroup, type RunningWrapper, type WrapperOptions } from '../../src/process';
import { judgeExit } from '../../src/process/wrapper';
import { wrapperScript } from '../../src/process/wrapper-script';
import { temporaryDirectory } from '../fs/temporary';
import { waitFor } from '../support/wait';

interface Stage extends Disposable {
  readonly dir: string;
  options(command: string, more?: Partial<WrapperOptions>): WrapperOptions;
  start(command: string, more?: Partial<WrapperOptions>): Promise<RunningWrapper>;
  log(): string;
}

function openStage(): Stage {
  const temp = temporaryDirectory();
  const dir = join(temp.path, "a job's \"dir\" $HOME");
  mkdirSync(dir);
  const options: Stage['options'] = (command, more) => ({
    jobDir: dir,
    command,
    workingDir: temp.path,
    env: { PATH: process.env['PATH'] ?? '' },
    umask: 0o22,
    fdLimit: null,
    ...more,
  });
  return {
    dir,
    options,
    async start(command, more) {
      const started = await spawnWrapper(options(command, more));
      if (started.kind === 'failed') throw started.error;
      return started.job;
    },
    log: () => readFileSync(join(dir, 'output.log'), 'utf8'),
    [Symbol.dispose]: () => temp[Symbol.dispose](),
  };
}

const marks = (dir: string): string[] => readdirSync(dir).toSorted();

test('a job leaves its claim, its pid, its output and its exit status', async () => {
  using stage = openStage();
  const job = await stage.start('echo out; echo err >&2; exit 7');
  expect(await job.claim).toBe('held');
  expect(readFileSync(join(stage.dir, 'pid'), 'utf8')).toBe(`${job.pid}\n`);
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 7 });
  expect(stage.log()).toBe('out\nerr\n');
  expect(readFileSync(join(stage.dir, 'exit'), 'utf8')).toBe('7\n');
  expect(marks(stage.dir)).toEqual(['exit', 'output.log', 'pid', 'started']);
  for (const mark of marks(stage.dir)) expect(statSync(join(stage.dir, mark)).mode & 0o777).toBe(0o600);
});

test('a job that is killed ends with 128+N, and its shell says nothing about it in the log', async () => {
  using stage = openStage();
  expect(await (await stage.start('kill -SEGV $$')).exited).toEqual({ kind: 'exited', exitCode: 139 });
  expect(stage.log()).toBe('');
});

test('a claim that is taken is lost: nothing runs, nothing is written', async () => {
  using stage = openStage();
  writeFileSync(join(stage.dir, 'started'), '');
  const job = await stage.start('echo never');
  expect(await job.claim).toBe('lost');
  expect(await job.exited).toEqual({ kind: 'lost-claim' });
  expect(marks(stage.dir)).toEqual(['output.log', 'started']);
  expect(stage.log()).toBe('');
});

test('a link in the place of a mark is not written through, and the job runs all the same', async () => {
  using stage = openStage();
  const elsewhere = join(stage.dir, 'elsewhere');
  writeFileSync(elsewhere, 'precious');
  for (const mark of ['pid', 'exit']) symlinkSync(elsewhere, join(stage.dir, mark));
  const job = await stage.start('echo out; exit 7');
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 7 });
  expect(stage.log()).toBe('out\n');
  expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
});

test('of many wrappers that start at once exactly one runs the job', async () => {
  using stage = openStage();
  const jobs = await Promise.all(Array.from({ length: 12 }, () => stage.start('echo once')));
  const exits = await Promise.all(jobs.map((job) => job.exited));
  expect(exits.filter((exit) => exit.kind === 'exited')).toHaveLength(1);
  expect(exits.filter((exit) => exit.kind === 'lost-claim')).toHaveLength(11);
  expect(stage.log()).toBe('once\n');
});

test('a wrapper that came to nothing is told apart by what it left', () => {
  using stage = openStage();
  expect(judgeExit(stage.dir, 1, 'lost')).toEqual({ kind: 'unclaimed' }); // a full disk, a directory that is gone
  expect(judgeExit(stage.dir, 'SIGKILL', 'lost')).toEqual({ kind: 'vanished', signal: 'SIGKILL' });
  expect(judgeExit(stage.dir, 3, 'held')).toEqual({ kind: 'exited', exitCode: 3 }); // its mark could not be written
  writeFileSync(join(stage.dir, 'exit'), '14'); // not whole
  expect(judgeExit(stage.dir, 'SIGKILL', 'held')).toEqual({ kind: 'vanished', signal: 'SIGKILL' });
  writeFileSync(join(stage.dir, 'exit'), '143\n');
  expect(judgeExit(stage.dir, 'SIGKILL', 'held')).toEqual({ kind: 'exited', exitCode: 143 });
});

test('a job whose directory is removed meanwhile still reports its exit status', async () => {
  using stage = openStage();
  const job = await stage.start('read line <fifo; exit 3', { workingDir: stage.dir, ...fifoIn(stage.dir) });
  await job.claim;
  const fifo = join(stage.dir, 'fifo');
  const writer = spawn('/bin/sh', ['-c', 'exec 3>"$1"; rm -rf "$2"; echo >&3', 'sh', fifo, stage.dir]);
  await once(writer, 'exit');
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 3 });
});

function fifoIn(dir: string): object {
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  return {};
}

test('a job that was cancelled before its claim is not run, and ends as if by SIGTERM', async () => {
  using stage = openStage();
  writeFileSync(join(stage.dir, 'cancel'), '');
  expect(await (await stage.start('echo never')).exited).toEqual({ kind: 'exited', exitCode: 143 });
  expect(stage.log()).toBe('');
});

test.each(['INT', 'TERM', 'HUP'])('SIG%s to the group ends the job, and the wrapper survives to report it', async (name) => {
  using stage = openStage();
  const job = await stage.start('echo ready; exec sleep 60');
  await waitFor('the job to be ready', () => stage.log() === 'ready\n');
  process.kill(-job.pid, `SIG${name}`);
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: { INT: 130, TERM: 143, HUP: 129 }[name] });
});

test('a job may handle TERM and exit as it likes', async () => {
  using stage = openStage();
  const job = await stage.start('trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.05; done');
  await waitFor('the job to be ready', () => stage.log() === 'ready\n');
  expect(await terminateGroup(job.pid)).toBe('extinct');
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 5 });
  expect(stage.log()).toMatch(/bye\n$/); // its shell may have told before that the sleep was terminated
});

test('a job that ignores TERM is killed after the grace period, its wrapper with it', async () => {
  using stage = openStage();
  const job = await stage.start('trap "" TERM; echo ready; sleep 60 & wait; sleep 60');
  await waitFor('the job to be ready', () => stage.log() === 'ready\n');
  expect(await terminateGroup(job.pid, { graceMs: 50 })).toBe('extinct');
  expect(await job.exited).toEqual({ kind: 'vanished', signal: 'SIGKILL' });
  expect(groupState(job.pid)).toBe('extinct');
});

test('a job acts on the first signal from the moment its claim is known', async () => {
  for (let round = 0; round < 25; round += 1) {
    using stage = openStage();
    const job = await stage.start('sleep 60');
    await job.claim;
    process.kill(-job.pid, 'SIGTERM');
    expect(await job.exited).toEqual({ kind: 'exited', exitCode: 143 });
  }
});

test('a cancel that is on disk before the signal is never lost, however early both come', async () => {
  for (let round = 0; round < 25; round += 1) {
    using stage = openStage();
    const job = await stage.start('sleep 60');
    await waitFor('the pid mark', () => existsSync(join(stage.dir, 'pid')));
    writeFileSync(join(stage.dir, 'cancel'), '');
    process.kill(-job.pid, 'SIGTERM');
    expect(await job.exited).toEqual({ kind: 'exited', exitCode: 143 });
    expect(await job.claim).toBe('held');
  }
});

test('a stopped job is continued and ends', async () => {
  using stage = openStage();
  const job = await stage.start('echo ready; exec sleep 60');
  await waitFor('the job to be ready', () => stage.log() === 'ready\n');
  process.kill(-job.pid, 'SIGSTOP');
  expect(await terminateGroup(job.pid)).toBe('extinct');
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 143 });
});

test('the end of the leader is the end of the job; what it left behind lives on', async () => {
  using stage = openStage();
  const job = await stage.start('sleep 60 & echo started');
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 0 });
  expect(groupState(job.pid)).toBe('alive');
  expect(await terminateGroup(job.pid)).toBe('extinct');
});

test('the result outlives whoever started the wrapper', async () => {
  using stage = openStage();
  const script = join(stage.dir, '..', 'script.sh');
  writeFileSync(script, wrapperScript);
  writeFileSync(join(stage.dir, 'output.log'), '');
  // A reader of descriptor 4 that is gone before the claim is announced: SIGPIPE must not end the wrapper.
  const starter = 'exec 3>>"$1/output.log"; { sleep 0.2; setsid sh "$2" "$1" "echo done; exit 4" 22 - - 4>&1 1>&2; } | true';
  const shell = spawn('/bin/sh', ['-c', starter, 'sh', stage.dir, script], { stdio: 'ignore' });
  await once(shell, 'exit');
  await waitFor('the exit mark', () => existsSync(join(stage.dir, 'exit')) && readFileSync(join(stage.dir, 'exit'), 'utf8') === '4\n');
  expect(stage.log()).toBe('done\n');
});

test('the command arrives as it is: quotes, newlines, dollar signs, dashes, multibyte', async () => {
  using stage = openStage();
  const job = await stage.start(`echo "it's"\necho 'a "b" \\ $x'; echo '-n %s ü'`);
  expect(await job.exited).toEqual({ kind: 'exited', exitCode: 0 });
  expect(stage.log()).toBe(`it's\na "b" \\ $x\n-n %s ü\n`);
});

test.each([
  ['a NUL byte', { command: 'echo a\0b' }, /NUL byte/],
  ['a command that is too long', { command: `: ${'x'.repeat(200_000)}` }, /too large for the system \(E2BIG\)/],
  ['a missing directory', { workingDir: '/nonexistent/dir' }, /^working directory \/nonexistent\/dir does not exist$/],
  ['a file as directory', { workingDir: '/etc/passwd' }, /^working directory \/etc\/passwd is not a directory$/],
])('%s is refused in words, and leaves no claim', async (_, more, message) => {
  using stage = openStage();
  const started = await spawnWrapper(stage.options('true', more));
  expect(started).toMatchObject({ kind: 'failed', error: { message: expect.stringMatching(message) as unknown } });
  expect(marks(stage.dir).filter((mark) => mark !== 'output.log')).toEqual([]);
});

test('a failing spawn is a value', async () => {
  using stage = openStage();
  process.env['DAFT_FAULT'] = 'process: spawn wrapper:EAGAIN';
  try {
    const started = await spawnWrapper(stage.options('true'));
    expect(started).toMatchObject({ kind: 'failed', error: { message: 'cannot start /bin/sh: resource temporarily unavailable (EAGAIN)' } });
  } finally {
    delete process.env['DAFT_FAULT'];
  }
});

test('a job has the descriptors 0, 1 and 2, whatever else was inherited here', async () => {
  using stage = openStage();
  closeLeakedDescriptors();
  await (await stage.start('ls /proc/$$/fd; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2')).exited;
  const log = join(stage.dir, 'output.log');
  expect(stage.log().split('\n')).toEqual(['0', '1', '2', '/dev/null', log, log, '']);
});

// What the job sees, with each shell that may stand behind /bin/sh.
const shells = [
  ['dash', ['dash']],
  ['bash as sh', ['bash', '--posix']],
  ['busybox', ['busybox', 'ash']],
] as const;

test.each(shells.filter(([, [program]]) => isInstalled(program)))('under %s the job sees nothing of the wrapper', async (_, [program, ...args]) => {
  using stage = openStage();
  const look = [
    'for fd in 0 1 2 3 4 5 6 7 8 9; do if test -e /proc/$$/fd/$fd; then echo "open: $fd"; fi; done',
    'echo "limit: $(ulimit -S -n)"',
    'echo "umask: $(umask)"',
    'echo "args: $0 $#"',
    'grep -E "^Sig(Ign|Blk)" /proc/self/status',
    'env | sort | grep -v -e "^_=" -e "^PWD=" -e "^OLDPWD="',
  ].join('\n');
  const env = { PATH: process.env['PATH'] ?? '', SHLVL: '3', IFS_OF_MINE: 'x' };
  const direct = execFileSync('/bin/sh', ['-c', 'env | sort | grep -v -e "^_=" -e "^PWD=" -e "^OLDPWD="'], { env, encoding: 'utf8' });
  const child = spawn(program, [...args, '-c', wrapperScript, 'daft-job', stage.dir, look, '27', '512', '3'], {
    env,
    cwd: stage.dir,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', appendTo(join(stage.dir, 'output.log')), 'pipe'],
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(stage.log()).toBe(
    `open: 0\nopen: 1\nopen: 2\nlimit: 512\numask: 0027\nargs: /bin/sh 0\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n${direct}`,
  );
  expect(readFileSync(join(stage.dir, 'exit'), 'utf8')).toBe('0\n');
});

test.each(shells.filter(([, [program]]) => isInstalled(program)))('under %s the wrapper survives TERM and reports it', async (_, [program, ...args]) => {
  using stage = openStage();
  const child = spawn(program, [...args, '-c', wrapperScript, 'daft-job', stage.dir, 'echo ready; exec sleep 60', '22', '-', '-'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', appendTo(join(stage.dir, 'output.log')), 'pipe'],
  });
  await waitFor('the job to be ready', () => stage.log() === 'ready\n');
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  expect(await once(child, 'exit')).toEqual([143, null]);
  expect(readFileSync(join(stage.dir, 'exit'), 'utf8')).toBe('143\n');
});

test('a log that cannot be opened is a failure to start', async () => {
  using stage = openStage();
  mkdirSync(join(stage.dir, 'output.log'));
  expect(await spawnWrapper(stage.options('true'))).toMatchObject({ kind: 'failed' });
});

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, program)));
}

function appendTo(path: string): number {
  return openSync(path, 'a', 0o600); // until the end of the test process
}
