import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCoordinator, temporaryHome, temporaryRepository, waitFor } from '../support';
import type { TemporaryRepository } from '../support';

/** Fires `worktree-post-create` for the worktree the test stands in. */
async function fire(repository: TemporaryRepository): Promise<void> {
  await repository.daft('hooks', 'trust', '--force');
  const ran = await repository.daft('hooks', 'run', 'worktree-post-create');
  expect(ran.exitCode, ran.stderr).toBe(0);
}

/** A hook with a job that goes on, and one that waits for it. */
function hookWith(job: string): string {
  return `{ jobs: [{ name: ${job}, background: true, run: exec sleep 300 }, { name: after-${job}, background: true, needs: [${job}], run: 'true' }] }`;
}

interface Row {
  name: string;
  status: string;
  invocation_short: string;
  trigger_command: string;
}

async function list(repository: TemporaryRepository, ...args: string[]): Promise<Row[]> {
  const { stdout } = await repository.daft('hooks', 'jobs', '--format', 'json', ...args);
  return JSON.parse(stdout) as Row[];
}

describe('arguments are judged before any repository is looked for', () => {
  test.each([
    [['--status', 'bogus'], `error: invalid value 'bogus' for '--status <STATUS>'`],
    [['--all', '--worktree', 'x'], `error: the argument '--all' cannot be used with '--worktree <NAME>'`],
    [['--failed', '--status', 'failed'], `error: the argument '--status <STATUS>' cannot be used with '--failed'`],
    [['--last', '0'], `error: invalid value '0' for '--last [N]': not a positive integer`],
    [['--last=-1'], `error: invalid value '-1' for '--last [N]': not a positive integer`],
    [['--last', '2', 'list', '--last', 'two'], `error: invalid value 'two' for '--last [N]': not a positive integer`],
    [['--json'], `error: unexpected argument '--json' found`],
    [['cancel'], 'error: cancel requires a job address, --all or --inv'],
    [['cancel', '--kill'], 'error: cancel requires a job address, --all or --inv'],
    [['cancel', '--all', 'build'], `cannot be used with`],
    [['cancel', 'build', '--hook', 'post-clone'], `error: the argument '--hook <TYPE>' cannot be used with '[ADDRESS]'`],
    [['cancel', 'build', '--worktree', 'main'], `error: the argument '--worktree <NAME>' cannot be used with '[ADDRESS]'`],
    [['cancel', '--all', '--older-than', '5m'], `error: the argument '--older-than <DUR>' cannot be used with '--all'`],
    [['cancel', '--older-than', '5'], `error: invalid value '5' for '--older-than <DUR>': invalid duration: 5 (expected suffix d/h/m/s)`],
    [['wait', '--timeout', '5'], `error: invalid value '5' for '--timeout <DUR>': invalid duration: 5 (expected suffix d/h/m/s)`],
    [['retry', 'build', '--hook', 'post-clone'], 'cannot be used with'],
    [['retry', '--inv', '12', '--job', 'build'], 'cannot be used with'],
    [['logs'], 'error: the following required arguments were not provided:'],
  ])('%o', async (args, message) => {
    await using home = await temporaryHome();
    const ran = await home.daft(['hooks', 'jobs', ...args]);
    expect(ran.stderr).toContain(message);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('outside a repository there is nothing to list', async () => {
    await using home = await temporaryHome();
    const ran = await home.daft(['hooks', 'jobs']);
    expect(ran.stderr).toContain('Are you inside a git repository?');
    expect(ran.exitCode).toBe(1);
  });
});

describe('the listing', () => {
  test('without history says so, in the words of each format', async () => {
    await using repository = await temporaryRepository();
    expect(await repository.daft('hooks', 'jobs')).toMatchObject({ exitCode: 0, stdout: 'No background job history found.\n' });
    expect((await repository.daft('hooks', 'jobs', '--format', 'json')).stdout).toBe('[]\n');
    expect((await repository.daft('hooks', 'jobs', '--format', 'ndjson')).stdout).toBe('');
    expect((await repository.daft('hooks', 'jobs', '--format', 'tsv')).stdout).toMatch(/^invocation_id\t.*\tsize_bytes\n$/);
  });

  test('shows jobs of every kind, filters invocations, and knows other worktrees', async () => {
    await using repository = await temporaryRepository();
    const install = await repository.puppet('install', { background: false });
    await repository.puppet('build', { background: true, needs: ['install'] });
    await repository.puppet('deploy', { background: true, needs: ['build'] });
    const fired = fire(repository);
    await install.exit(0);
    await fired;
    await waitFor('build to be recorded', () => repository.records().some((job) => job.name === 'build'));

    const { stdout } = await repository.daft('hooks', 'jobs');
    expect(stdout).toMatch(/^> main\n\n● \ds ago · hooks run worktree-post-create \[[0-9a-f]{4}\]\n│\n/);
    expect(stdout).toMatch(/│ {4}→ install {3}✓ completed /);
    expect(stdout).toMatch(/│ {4}↪ build {5}⟳ running .*\.\.\. +—\n/);
    expect(stdout).toMatch(/│ {4}↪ deploy {4}○ pending {5}— {10}— {10}—\n╰─╴\n\n$/);

    expect((await list(repository, '--status', 'pending')).map((row) => row.name)).toEqual(['install', 'build', 'deploy']);
    expect(await list(repository, '--status', 'failed')).toEqual([]);
    expect(await list(repository, '--hook', 'post-clone')).toEqual([]);
    const elsewhere = await repository.daft('hooks', 'jobs', '--worktree', 'gone');
    expect(elsewhere.stdout).toBe('No background job history found.\nUse --all to see the jobs of other worktrees.\n');
    await repository.daft('hooks', 'jobs', 'cancel', '--all');
    await repository.daft('hooks', 'jobs', 'wait', '--all');
  });
});

describe('the shortcuts of the listing', () => {
  test('--failed and --last choose invocations, and show how failed jobs ended', async () => {
    await using repository = await temporaryRepository();
    repository.configure(`hooks:
  worktree-post-create:
    fail_mode: warn
    jobs:
      - { name: lint, run: '! test -e broken || { seq 1 9; exit 1; }' }
      - { name: build, background: true, run: 'test ! -e broken || { printf "\\033[31mno rule\\033[0m\\n\\n"; exit 2; }' }
`);
    await fire(repository);
    await repository.daft('hooks', 'jobs', 'wait');
    writeFileSync(join(repository.path, 'broken'), '');
    await repository.daft('hooks', 'run', 'worktree-post-create');
    await repository.daft('hooks', 'jobs', 'wait');
    rmSync(join(repository.path, 'broken'));
    await repository.daft('hooks', 'run', 'worktree-post-create');
    await repository.daft('hooks', 'jobs', 'wait');

    const invocations = [...new Set((await list(repository)).map((row) => row.invocation_short))];
    const [oldest, broken, newest] = invocations;
    const shown = async (...args: string[]) => [...new Set((await list(repository, ...args)).map((row) => row.invocation_short))];
    expect(await shown('--failed')).toEqual([broken]);
    expect(await shown('--last')).toEqual([newest]);
    expect(await shown('--last', '2')).toEqual([broken, newest]);
    expect(await shown('--last', '99')).toEqual([oldest, broken, newest]);
    expect(await shown('--failed', '--last')).toEqual([broken]);
    expect(await shown('--last', '--hook', 'post-clone')).toEqual([]);

    const { stdout } = await repository.daft('hooks', 'jobs', '--failed');
    expect(stdout).toMatch(/│ {4}→ lint {4}✗ failed .*\n│ {6}7\n│ {6}8\n│ {6}9\n│ {4}↪ build {3}✗ failed .*\n│ {6}no rule\n╰─╴\n\n$/);
    expect((await repository.daft('hooks', 'jobs', '--status', 'failed')).stdout).not.toContain('no rule');
    expect((await repository.daft('hooks', 'jobs', '--last', '2')).stdout).toContain('│      no rule\n');
  });
});

describe('logs', () => {
  test('shows the record and the output, and follows until the end', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await fire(repository);
    await build.print('first');

    const shown = await repository.daft('hooks', 'jobs', 'logs', 'build');
    expect(shown.stdout).toMatch(/^RUNNING {2}build {2}\[[0-9a-f]{4}\]\nworktree: {2}main\ntrigger: {3}hooks run worktree-post-create\n/);
    expect(shown.stdout).toMatch(/\n\n--- output ---\nfirst\n\nFull log: \/.*\/output\.log\n$/);

    const following = repository.home.start('daft', ['hooks', 'jobs', 'logs', '--follow', 'build'], { cwd: repository.path });
    await following.says('first');
    await build.print('second');
    await following.says('second');
    await build.exit(3);
    const { stdout, exitCode } = await following.ended;
    expect(stdout).toMatch(/--- output ---\nfirst\nsecond\n\n✗ build failed \(.*\)\n$/);
    expect(exitCode).toBe(1);
  });

  test('follows no more than one job, and that one by the whole id as well', async () => {
    await using repository = await temporaryRepository();
    const follow = async (): Promise<object> => {
      await repository.daft('hooks', 'run', 'worktree-post-create');
      const { stdout: id } = await repository.daft('hooks', 'jobs', '--last', '--template', '{{ items.0.invocation_id }}');
      return repository.daft('hooks', 'jobs', 'logs', '-f', id.trim());
    };
    repository.configure(`hooks: { worktree-post-create: { jobs: [{ name: lint, run: exit 3 }, { name: build, run: echo built }] } }`);
    expect(await follow()).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: Invocation '([0-9a-f]{4})' \(worktree 'main'\) has 2 jobs\. Pick one:\n {2}main:\1:lint\n/) as string,
    });
    repository.configure(`hooks: { worktree-post-create: { jobs: [{ name: lint, run: exit 3 }] } }`);
    expect(await follow()).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/\n✗ lint failed \(\d+ms\)\n$/) as string, stderr: '' });
  });

  test('says once that nothing more can be written, and reads no further', async () => {
    await using repository = await temporaryRepository();
    repository.configure(`hooks: { worktree-post-create: { jobs: [{ name: build, run: echo built }] } }`);
    await fire(repository);
    const [build] = repository.records();
    truncateSync(join(build?.directory ?? '', 'output.log'), 2 ** 34);
    const ran = await repository.home.run('sh', ['-c', 'daft hooks jobs logs build > /dev/full'], { cwd: repository.path, timeout: 5_000 });
    expect(ran).toMatchObject({ exitCode: 1, stderr: 'Error: cannot write to standard output: ENOSPC: no space left on device, write\n' });
  });

  test('tells what an address that leads nowhere could have been', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await fire(repository);
    await build.exit(0);
    const ran = await repository.daft('hooks', 'jobs', 'logs', 'biuld');
    expect(ran).toMatchObject({ exitCode: 1, stderr: `Error: No job named 'biuld' found in worktree 'main'.\nAvailable jobs: build\n` });
  });
});

describe('wait', () => {
  test('prints a line per job in order of ending, and exits by their outcomes', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    const lint = await repository.puppet('lint', { background: true });
    await repository.puppet('test', { background: true, needs: ['lint'] });
    await fire(repository);
    await build.started();
    const terminal = ['--quiet', '--return', '--flush', '--command', 'stty cols 100; NO_COLOR=1 exec daft hooks jobs wait', '/dev/null'];
    const waiting = repository.home.start('script', terminal, { cwd: repository.path });
    await waiting.says(/waiting for (build|lint) \(running\), (build|lint) \(running\), test \(pending\)/);
    await lint.exit(1);
    await waiting.says('test skipped');
    await waiting.says('waiting for build (running)');
    await build.exit(0);
    const { stdout, exitCode } = await waiting.ended;
    const ends = [...stdout.matchAll(/[✓✗—] (\w+ \w+)/g)].map(([, end]) => end);
    expect(new Set(ends)).toEqual(new Set(['build completed', 'lint failed', 'test skipped']));
    expect(ends.at(-1)).toBe('build completed');
    expect(exitCode).toBe(1);
    expect(await repository.daft('hooks', 'jobs', 'wait')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await repository.daft('hooks', 'jobs', 'wait', 'build')).toMatchObject({ exitCode: 0 });
  });

  test('gives up when time is up', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await fire(repository);
    const ran = await repository.daft('hooks', 'jobs', 'wait', '--timeout', '0s');
    expect(ran).toMatchObject({ exitCode: 124, stdout: '', stderr: 'error: timed out after 0s, still active: build\n' });
    await build.exit(0);
    await repository.daft('hooks', 'jobs', 'wait');
  });

  test('a job whose record is gone has not completed', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await fire(repository);
    await build.started();
    const terminal = ['--quiet', '--return', '--flush', '--command', 'stty cols 100; exec daft hooks jobs wait --timeout 20s', '/dev/null'];
    const waiting = repository.home.start('script', terminal, { cwd: repository.path });
    const following = repository.home.start('daft', ['hooks', 'jobs', 'logs', '-f', 'build'], { cwd: repository.path });
    await waiting.says('waiting for build');
    await following.says('--- output ---');
    rmSync(join(repository.home.state, 'jobs'), { recursive: true });
    await waiting.says("the record of job 'build' is gone, and how it ended is not known");
    expect((await waiting.ended).exitCode).toBe(1);
    expect(await following.ended).toMatchObject({ exitCode: 1, stderr: "warning: the record of job 'build' is gone, and how it ended is not known\n" });
    await build.exit(0);
  });

  test('says once that the policy cannot be read, however often it looks', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await fire(repository);
    const [store = ''] = readdirSync(join(repository.home.state, 'jobs'));
    const policy = join(repository.home.state, 'jobs', store, 'repo-policy.json');
    writeFileSync(policy, 'nonsense');
    const complaint = `daft: warning: failed to parse repo policy at ${policy}: not a JSON object; using defaults\n`;
    expect((await repository.daft('hooks', 'jobs')).stderr).toBe(complaint);
    const ran = await repository.daft('hooks', 'jobs', 'wait', '--timeout', '2s'); // it looks after the jobs every second
    expect(ran.stderr).toBe(`${complaint}error: timed out after 2s, still active: build\n`);
    await build.exit(0);
    await repository.daft('hooks', 'jobs', 'wait');
  });
});

describe('cancel', () => {
  test('stops a job and drops the one that needs it', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await repository.puppet('test', { background: true, needs: ['build'] });
    await fire(repository);
    await build.started();
    expect(await repository.daft('hooks', 'jobs', 'cancel', 'build')).toMatchObject({ exitCode: 0, stdout: 'Cancelled job: build\n' });
    await repository.daft('hooks', 'jobs', 'wait');
    expect((await list(repository)).map((row) => [row.name, row.status])).toEqual([
      ['build', 'cancelled'],
      ['test', 'skipped'],
    ]);
    const again = await repository.daft('hooks', 'jobs', 'cancel', 'build');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/^Error: (Job not found or not running: build|No coordinator running for this repository\. Is the job still active\?)\n$/);
  });

  test('stops what survived the end of a job whose leader was killed, and leaves alone what a job left behind in good order', async () => {
    await using repository = await temporaryRepository();
    const [killed, orderly] = [await repository.puppet('killed', { background: true }), await repository.puppet('orderly', { background: true })];
    await fire(repository);
    const { pid } = await killed.started();
    const { pid: left } = await orderly.fork();
    await orderly.exit(1);
    await waitFor('both records', () => repository.records().length === 2);
    const leader = repository.records().find((job) => job.name === 'killed')?.['pid'];
    process.kill(Number(leader), 'SIGKILL');
    await repository.daft('hooks', 'jobs', 'wait');
    const ended = [
      ['killed', 'failed'],
      ['orderly', 'failed'],
    ];
    expect((await list(repository)).map((row) => [row.name, row.status])).toEqual(ended);
    expect(() => process.kill(pid, 0)).not.toThrow();

    expect(await repository.daft('hooks', 'jobs', 'cancel', 'killed')).toMatchObject({ exitCode: 0, stdout: 'Cancelled job: killed\n' });
    await killed.gone();
    expect((await list(repository)).map((row) => [row.name, row.status])).toEqual(ended);
    expect((await repository.daft('hooks', 'jobs', 'cancel', 'killed')).exitCode).toBe(1);
    expect((await repository.daft('hooks', 'jobs', 'cancel', 'orderly')).exitCode).toBe(1);
    process.kill(left, 'SIGKILL');
  });

  test('does it alone when the coordinator hangs, and the listing does not notice', async () => {
    await using repository = await temporaryRepository();
    const build = await repository.puppet('build', { background: true });
    await repository.puppet('test', { background: true, needs: ['build'] });
    await fire(repository);
    await build.started();
    await waitFor('build to be recorded', () => repository.records().some((job) => job.name === 'build'));
    const [coordinator] = repository.home.processes().filter(isCoordinator);
    if (coordinator === undefined) throw new Error('there is no coordinator');
    process.kill(coordinator.pid, 'SIGSTOP');
    try {
      expect((await list(repository)).map((row) => row.status)).toEqual(['running', 'pending']);
      const ran = await repository.daft('hooks', 'jobs', 'cancel', '--all');
      expect(ran).toMatchObject({ exitCode: 0, stdout: 'Cancelled 2 job(s)\n' });
      await build.gone();
      expect((await list(repository)).map((row) => [row.name, row.status])).toEqual([
        ['build', 'cancelled'],
        ['test', 'cancelled'],
      ]);
    } finally {
      process.kill(coordinator.pid, 'SIGCONT');
    }
    await repository.home.waitForQuiet();
    expect((await list(repository)).map((row) => row.status)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('cancel by what jobs have in common', () => {
  test('takes hook, worktree, age and invocation together', async () => {
    await using repository = await temporaryRepository();
    repository.configure(`hooks:\n  worktree-post-create: ${hookWith('build')}\n  post-clone: ${hookWith('fetch')}\n`);
    await fire(repository);
    await repository.daft('hooks', 'run', 'post-clone');
    await waitFor('both to run', () => ['build', 'fetch'].every((name) => repository.records().some((job) => job.name === name)));
    const cancel = (...args: string[]) => repository.daft('hooks', 'jobs', 'cancel', ...args);

    const nothing = { exitCode: 0, stdout: 'No active jobs matched the filter.\n' };
    expect(await cancel('--worktree', 'gone')).toMatchObject(nothing);
    expect(await cancel('--older-than', '1h')).toMatchObject(nothing);
    expect(await cancel('--hook', 'post-clone', '--worktree', 'gone')).toMatchObject(nothing);
    const [{ invocation_short: fetching } = { invocation_short: '' }] = await list(repository, '--hook', 'post-clone');
    expect(await cancel('--inv', fetching, '--hook', 'worktree-post-create')).toMatchObject(nothing);
    expect(await cancel('--inv', fetching, '--worktree', 'main', '--older-than', '0s')).toMatchObject({ exitCode: 0, stdout: 'Cancelled 1 job(s): fetch\n' });
    await repository.daft('hooks', 'jobs', 'wait', '--inv', fetching);
    expect(await cancel('--hook', 'post-clone')).toMatchObject(nothing);
    expect(await cancel('--hook', 'worktree-post-create', '--worktree', 'main')).toMatchObject({
      exitCode: 0,
      stdout: 'Cancelled 2 job(s): build, after-build\n',
    });
    await repository.daft('hooks', 'jobs', 'wait', '--all');
    expect((await list(repository)).map((row) => [row.name, row.status])).toEqual([
      ['build', 'cancelled'],
      ['after-build', 'cancelled'],
      ['fetch', 'cancelled'],
      ['after-fetch', 'skipped'],
    ]);
  });

  test.each([
    ['the coordinator', false],
    ['the command, when the coordinator hangs,', true],
  ])('--kill: %s does not wait for a job that ignores SIGTERM', async (_, hangs) => {
    await using repository = await temporaryRepository();
    const stubborn = await repository.puppet('stubborn', { background: true });
    await fire(repository);
    await stubborn.ignoreTermination();
    await waitFor('its record', () => repository.records().length > 0);
    const [coordinator] = repository.home.processes().filter(isCoordinator);
    if (coordinator === undefined) throw new Error('there is no coordinator');
    if (hangs) process.kill(coordinator.pid, 'SIGSTOP');
    try {
      const begin = performance.now();
      const wanted = hangs ? ['--worktree', 'main'] : ['stubborn'];
      expect((await repository.daft('hooks', 'jobs', 'cancel', '--kill', ...wanted)).stdout).toMatch(/^Cancelled (job: stubborn|1 job\(s\): stubborn)\n$/);
      await stubborn.gone();
      expect(performance.now() - begin).toBeLessThan(4_500); // asked first, it would have had five seconds
    } finally {
      if (hangs) process.kill(coordinator.pid, 'SIGCONT');
    }
    await repository.home.waitForQuiet();
    expect((await list(repository)).map((row) => row.status)).toEqual(['cancelled']);
  });
});

describe('retry', () => {
  test('of an invocation that an unset variable names is refused, though there is but one', async () => {
    await using repository = await temporaryRepository();
    repository.configure(`hooks: { worktree-post-create: { jobs: [{ name: lint, run: exit 3 }] } }`);
    await repository.daft('hooks', 'run', 'worktree-post-create');
    const refused = { exitCode: 1, stdout: '', stderr: "Error: No invocation matching prefix '' in worktree 'main'.\n" };
    expect(await repository.daft('hooks', 'jobs', 'retry', '--inv', '')).toMatchObject(refused);
    expect(await list(repository)).toHaveLength(1);
  });

  test('runs what failed again as a new invocation, foreground part here and the rest behind', async () => {
    await using repository = await temporaryRepository();
    repository.configure(`hooks:
  worktree-post-create:
    jobs:
      - { name: check, run: test -e fixed }
      - { name: build, background: true, run: 'test -e fixed || exit 2; while [ ! -e go ]; do sleep 0.02; done' }
      - { name: deploy, background: true, needs: [build], run: echo deployed }
      - { name: lint, background: true, run: 'true' }
`);
    await repository.daft('hooks', 'trust', '--force');
    await repository.daft('hooks', 'run', 'worktree-post-create');
    await repository.daft('hooks', 'jobs', 'wait');
    writeFileSync(join(repository.path, 'fixed'), '');

    const { stdout, stderr, exitCode } = await repository.daft('hooks', 'jobs', 'retry');
    expect(stdout, stderr).toMatch(
      /^Retried 3 job\(s\) in invocation [0-9a-f]{4} \(1 foreground done, 2 background running\)\. Check status: daft hooks jobs\n$/,
    );
    expect(exitCode).toBe(0);
    const busy = await repository.daft('hooks', 'jobs', 'retry');
    expect(busy).toMatchObject({ exitCode: 1, stderr: 'Error: Cannot retry: 2 job(s) still running (build, deploy). Cancel them first.\n' });
    writeFileSync(join(repository.path, 'go'), '');
    await repository.daft('hooks', 'jobs', 'wait');
    const rows = await list(repository);
    expect(rows.filter((row) => row.trigger_command === 'hooks jobs retry').map((row) => [row.name, row.status])).toEqual([
      ['check', 'completed'],
      ['build', 'completed'],
      ['deploy', 'completed'],
    ]);
    expect(await repository.daft('hooks', 'jobs', 'retry')).toMatchObject({ exitCode: 0, stdout: 'Nothing to retry — all jobs succeeded.\n' });

    const first = rows[0]?.invocation_short ?? '';
    const named = await repository.daft('hooks', 'jobs', 'retry', `${first}:build`);
    expect(named.stdout, named.stderr).toMatch(/^Retried 1 job\(s\) in invocation [0-9a-f]{4} \(1 background running\)\./);
    const completed = await repository.daft('hooks', 'jobs', 'retry', `${first}:lint`);
    expect(completed.stderr).toBe(`Error: Job 'lint' is not in a failed or cancelled state (current: completed).\n`);
    const nowhere = await repository.daft('hooks', 'jobs', 'retry', first, '--cwd', 'nowhere');
    expect(nowhere.stderr).toBe(`Error: --cwd path 'nowhere' does not exist or is not a directory.\n`);
    const unset = await repository.daft('hooks', 'jobs', 'retry', first, '--cwd', '');
    expect(unset.stderr).toBe(`Error: --cwd path '' does not exist or is not a directory.\n`);
    await repository.daft('hooks', 'jobs', 'wait');
  });
});
