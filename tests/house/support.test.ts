import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findGroup, inspect, launcher, openTheatre, temporaryHome, temporaryRepository, waitFor, waitForFile } from '../support';
import { differences, fingerprint } from '../support/tripwire';

describe('a temporary home', () => {
  test('is the home of everything started in it, and carries its tag', async () => {
    await using home = await temporaryHome();
    const ran = await home.run('sh', ['-c', 'echo $HOME; echo $XDG_STATE_HOME; echo $DAFT_TEST_TAG; pwd; git config user.name']);
    expect(ran.stdout.split('\n')).toEqual([home.home, join(home.home, '.local/state'), home.tag, home.work, 'Ada Lovelace', '']);
  });

  test('offers daft under every name it is installed by', async () => {
    await using home = await temporaryHome();
    const ran = await home.run('readlink', ['daft', 'git-daft', 'git-worktree-list', 'daft-go'], { cwd: join(home.root, 'bin') });
    expect(ran.stdout).toBe(`${launcher}\n`.repeat(4));
  });

  test('fails its test when a process is left behind, naming it, and ends it', async () => {
    const home = await temporaryHome();
    const ran = await home.run('sh', ['-c', 'setsid sleep 300 >/dev/null 2>&1 </dev/null & echo $!']);
    const pid = Number(ran.stdout);
    await expect(home[Symbol.asyncDispose]()).rejects.toThrow(/left behind by this test:\n {2}pid \d+, group \d+: sleep 300/);
    expect(inspect(pid)).toBeUndefined();
  });

  test('lends a terminal', async () => {
    await using home = await temporaryHome();
    const ran = await home.onTerminal("sh -c 'test -t 1 && test -t 2 && stty size; exit 7'", { columns: 72, rows: 20 });
    expect(ran).toMatchObject({ stdout: '20 72\n', exitCode: 7 });
  });

  test('waits like a shell for whoever holds the output, and says so when that takes too long', async () => {
    await using home = await temporaryHome();
    const ran = home.run('sh', ['-c', 'sleep 300 & echo $! > pid'], { timeout: 200 });
    await expect(ran).rejects.toThrow('did not end within 200 ms, or left its output open');
    process.kill(Number(readFileSync(join(home.work, 'pid'), 'utf8')));
  });
});

describe('a puppet', () => {
  test('does what it is told, and nothing before', async () => {
    await using home = await temporaryHome();
    await using theatre = await openTheatre(home.root);
    const puppet = theatre.puppet('build');
    expect(puppet.hasStarted).toBe(false);
    const job = home.start('sh', ['-c', theatre.commandFor('build')], { env: { COLOUR: 'blue' } });
    await puppet.print('to stdout');
    await puppet.printError('to stderr');
    expect(await puppet.variable('COLOUR')).toBe('blue');
    expect(job.stdout()).toBe('to stdout\n');
    await puppet.exit(3);
    expect(await job.ended).toMatchObject({ exitCode: 3, stdout: 'to stdout\n', stderr: 'to stderr\n' });
  });

  test('survives SIGTERM when told to ignore it', async () => {
    await using home = await temporaryHome();
    await using theatre = await openTheatre(home.root);
    const puppet = theatre.puppet('stubborn');
    const job = home.start('sh', ['-c', theatre.commandFor('stubborn')]);
    await puppet.ignoreTermination();
    job.signal('SIGTERM');
    await puppet.print('still here');
    await puppet.exit(0);
    expect((await job.ended).exitCode).toBe(0);
  });

  test('leaves a child in its group, and stops itself', async () => {
    await using home = await temporaryHome();
    await using theatre = await openTheatre(home.root);
    const puppet = theatre.puppet('parent');
    // The tests' own group must not be signalled: setsid gives the job one of its own.
    const job = home.start('setsid', ['sh', '-c', theatre.commandFor('parent')]);
    const { pid } = await puppet.started();
    const child = await puppet.fork();
    expect(findGroup(pid).map((member) => member.pid)).toEqual([pid, child.pid]);
    await puppet.stop();
    await waitForFile(`/proc/${pid}/status`, 'State:\tT');
    process.kill(-pid, 'SIGKILL');
    await puppet.gone();
    expect((await job.ended).exitCode).toBe(137);
  });
});

test('a temporary repository is a clone of its remote, with puppets as jobs of its hook', async () => {
  await using repo = await temporaryRepository();
  await repo.puppet('install');
  await repo.puppet('build', { needs: ['install'], background: true });
  expect(await repo.git('rev-parse', '--abbrev-ref', 'main@{upstream}')).toBe('origin/main');
  expect(await repo.git('status', '--porcelain')).toBe('');
  expect(JSON.parse(readFileSync(join(repo.path, 'daft.yml'), 'utf8'))).toMatchObject({
    hooks: { 'worktree-post-create': { jobs: [{ name: 'install' }, { name: 'build', needs: ['install'], background: true }] } },
  });
  expect(repo.records()).toEqual([]);
});

test('waiting in vain says for what, and what was there instead', async () => {
  const waiting = waitFor('the moon', () => false, { within: 1, instead: () => 'only the sun' });
  await expect(waiting).rejects.toThrow('waited 1 ms in vain for the moon; instead:\nonly the sun');
});

describe('the tripwire', () => {
  test.each<[string, (home: string) => void, string]>([
    ['a new file in a directory of daft', (home) => writeFileSync(join(home, '.config/daft/repos.json'), '{}'), '.config/daft/repos.json appeared'],
    ['a changed start-up file', (home) => writeFileSync(join(home, '.bashrc'), 'eval'), '.bashrc changed'],
    ['a new dot file', (home) => writeFileSync(join(home, '.stray'), ''), '.stray appeared'],
    ['a state directory that comes into being', (home) => mkdirSync(join(home, '.local/state/daft'), { recursive: true }), '.local/state/daft appeared'],
  ])('notices %s', (_what, touch, complaint) => {
    const home = mkdtempSync(join(tmpdir(), 'tripwire-'));
    try {
      mkdirSync(join(home, '.config/daft'), { recursive: true });
      mkdirSync(join(home, '.local'));
      writeFileSync(join(home, '.bashrc'), '');
      const before = fingerprint(home);
      expect(differences(before, fingerprint(home))).toEqual([]);
      touch(home);
      expect(differences(before, fingerprint(home))).toContain(join(home, complaint));
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
