// Does to daft what nobody should, over and over, with the real program, and looks for what was lost.
//
//   npm run chaos -- coordinator-kill --count 300 --seed 7
//   npm run chaos -- cold-start --short
//
// The trials are the modules in tests/chaos/trials: each says how often it is done, in a `long` run and in the `short` one
// that npm test makes, and what it does.
//
// Prints count and seed first (the same seed strikes in the same places) and one line with the result at the end; exits
// with 1 if anything was lost, done twice, told wrongly, late, or left behind.

import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { randomOf } from '../tests/chaos/random.mjs';
import { launcher, openWorld } from '../tests/chaos/world.mjs';

const directory = new URL('../tests/chaos/trials/', import.meta.url);
const names = readdirSync(directory).map((file) => file.replace(/\.mjs$/, ''));

const { positionals, values } = parseArgs({ allowPositionals: true, options: { count: { type: 'string' }, seed: { type: 'string' }, short: { type: 'boolean' } } });
const [name = ''] = positionals;
const trial = names.includes(name) ? await import(new URL(`${name}.mjs`, directory)) : undefined;
const count = Number(values.count ?? (values.short ? trial?.counts.short : trial?.counts.long));
const seed = Number(values.seed ?? Date.now() % 1_000_000);

if (trial === undefined || positionals.length > 1 || !Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  process.stderr.write(`usage: npm run chaos -- (${names.join(' | ')}) [--count <n> | --short] [--seed <n>]\n`);
  process.exitCode = 2;
} else if (!existsSync(launcher)) {
  process.stderr.write('no test bundle yet: npm run build -- --test\n');
  process.exitCode = 2;
} else {
  await play();
}

/** For what this machine does not let us try: in sight, and no failure. */
function skip(text) {
  process.stdout.write(`SKIPPED ${text}\n`);
}

async function play() {
  process.stdout.write(`${name}: ${count} times, seed ${seed}\n`);
  const begun = performance.now();
  const violations = [];
  const world = openWorld();
  const violation = (text) => {
    violations.push(text);
    process.stdout.write(`VIOLATION ${text}\n`);
  };
  let facts = '';
  try {
    facts = await trial.run(world, { count, random: randomOf(seed), violation, skip });
    for (const left of await world.leftovers()) violation(`left behind: ${left}`);
  } finally {
    world.close();
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${violations.length === 0 ? 'held' : `${violations.length} VIOLATIONS`}: ${facts}, ${seconds} s\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
