// Does to daft what nobody should, over and over, with the real program, and looks for what was lost.
//
//   npm run chaos -- coordinator-kill --count 300 --seed 7
//   npm run chaos -- cold-start --count 50
//
// Prints count and seed first (the same seed strikes in the same places) and one line with the result at the end; exits
// with 1 if anything was lost, done twice, told wrongly, late, or left behind.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { coldStart } from '../tests/chaos/cold-start.mjs';
import { coordinatorKill } from '../tests/chaos/coordinator-kill.mjs';
import { randomOf } from '../tests/chaos/random.mjs';
import { launcher, openWorld } from '../tests/chaos/world.mjs';

const trials = { 'coordinator-kill': { run: coordinatorKill, count: 300 }, 'cold-start': { run: coldStart, count: 50 } };

const { positionals, values } = parseArgs({ allowPositionals: true, options: { count: { type: 'string' }, seed: { type: 'string' } } });
const trial = trials[positionals[0]];
const count = Number(values.count ?? trial?.count);
const seed = Number(values.seed ?? Date.now() % 1_000_000);

if (trial === undefined || positionals.length > 1 || !Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  process.stderr.write(`usage: npm run chaos -- (${Object.keys(trials).join(' | ')}) [--count <n>] [--seed <n>]\n`);
  process.exitCode = 2;
} else if (!existsSync(launcher)) {
  process.stderr.write('no test bundle yet: npm run build -- --test\n');
  process.exitCode = 2;
} else {
  await play();
}

async function play() {
  process.stdout.write(`${positionals[0]}: ${count} times, seed ${seed}\n`);
  const begun = performance.now();
  const violations = [];
  const world = openWorld();
  const violation = (text) => {
    violations.push(text);
    process.stdout.write(`VIOLATION ${text}\n`);
  };
  let facts = '';
  try {
    facts = await trial.run(world, { count, random: randomOf(seed), violation });
    for (const left of await world.leftovers()) violation(`left behind: ${left}`);
  } finally {
    world.close();
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${violations.length === 0 ? 'held' : `${violations.length} VIOLATIONS`}: ${facts}, ${seconds} s\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
