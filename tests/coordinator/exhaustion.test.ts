import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLive, start } from '../../src/coordinator/client';
import { spawnDetached } from '../../src/process';
import { waitFor } from '../support';
import { coordinatorLog, temporaryRepository } from './dispatch';

test.each(['with a socket', 'for this plan alone'])('a plan that cannot be read for want of descriptors is taken up as soon as it can: %s', async (how) => {
  await using repo = await temporaryRepository({ DAFT_FAULT: 'plan: before reading:EMFILE', DAFT_FAULT_IN: 'coordinator' });
  const fire = repo.publish([{ name: 'build' }, { name: 'test', needs: ['build'] }]);
  if (how === 'with a socket') await start(repo.store, repo.launcher);
  else await spawnDetached(process.execPath, [repo.launcher.script, '__coordinator', repo.store.repoId, fire.id], { cwd: repo.home.state, env: repo.launcher.env });
  await repo.ended(fire, 'test', 'completed');
  expect(coordinatorLog(repo.store)).toMatch(/EMFILE.*cannot be taken up/);
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
});

test('a coordinator that has hardly any descriptors runs what it can, fails what it cannot with the reason, and survives', { skip: process.platform !== 'linux', timeout: 30_000 }, async () => {
  await using repo = await temporaryRepository();
  const poor = join(repo.home.root, 'poor.sh');
  writeFileSync(poor, `ulimit -n 28; exec '${process.execPath}' '${repo.launcher.script}' "$@"\n`);
  const names = Array.from({ length: 40 }, (_, i) => `job-${i}`);
  const go = join(repo.home.root, 'go');
  const fire = repo.publish(names.map((name) => ({ name, command: `while [ ! -e ${go} ]; do sleep 0.1; done` })));
  await start(repo.store, { ...repo.launcher, node: '/bin/sh', script: poor });
  const statuses = () => Object.values(repo.statuses(fire.id));
  await waitFor('all to have been tried', () => !statuses().includes('pending'));
  writeFileSync(go, '');
  await waitFor('all to have ended', () => statuses().every((status) => status === 'completed' || status === 'failed'), { within: 20_000 });
  for (const name of names) if (repo.statuses(fire.id)[name] === 'failed') expect(repo.log(fire, name)).toMatch(/EMFILE|too many open files/);
  await waitFor('the coordinator to leave in order', () => repo.coordinators().length === 0);
  expect(coordinatorLog(repo.store)).not.toContain('ended by a defect');
  expect(existsSync(join(repo.store.dir, '.active'))).toBe(false);
});

test('a job whose log finds no room is not failed for it: it is run when there is room again', async () => {
  await using repo = await temporaryRepository({ DAFT_FAULT: 'process: spawn wrapper:ENOSPC', DAFT_FAULT_IN: 'coordinator' });
  const fire = repo.publish([{ name: 'build' }, { name: 'test', needs: ['build'] }]);
  await start(repo.store, repo.launcher);
  await repo.ended(fire, 'test', 'completed');
  expect(repo.statuses(fire.id)).toEqual({ build: 'completed', test: 'completed' });
  expect(coordinatorLog(repo.store)).toMatch(/ENOSPC.*job given up/);
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
});

test.each([
  ['its private name', 1],
  ['its pid file', 2],
])('a coordinator that cannot remove %s goes on, and leaves in order', async (_, passage) => {
  await using repo = await temporaryRepository({ DAFT_FAULT: `fs: before removal@${passage}:EROFS`, DAFT_FAULT_IN: 'coordinator' });
  await start(repo.store, repo.launcher);
  await waitFor('a live coordinator', () => isLive(repo.store));
  await waitFor('the coordinator to leave', () => repo.coordinators().length === 0);
  expect(coordinatorLog(repo.store)).toContain('"because":"idle"');
  expect(coordinatorLog(repo.store)).not.toContain('ended by a defect');
  expect(readdirSync(repo.home.state).filter((name) => name.endsWith('.sock'))).toEqual([]);
});
