import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../support';

function chaos(...args: string[]) {
  const ran = spawnSync(process.execPath, [join(checkout, 'scripts/chaos.mjs'), ...args], { encoding: 'utf8', timeout: 280_000 });
  return `${ran.stdout}${ran.stderr}`.trim().split('\n');
}

test('thirty coordinators are killed, and nothing is lost, repeated or left', { timeout: 300_000 }, () => {
  const output = chaos('coordinator-kill', '--count', '30');
  expect(output.filter((line) => !/^(coordinator-kill: 30 times, seed \d+|held: .*)$/.test(line)), output.join('\n')).toEqual([]);
});

test('commands that dispatch at once, cold, come to one coordinator', { timeout: 300_000 }, () => {
  const output = chaos('cold-start', '--count', '12');
  expect(output.filter((line) => !/^(cold-start: 12 times, seed \d+|held: .*)$/.test(line)), output.join('\n')).toEqual([]);
});
