import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../../src/coordinator/client';
import { listInvocationIds, readInvocation, type Invocation } from '../../src/logstore';
import { waitFor } from '../support';
import { temporaryRepository, type Repository } from './dispatch';

/** Of another length than our own version: V8 would take its compiled code for that of the same file otherwise. */
const newer = '0.10.0';

/** The package under test as a later version would be installed beside it; returns the path of its launcher. */
function installNewer(repo: Repository): string {
  const ours = dirname(dirname(repo.launcher.script));
  const { version } = JSON.parse(readFileSync(join(ours, 'package.json'), 'utf8')) as { version: string };
  const theirs = join(repo.home.root, 'newer');
  cpSync(ours, theirs, { recursive: true });
  for (const name of ['package.json', ...readdirSync(join(theirs, 'dist')).map((file) => join('dist', file))]) {
    const text = readFileSync(join(theirs, name), 'utf8');
    writeFileSync(join(theirs, name), text.replaceAll(`"${version}"`, `"${newer}"`));
  }
  return join(theirs, 'bin/daft.js');
}

/** Has `script` run a hook with these background jobs, in a clone of the repository's identity. */
async function runHook(repo: Repository, script: string, jobs: readonly string[]): Promise<Invocation> {
  const clone = join(repo.home.work, 'app');
  if (!existsSync(clone)) {
    mkdirSync(clone);
    await repo.home.git(clone, 'init', '--quiet');
    writeFileSync(join(clone, '.git/daft-id'), repo.store.repoId);
  }
  writeFileSync(join(clone, 'daft.yml'), `hooks:\n  worktree-post-create:\n    background: true\n    jobs:\n${jobs.map((job) => `      - ${job}\n`).join('')}`);
  const before = new Set(listInvocationIds(repo.store));
  const ran = await repo.home.run(process.execPath, [script, 'hooks', 'run', 'worktree-post-create'], { cwd: clone });
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  const [id] = listInvocationIds(repo.store).filter((known) => !before.has(known));
  const invocation = readInvocation(repo.store, id!);
  if (invocation === 'gone') throw new Error('the invocation is gone');
  return invocation;
}

async function versionInOffice(repo: Repository): Promise<string | undefined> {
  const answer = await ask(repo.store, 'Ping', { timeoutMs: 1_000 });
  return answer.kind === 'answered' && 'Pong' in answer.response ? answer.response.Pong.daft_version : undefined;
}

const left = (repo: Repository) => waitFor('the coordinators to leave', () => repo.coordinators().length === 0);

test('a later version sends an older coordinator away: that one finishes what it has, all that comes later is for a new one', { timeout: 30_000 }, async () => {
  await using repo = await temporaryRepository();
  const later = installNewer(repo);
  const [old, both, fresh] = ['old', 'both', 'fresh'].map((name) => repo.puppet(name));
  const first = await runHook(repo, repo.launcher.script, [`{ name: old, run: ${JSON.stringify(old!.job.command)} }`, '{ name: after-old, needs: [old], run: "true" }']);
  await old!.puppet.started();
  const [oldOne] = repo.coordinators();
  expect(await waitFor('an answer', () => versionInOffice(repo))).not.toBe(newer);

  const second = await runHook(repo, later, [`{ name: both, run: ${JSON.stringify(both!.job.command)} }`, '{ name: after-both, needs: [both], run: "true" }']);
  await both!.puppet.started();
  await waitFor('the later version in office', async () => (await versionInOffice(repo)) === newer);
  expect(repo.coordinators()).toHaveLength(2);

  const third = await runHook(repo, later, [`{ name: fresh, run: ${JSON.stringify(fresh!.job.command)} }`]);
  await fresh!.puppet.started();
  expect(repo.coordinators()).toHaveLength(2);
  expect((await repo.running(second, 'both')).owner?.pid).toBe(oldOne);
  expect((await repo.running(third, 'fresh')).owner?.pid).not.toBe(oldOne);

  await old!.puppet.exit(0);
  await both!.puppet.exit(3);
  await fresh!.puppet.exit(0);
  await repo.ended(first, 'after-old', 'completed');
  await repo.ended(second, 'both', 'failed');
  await repo.ended(second, 'after-both', 'skipped');
  await repo.ended(third, 'fresh', 'completed');
  expect(repo.theatre.starts).toEqual(['old', 'both', 'fresh']);
  await left(repo);
  expect(existsSync(join(repo.store.dir, '.active'))).toBe(false);
});

test('an older version leaves a later coordinator in office, which runs its jobs', { timeout: 30_000 }, async () => {
  await using repo = await temporaryRepository();
  const later = installNewer(repo);
  const { puppet, job } = repo.puppet('first');
  await runHook(repo, later, [`{ name: first, run: ${JSON.stringify(job.command)} }`]);
  await puppet.started();
  const second = await runHook(repo, repo.launcher.script, ['{ name: second, run: "true" }']);
  await repo.ended(second, 'second', 'completed');
  expect(await versionInOffice(repo)).toBe(newer);
  expect(repo.coordinators()).toHaveLength(1);
  await puppet.exit(0);
});

test('a package that is removed while its coordinator runs jobs is missed by none of them', { timeout: 30_000 }, async () => {
  await using repo = await temporaryRepository();
  const later = installNewer(repo);
  const { puppet, job } = repo.puppet('long');
  const fire = await runHook(repo, later, [
    `{ name: long, run: ${JSON.stringify(job.command)} }`,
    '{ name: broken, needs: [long], run: exit 7 }',
    '{ name: held, needs: [broken], run: "true" }',
    '{ name: stuck, timeout: 1s, needs: [long], run: sleep 300 }',
  ]);
  await puppet.started();
  rmSync(dirname(dirname(later)), { recursive: true });
  await puppet.exit(0);
  expect(await repo.ended(fire, 'broken', 'failed')).toMatchObject({ exitCode: 7 });
  await repo.ended(fire, 'held', 'skipped');
  await repo.ended(fire, 'stuck', 'failed');
  await left(repo);
});
