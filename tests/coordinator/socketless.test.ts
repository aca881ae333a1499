import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLive, start } from '../../src/coordinator/client';
import { socketPlaces } from '../../src/coordinator/client/socket-path';
import type { Invocation } from '../../src/logstore';
import { waitFor } from '../support';
import { coordinatorLog, temporaryRepository, type Repository } from './dispatch';

const noSocket = { DAFT_FAULT: 'election: before socket:EPERM', DAFT_FAULT_IN: 'coordinator' };

/**
 * A repository whose coordinators can bind no socket: the path beside the state is too long for one, and the short one is
 * refused, as by a file system that knows none. Its commands run in a clone.
 */
async function withoutSockets(): Promise<{ repo: Repository; daft: (...args: string[]) => ReturnType<Repository['home']['daft']> } & AsyncDisposable> {
  const repo = await temporaryRepository(noSocket, { stateDirectory: 'a'.repeat(100) });
  const clone = join(repo.home.work, 'app');
  mkdirSync(clone);
  await repo.home.git(clone, 'init', '--quiet');
  writeFileSync(join(clone, '.git/daft-id'), repo.store.repoId);
  return {
    repo,
    daft: (...args) => repo.home.daft(args, { cwd: clone, env: { ...noSocket, DAFT_STATE_DIR: repo.store.stateDir } }),
    [Symbol.asyncDispose]: () => repo[Symbol.asyncDispose](),
  };
}

const left = (repo: Repository) => waitFor('the coordinators to leave', () => repo.coordinators().length === 0);

async function exitAll(repo: Repository, ends: readonly { fire: Invocation; name: string; code: number }[]): Promise<void> {
  for (const { fire, name, code } of ends) {
    await repo.theatre.puppet(name).exit(code);
    await repo.ended(fire, name, code === 0 ? 'completed' : 'failed');
  }
}

test('where no socket can be bound, plan after plan is run once, by coordinators that nobody can reach', async () => {
  await using stage = await withoutSockets();
  const { repo } = stage;
  const [build, lint] = [repo.puppet('build'), repo.puppet('lint')];
  const first = await repo.dispatch([build.job, { name: 'test', needs: ['build'], command: `echo test >>${repo.home.root}/ran` }]);
  await build.puppet.started();
  expect(await isLive(repo.store)).toBe(false);
  const second = await repo.dispatch([lint.job]);
  await lint.puppet.started();
  expect(repo.coordinators()).toHaveLength(2); // the other one could not be told

  await exitAll(repo, [{ fire: second, name: 'lint', code: 3 }, { fire: first, name: 'build', code: 0 }]);
  await repo.ended(first, 'test', 'completed');
  await left(repo);
  expect(readFileSync(join(repo.home.root, 'ran'), 'utf8')).toBe('test\n');
  expect(coordinatorLog(repo.store)).toContain('no socket: working without one');
  expect(existsSync(join(repo.store.dir, '.active'))).toBe(false);
});

test('who waits for it without a socket does not start one after the other', async () => {
  await using stage = await withoutSockets();
  const { repo, daft } = stage;
  const { puppet, job } = repo.puppet('build');
  const fire = await repo.dispatch([job, { name: 'test', needs: ['build'] }]);
  await puppet.started();
  await repo.running(fire, 'build');
  expect(await daft('hooks', 'jobs', 'wait', '--all', '--timeout', '3s')).toMatchObject({ exitCode: 124, stderr: expect.stringContaining('still active: build, test') as string });
  expect((await daft('hooks', 'jobs', '--all')).stdout).toMatch(/running .*\n.*pending/);
  expect(repo.coordinators()).toHaveLength(1);
  await puppet.exit(0);
  await repo.ended(fire, 'test', 'completed');
});

test('without a socket a job is cancelled by the command, and the coordinator believes it', async () => {
  await using stage = await withoutSockets();
  const { repo, daft } = stage;
  const fire = await repo.dispatch([{ name: 'long', command: 'sleep 300' }, { name: 'next', needs: ['long'] }, { name: 'fine' }]);
  await repo.running(fire, 'long');
  const cancelled = await daft('hooks', 'jobs', 'cancel', `${fire.id.slice(0, 8)}:long`);
  expect(cancelled, cancelled.stderr).toMatchObject({ exitCode: 0, stdout: 'Cancelled job: long\n' });
  await repo.ended(fire, 'long', 'cancelled');
  await repo.ended(fire, 'next', 'skipped');
  await repo.ended(fire, 'fine', 'completed');
  await left(repo);
});

test('killed without a socket, it is succeeded by whoever the next command starts', async () => {
  await using stage = await withoutSockets();
  const { repo, daft } = stage;
  const { puppet, job } = repo.puppet('build');
  const fire = await repo.dispatch([job, { name: 'test', needs: ['build'] }]);
  await puppet.started();
  await repo.running(fire, 'build');
  for (const pid of repo.coordinators()) process.kill(pid, 'SIGKILL');
  await left(repo);
  const waiting = daft('hooks', 'jobs', 'wait', '--all');
  await waitFor('the adoption', () => coordinatorLog(repo.store).includes('"msg":"adopted"'));
  await puppet.exit(0);
  expect((await waiting).exitCode).toBe(0);
  await repo.ended(fire, 'test', 'completed');
  expect(repo.theatre.starts).toEqual(['build']);
  await left(repo);
});

test('told to go without a socket, it cancels everything and records it', async () => {
  await using stage = await withoutSockets();
  const { repo } = stage;
  const fire = await repo.dispatch([{ name: 'long', command: 'sleep 300' }, { name: 'next', needs: ['long'] }]);
  await repo.running(fire, 'long');
  for (const pid of repo.coordinators()) process.kill(pid, 'SIGTERM');
  await repo.ended(fire, 'long', 'cancelled');
  await repo.ended(fire, 'next', 'cancelled');
  await left(repo);
});

test('where only the file system of the state knows no sockets, both sides meet at the short path', async () => {
  await using repo = await temporaryRepository(noSocket);
  await start(repo.store, repo.launcher);
  await waitFor('a live coordinator', () => isLive(repo.store));
  const { normal, fallback } = socketPlaces(repo.store, process.getuid?.() ?? 0);
  expect([existsSync(normal ?? ''), existsSync(fallback.path)]).toEqual([false, true]);
  await left(repo);
  expect(existsSync(fallback.path)).toBe(false);
});
