import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogWatch } from '../../src/coordinator/log-watch';
import { start } from '../../src/coordinator/client';
import { temporaryHome, waitFor } from '../support';
import { coordinatorLog, temporaryRepository } from './dispatch';

const kib = 1024;
const reason = 'Output exceeded the limit of 64KB (daft.jobs.logLimit)';

test('a job that runs away is stopped and has failed, with the reason as the last line of its log; the others go on', async () => {
  await using repo = await temporaryRepository();
  const quiet = repo.puppet('quiet');
  const fire = await repo.dispatch(
    [{ name: 'runaway', command: 'trap "exit 0" TERM; while :; do echo xxxxxxxxxxxxxxx; done' }, { name: 'next', needs: ['runaway'] }, quiet.job],
    { logLimitBytes: 64 * kib },
  );
  expect(await repo.ended(fire, 'runaway', 'failed')).toMatchObject({ exitCode: null });
  const lines = repo.log(fire, 'runaway')!.split('\n');
  expect(lines.slice(-2)).toEqual([reason, '']);
  expect(lines.length).toBeGreaterThan((64 * kib) / 16);
  await repo.ended(fire, 'next', 'skipped');
  await quiet.puppet.exit(0);
  await repo.ended(fire, 'quiet', 'completed');
});

test('the log of a silent job is kept then, and a torn last line is ended before the reason', async () => {
  await using repo = await temporaryRepository();
  const fire = await repo.dispatch([{ name: 'long', command: 'printf %065537d 0; exec sleep 300', backgroundOutput: 'silent' }], { logLimitBytes: 64 * kib });
  await repo.ended(fire, 'long', 'failed');
  expect(repo.log(fire, 'long')).toBe(`${'0'.repeat(65537)}\n${reason}\n`);
});

test('a log of just the limit is within it, and a plan without limit has none', async () => {
  await using repo = await temporaryRepository();
  const { puppet, job } = repo.puppet('later');
  const print = { name: 'full', command: `head -c ${64 * kib} /dev/zero; ${repo.theatre.commandFor('full')}` };
  const full = repo.theatre.puppet('full');
  const fire = await repo.dispatch([print], { logLimitBytes: 64 * kib });
  const unlimited = await repo.dispatch([{ ...job, command: `yes | head -c ${128 * kib}; ${job.command}` }]);
  const over = await repo.dispatch([{ name: 'over', command: `head -c ${64 * kib + 1} /dev/zero; exec sleep 300` }], { logLimitBytes: 64 * kib });
  await full.started();
  await puppet.started();
  await repo.ended(over, 'over', 'failed'); // so that somebody has looked at the other two since
  await full.exit(0);
  await puppet.exit(0);
  await repo.ended(fire, 'full', 'completed');
  await repo.ended(unlimited, 'later', 'completed');
});

test('an adopted job is held to the limit of its plan', async () => {
  await using repo = await temporaryRepository();
  const go = join(repo.home.root, 'go');
  const fire = await repo.dispatch([{ name: 'runaway', command: `while [ ! -e ${go} ]; do sleep 0.02; done; while :; do echo xxxxxxxxxxxxxxx; done` }], { logLimitBytes: 64 * kib });
  await repo.running(fire, 'runaway');
  for (const pid of repo.coordinators()) process.kill(pid, 'SIGKILL');
  await waitFor('the coordinator to be dead', () => repo.coordinators().length === 0);
  await start(repo.store, repo.launcher);
  await waitFor('the adoption', () => coordinatorLog(repo.store).includes('"msg":"adopted"'));
  writeFileSync(go, '');
  expect(await repo.ended(fire, 'runaway', 'failed')).toMatchObject({ exitCode: null });
  expect(repo.log(fire, 'runaway')!.endsWith(`\n${reason}\n`)).toBe(true);
});

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('where no log is looked at there is no timer, and a log that is gone stops nobody', async () => {
  await using home = await temporaryHome();
  const logs = new LogWatch();
  const exceeded: string[] = [];
  const path = join(home.root, 'log');
  const before = timers();
  const deleted = logs.add(join(home.root, 'deleted'), 0, () => exceeded.push('deleted'));
  const log = logs.add(path, 3, () => exceeded.push('log'));
  expect(timers()).toBe(before + 1);
  log[Symbol.dispose]();
  deleted[Symbol.dispose]();
  expect(timers()).toBe(before);

  appendFileSync(path, 'four');
  logs.add(join(home.root, 'deleted'), 0, () => exceeded.push('deleted'));
  logs.add(path, 3, () => exceeded.push('log'));
  await waitFor('the look', () => exceeded.length > 0);
  expect(exceeded).toEqual(['log']);
});
