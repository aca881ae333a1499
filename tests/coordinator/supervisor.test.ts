import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { deferred } from '../../src/coordinator/deferred';
import { LogWatch } from '../../src/coordinator/log-watch';
import { Supervisor } from '../../src/coordinator/supervisor';
import { currentIdentity } from '../../src/process';
import { waitFor } from '../support';
import { type Repository, temporaryRepository } from './dispatch';

function supervisorOf({ store }: Repository): Supervisor {
  return new Supervisor({ store, self: currentIdentity(), now: () => new Date(), log: pino({ enabled: false }), logWatch: new LogWatch() }, () => {});
}

test('the jobs of a command that has yet to end are accepted, and start when it has', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'build' }, { name: 'test', needs: ['build'] }]);
  const supervisor = supervisorOf(repo);
  const ended = deferred<void>();
  expect(supervisor.takeUp(fire.id, { startAfter: ended.promise })).toBe(2);
  for (let turns = 0; turns < 20; turns += 1) await turn();
  expect(supervisor.counts).toEqual({ running: 0, pending: 2 });
  expect(repo.statuses(fire.id)).toEqual({ build: 'pending', test: 'pending' });

  ended.resolve();
  await waitFor('the end of the plan', () => supervisor.isQuiet);
  expect(repo.statuses(fire.id)).toEqual({ build: 'completed', test: 'completed' });
});

test('what has not been started yet can be cancelled', async () => {
  await using repo = await temporaryRepository();
  const fire = repo.publish([{ name: 'build' }]);
  const supervisor = supervisorOf(repo);
  supervisor.takeUp(fire.id, { startAfter: deferred<void>().promise });
  expect(supervisor.cancel(() => true, { kill: false })).toEqual(['build']);
  await waitFor('the end of the plan', () => supervisor.isQuiet);
  expect(repo.statuses(fire.id)).toEqual({ build: 'cancelled' });
});
