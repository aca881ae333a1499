// Jobs whose names are anything but names, hundreds in one hook, and each recorded in the store: none leads out of it or takes
// the place of another, every one is listed in every format, and can be addressed.

import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { until } from '../world.mjs';

const perFire = 250;

/** How many names. */
export const counts = { long: 10_000, short: 60 };

export async function run(world, { count, random, violation }) {
  world.setUp('hooks: {}\n');
  writeFileSync(join(world.root, 'outside'), '');
  const outside = () => readdirSync(world.root).filter((name) => name !== 'state').toSorted().join('\n');
  const before = outside();
  const tally = { named: 0, listed: 0, addressed: 0 };
  for (let fire = 0; tally.named < count; fire += 1) {
    const names = hostileNames(random, Math.min(perFire, count - tally.named));
    await playFire(world, { names, fire, random, tally, say: (text) => violation(`fire ${fire}: ${text}`) });
    tally.named += names.length;
  }
  if (outside() !== before) violation(`outside of the store: ${outside()} instead of ${before}`);
  return `${tally.named} names, ${tally.listed} times listed, ${tally.addressed} times addressed`;
}

async function playFire(world, { names, fire, random, tally, say }) {
  const known = new Set(world.invocations());
  // Without any of them in the environment or the command: what is tried is the store.
  const isBackground = fire % 4 === 3;
  writeFileSync(join(world.repository, 'daft.yml'), JSON.stringify({ hooks: { 'post-clone': { background: isBackground, jobs: names.map((name, at) => ({ name, run: `echo ${at}; exit ${at % 2}` })) } } }));
  const ran = await world.daft(['hooks', 'run', 'post-clone']);
  if (/^\s+at \S.*[:(]\d+:\d+\)?$/m.test(ran.output)) say(`a stack: ${ran.output.slice(0, 2_000)}`);
  const [invocation] = world.invocations().filter((path) => !known.has(path));
  if (invocation === undefined) return say(`nothing is recorded: ${ran.output.slice(0, 2_000)}`);
  const recordsIn = () => [...world.records(invocation).values()];
  if (isBackground) await until(() => recordsIn().length === names.length && recordsIn().every(({ status }) => status !== 'running'), 60_000);

  const records = recordsIn();
  if (records.length !== names.length) say(`${records.length} of ${names.length} are recorded`);
  const expected = new Set(names);
  const missing = names.filter((name) => !records.some((record) => record.name === name));
  for (const name of missing.slice(0, 5)) say(`not recorded: ${JSON.stringify(name.slice(0, 100))}`);
  for (const { name, directory, log } of records) {
    const dir = basename(directory);
    if (!expected.has(name)) say(`recorded as ${JSON.stringify(name.slice(0, 100))}`);
    if (Buffer.byteLength(dir) > 200 || /^\.|[\p{Cc}/]/u.test(dir)) say(`the directory ${JSON.stringify(dir)}`);
    if (log !== undefined && log !== `${names.indexOf(name)}\n`) say(`${JSON.stringify(name.slice(0, 100))} has the log of another: ${JSON.stringify(log)}`);
  }
  await listInAllFormats(world, { names, invocation, tally, say });
  await addressSome(world, { names, invocation, random, tally, say });
}

async function listInAllFormats(world, { names, invocation, tally, say }) {
  const id = basename(invocation);
  const list = async (format) => (await world.daft(['hooks', 'jobs', '--last', '1', '--format', format])).stdout;
  const same = (format, found) => {
    tally.listed += found.length;
    // No encoding has half a surrogate pair; some formats write it as an escape.
    const known = names.map((name) => name.toWellFormed());
    if (found.map((name) => name.toWellFormed()).toSorted().join('\0') !== known.toSorted().join('\0')) say(`${format} lists ${found.length}, not as they are: ${JSON.stringify(known.filter((name) => !found.some((other) => other.toWellFormed() === name)).slice(0, 5)).slice(0, 500)}`);
  };
  const rows = (parsed) => parsed.filter((row) => row.invocation_id === id).map(({ name }) => name);
  same('json', rows(JSON.parse(await list('json'))));
  same('ndjson', rows((await list('ndjson')).split('\n').filter(Boolean).map((line) => JSON.parse(line))));
  same('yaml', rows(parseYaml(await list('yaml'))));
  same('csv', parseCsv(await list('csv')).slice(1).map((row) => row[6]));
  // What stands in one line of these is no longer the name; each has one all the same.
  const inLines = { tsv: names.length + 1, markdown: names.length + 2, toon: names.length + 1 };
  for (const [format, lines] of Object.entries(inLines)) {
    const found = (await list(format)).split('\n').filter(Boolean).length;
    if (found !== lines) say(`${format} has ${found} lines for ${names.length} jobs`);
  }
  const human = (await world.daft(['hooks', 'jobs', '--last', '1'])).stdout;
  if (human.split('\n').filter((line) => /[✓✗]/.test(line) && line.startsWith('│')).length < names.length) say('the listing for people lacks some');
}

/** By the address that is printed where several jobs are in question. What no argument of a program can be has none. */
async function addressSome(world, { names, invocation, random, tally, say }) {
  const id = basename(invocation).slice(0, 8);
  const addressable = names.filter((name) => name !== '' && !name.includes('\0') && name.isWellFormed() && Buffer.byteLength(name) < 100_000);
  for (let k = 0; k < 6; k += 1) {
    const name = random.pick(addressable);
    const address = `main:${id}:${name}`;
    const shown = JSON.stringify(name.slice(0, 100));
    const logs = await world.daft(['hooks', 'jobs', 'logs', '--', address]);
    tally.addressed += 1;
    if (logs.code !== 0 || !logs.stdout.includes(`--- output ---\n${names.indexOf(name)}\n`)) say(`the logs of ${shown}: ${logs.code}, ${logs.output.slice(0, 500)}`);
    if (k > 1) continue;
    const cancelled = await world.daft(['hooks', 'jobs', 'cancel', '--', address]);
    if (cancelled.code !== 1 || !/not running|still active/.test(cancelled.output)) say(`cancelling ${shown}: ${cancelled.code}, ${cancelled.output.slice(0, 500)}`);
    const retried = await world.daft(['hooks', 'jobs', 'retry', '--', address]);
    const failed = names.indexOf(name) % 2 === 1;
    if (retried.code !== (failed ? 0 : 1) || !(failed ? /Retried 1 job/ : /not in a failed or cancelled state/).test(retried.output)) say(`retrying ${shown}: ${retried.code}, ${retried.output.slice(0, 500)}`);
  }
}

/** As many different names as are asked for. */
function hostileNames(random, count) {
  const names = new Set();
  while (names.size < count) {
    const name = random.pick(makers)(random, names.size);
    // Of two of one name the hook calls the second one differently.
    if (name !== '' && !/-\d+$/.test(name)) names.add(name);
  }
  return [...names];
}

const fixed = [
  '.', '..', '/', '//', './x', '../../../../etc/passwd', '/etc/passwd', 'a/../../b', 'x/', '.hidden', '.deleting-x', '.tmp-x', '.writing-x', '.pinned', '.active',
  'meta.json', 'plan.json', 'env.json', 'invocation.json', 'output.log', 'started', '%', '%2F', '%2E.', '%00', '~2', 'a', 'a~2', 'A', 'a ', ' a', ' ', '\u00a0', '\u200b',
  '-', '--', '-rf', '--all', '--inv', '--format', ':', '::', ':a', 'a:', 'main:a', 'main:abcd', 'main:abcd:a', 'abcd:a', 'ab', 'abcd', 'deadbeef', '0123456789abcdef',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'true', '~', '0', '1e3', '1970-01-01', '[]', '{}', '- a', '# a', 'a: b', '"', "'", '`id`', '$(id)', '$HOME', '*', '?', '\\', '|', 'a|b', 'a,b', '=1+1',
  '\x1b[31mred', '\x1b]0;title\x07', '\x9b2J', '\r', '\n', '\t', 'a\nb', 'a\r\nb', 'a\0b', '\0', '\u2028', '\u202egnp.exe', '\ufeff', '\ufffd', '\uffff', '\ud800', 'a\udfff', 'e\u0301', '\u00e9', '\u212b', '\u00c5', 'ﬁ', 'fi', '👩‍👩‍👧‍👦', '🏳️‍🌈',
];

const makers = [
  (random) => random.pick(fixed),
  (random, at) => `${random.pick(fixed)}${at}`,
  (random, at) => `${at}${random.pick(fixed)}`,
  (random) => random.pick(fixed) + random.pick(fixed),
  (random) => Array.from({ length: 1 + random.below(40) }, () => String.fromCodePoint(random.below(random.pick([0x80, 0x250, 0x3000, 0x11_0000])))).join(''),
  (random) => Array.from({ length: 1 + random.below(6) }, () => random.pick(['/', '.', '..', '%', ':', '~', '-', '\\', ' '])).join(''),
  (random, at) => `${random.pick(['x', 'ü', '漢', '/', '%', '👍'])}`.repeat(100 + random.below(60)) + at,
  (random, at) => `${'long '.repeat(2_000)}${at}`,
  (random, at) => Array.from(`build the thing ${at >> 2}`).map((letter) => (random.chance(0.3) ? letter.toUpperCase() : letter)).join(''),
  (random, at) => (random.chance(0.5) ? `caf\u00e9 ${at >> 3}` : `cafe\u0301 ${at >> 3}`),
];

/** RFC 4180. */
function parseCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
