import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { currentIdentity, groupState, isAlive, signalGroup, startToken, terminateGroup, type ProcessIdentity } from '../../src/process';
import { inspectJobGroup, leaderlessGroups } from '../../src/process';
import { waitFor } from '../support/wait';

test('we are alive; another host, boot, start or pid is not us', () => {
  const me = currentIdentity();
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, start: null })).toBe(true);
  const others: Partial<ProcessIdentity>[] = [{ host: 'elsewhere' }, { boot: 'earlier' }, { start: '1' }, { pid: 0 }, { pid: -1 }, { pid: 2 ** 22 + 1 }];
  for (const other of others) expect(isAlive({ ...me, ...other })).toBe(false);
});

test('a start token stays the same, and two processes have different ones', async () => {
  const child = spawn('sleep', ['60']);
  const token = startToken(child.pid ?? 0);
  expect(token).toMatch(/^\d+$/);
  expect(startToken(child.pid ?? 0)).toBe(token);
  expect(token).not.toBe(startToken(process.pid));
  child.kill();
  await once(child, 'exit');
  expect(startToken(child.pid ?? 0)).toBeUndefined();
});

test('a zombie is dead, as a process and as a group', async () => {
  // The parent never looks at its child: a shell that has become sleep.
  const parent = spawn('/bin/sh', ['-c', 'setsid sh -c "echo \\$\\$; exec sleep 60" & exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const zombie = Number(output.toString());
  expect(groupState(zombie)).toBe('alive');
  process.kill(zombie, 'SIGKILL');
  await waitFor('the zombie', () => startToken(zombie) === undefined);
  expect(() => process.kill(zombie, 0)).not.toThrow();
  expect(() => process.kill(-zombie, 0)).not.toThrow();
  expect(groupState(zombie)).toBe('extinct');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('group ids 0 and 1 are never signalled, nor anything that is not a group id', () => {
  for (const pgid of [0, 1, -1, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => signalGroup(pgid, 'SIGCONT')).toThrow(RangeError);
    expect(groupState(pgid)).toBe('extinct');
  }
});

test('a group lives as long as one member does', async () => {
  const leader = spawn('/bin/sh', ['-c', 'sleep 60 & :'], { detached: true, stdio: 'ignore' });
  await once(leader, 'exit');
  const pgid = leader.pid ?? 0;
  expect(groupState(pgid)).toBe('alive');
  expect(inspectJobGroup(pgid, { start: null, jobDir: '/j', markedAt: null })).toBe('leaderless');
  expect(await terminateGroup(pgid, { first: 'SIGKILL' })).toBe('extinct');
  expect(inspectJobGroup(pgid, { start: null, jobDir: '/j', markedAt: null })).toBe('extinct');
});

test('a group without leader is the job\'s if a member has its log, or its environment since before the leader went', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'daft-bereft-'));
  const log = join(directory, 'output.log');
  const output = openSync(log, 'a');
  const begunAt = new Date();
  const env = { JOB: directory };
  const leader = spawn('/bin/sh', ['-c', 'sleep 60 & :'], { detached: true, stdio: ['ignore', output, output], env: { ...process.env, ...env } });
  closeSync(output);
  await once(leader, 'exit');
  const pgid = leader.pid ?? 0;
  const nobody = { log: '/j/output.log', env: {}, startedAt: begunAt, leaderGoneAt: new Date(Date.now() + 3_000) };
  const inspect = (traces: Partial<typeof nobody>) => inspectJobGroup(pgid, { start: null, jobDir: '/j', markedAt: null, traces: { ...nobody, ...traces } });
  try {
    expect(inspect({})).toBe('leaderless');
    expect(inspect({ log })).toBe('bereft');
    expect(inspect({ env })).toBe('bereft');
    expect(inspect({ env: { ...env, JOB_TOO: '1' } })).toBe('leaderless');
    expect(inspect({ env, leaderGoneAt: new Date(begunAt.getTime() - 60_000) })).toBe('leaderless');
    expect(inspect({ env, leaderGoneAt: begunAt })).toBe('leaderless');
    expect(inspect({ env, startedAt: new Date(begunAt.getTime() + 60_000) })).toBe('leaderless');
    expect(leaderlessGroups().has(pgid)).toBe(true);
  } finally {
    expect(await terminateGroup(pgid, { first: 'SIGKILL' })).toBe('extinct');
    rmSync(directory, { recursive: true });
  }
  expect(leaderlessGroups().has(pgid)).toBe(false);
});

test('a group that is gone is told so', async () => {
  const child = spawn('true', { detached: true, stdio: 'ignore' });
  await once(child, 'exit');
  expect(signalGroup(child.pid ?? 0, 'SIGCONT')).toBe('gone');
  expect(await terminateGroup(child.pid ?? 0)).toBe('extinct');
});

test('an obedient group is seen to be gone within moments', async () => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  await waitFor('the exec', () => startToken(child.pid ?? 0) !== undefined);
  const before = performance.now();
  expect(await terminateGroup(child.pid ?? 0)).toBe('extinct');
  expect(performance.now() - before).toBeLessThan(200);
});

test('a pid without token is taken for the job only by a start before the mark and the job directory among its arguments', async () => {
  const job = spawn('/bin/sh', ['-c', 'sleep 60; :', 'daft-job', '/état/jobs/x/build'], { detached: true, stdio: 'ignore' });
  const pid = job.pid ?? 0;
  await waitFor('the exec', () => inspectJobGroup(pid, { start: null, jobDir: '/état/jobs/x/build', markedAt: new Date() }) === 'its-own');
  expect(inspectJobGroup(pid, { start: null, jobDir: '/état/jobs/x/buil', markedAt: new Date() })).toBe('foreign');
  expect(inspectJobGroup(pid, { start: null, jobDir: '/état/jobs/x/build', markedAt: new Date(Date.now() - 60_000) })).toBe('foreign');
  const start = startToken(pid) ?? null;
  expect(inspectJobGroup(pid, { start, jobDir: '/moved', markedAt: null })).toBe('its-own');
  expect(inspectJobGroup(pid, { start: '1', jobDir: '/état/jobs/x/build', markedAt: null })).toBe('foreign');
  await terminateGroup(pid);
});
