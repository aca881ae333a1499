// A file of the store, or beside it, is cut, flipped, or something else altogether, and then every command that looks at jobs is
// run: each answers in time and without a stack, what is whole is shown, and the clean-up has it all removed in the end.
// tests/faults/damaged-records.test.ts does the same to every byte, without the program around it.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { signal, until } from '../world.mjs';
import { stackIn } from '../wreckage.mjs';

const daftYml = `
log: { keep_last: 0 }
hooks:
  worktree-post-create:
    jobs:
      - { name: good, run: echo fine }
  worktree-pre-create:
    jobs:
      - { name: broken, run: "echo half; exit 3" }
      - { name: first, background: true, run: sleep 0.05 }
      - { name: second, background: true, needs: [first], run: "true" }
`;
const answerWithinMs = 10_000;

const damages = {
  cut: (path, random) => writeFileSync(path, readFileSync(path).subarray(0, random.below(Math.max(1, statSync(path).size)))),
  flipped: (path, random) => {
    const content = readFileSync(path);
    for (let k = 1 + random.below(5); k > 0 && content.length > 0; k -= 1) content[random.below(content.length)] ^= 1 << random.below(8);
    writeFileSync(path, content);
  },
  'zero-filled': (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  empty: (path) => writeFileSync(path, ''),
  'a directory': (path) => mkdirSync(join(emptied(path), 'in', 'it'), { recursive: true }),
  'a FIFO': (path) => spawnSync('mkfifo', [emptied(path)]),
  'a sparse file of five gigabytes': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 5 * 2 ** 30);
  },
  'a dangling link': (path) => symlinkSync('/nowhere/at/all', emptied(path)),
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', emptied(path)),
};

export const counts = { long: 200, short: 4 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  const stranger = spawn('sleep', ['601'], { detached: true, stdio: 'ignore' });
  const config = join(world.root, 'home/.config/daft');
  try {
    const whole = await recordPast(world, config, stranger.pid);
    const files = filesIn(whole);
    const tally = {};
    let slowestMs = 0;
    for (let round = 0; round < count; round += 1) {
      const file = random.pick(files);
      const damage = random.pick(Object.keys(damages));
      const say = (text) => violation(`round ${round}, ${file} ${damage}: ${text}`);
      await placeWhole(world, config, whole);
      const path = join({ state: world.state, config, identity: join(world.repository, '.git') }[file.split('/', 1)[0]], file.replace(/^[^/]*\//, ''));
      damages[damage](path, random);
      slowestMs = Math.max(slowestMs, await askEverything(world, { file, damage, say }));
      if (stranger.exitCode !== null || stranger.signalCode !== null) say('a stranger was signalled');
      tally[damage] = (tally[damage] ?? 0) + 1;
    }
    const told = Object.entries(tally).map(([damage, times]) => `${times} ${damage}`);
    return `${files.length} files, ${told.join(', ')}; slowest answer ${slowestMs.toFixed(0)} ms`;
  } finally {
    stranger.kill('SIGKILL');
  }
}

/** A good invocation, and one with a failure and jobs of a coordinator that died over them. */
async function recordPast(world, config, strangersPid) {
  await world.daft(['hooks', 'run', 'worktree-post-create']);
  await world.daft(['hooks', 'run', 'worktree-pre-create'], { DAFT_FAULT: 'job: running recorded:kill', DAFT_FAULT_IN: 'coordinator' });
  await until(() => world.processes().length === 0, 8_000);
  const running = world.invocations().map((path) => join(path, 'first/meta.json')).find((path) => existsSync(path));
  const record = JSON.parse(readFileSync(running, 'utf8'));
  writeFileSync(running, `${JSON.stringify({ ...record, pid: strangersPid }, null, 2)}\n`);
  rmSync(join(dirname(running), 'exit'), { force: true });
  writeFileSync(join(dirname(running), 'pid'), `${strangersPid}\n`);
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'log-clean.json'), JSON.stringify({ version: 1, cleaned_at: Math.floor(Date.now() / 1000), last_summary: null }));
  writeFileSync(join(config, 'log-clean.lock'), 'somebody who is dead\n');
  const whole = join(world.root, 'whole');
  cpSync(world.state, join(whole, 'state'), { recursive: true, filter: (path) => !path.endsWith('.sock') && !/\/\.coordinator-[^/]*$/.test(path) });
  cpSync(config, join(whole, 'config'), { recursive: true });
  mkdirSync(join(whole, 'identity'));
  cpSync(join(world.repository, '.git/daft-id'), join(whole, 'identity/daft-id'));
  return whole;
}

async function killAll(world) {
  for (const { pid } of world.processes()) signal(pid, 'SIGKILL');
  await until(() => world.processes().length === 0, 5_000);
}

async function placeWhole(world, config, whole) {
  await killAll(world);
  const identity = join(world.repository, '.git/daft-id');
  for (const path of [world.state, config, identity]) rmSync(path, { recursive: true, force: true });
  cpSync(join(whole, 'state'), world.state, { recursive: true, preserveTimestamps: true });
  cpSync(join(whole, 'config'), config, { recursive: true });
  cpSync(join(whole, 'identity/daft-id'), identity);
}

/** Returns how long the slowest command took. */
async function askEverything(world, { file, damage, say }) {
  let slowestMs = 0;
  const ask = async (...args) => {
    const begun = performance.now();
    const ran = await world.daft(args, { DAFT_NO_LOG_CLEAN: undefined });
    const tookMs = performance.now() - begun;
    slowestMs = Math.max(slowestMs, tookMs);
    if (![0, 1, 124].includes(ran.code)) say(`${args.join(' ')} exited with ${ran.code}: ${ran.output}`);
    if (stackIn(ran.output)) say(`${args.join(' ')} has a stack: ${ran.output}`);
    if (tookMs > answerWithinMs) say(`${args.join(' ')} took ${tookMs.toFixed(0)} ms`);
    return ran;
  };
  await ask('__complete', 'hooks-jobs-job', '');
  await ask('__complete', 'hooks-jobs-retry', '');
  const listed = await ask('hooks', 'jobs', '--all', '--format', 'json');
  const known = !file.startsWith('identity/');
  if (known && (listed.code !== 0 || !JSON.parse(listed.stdout).some(({ name }) => name === 'good'))) say(`what is whole is not shown: ${listed.output}`);
  await ask('hooks', 'jobs', '--all');
  const isHuge = damage.includes('gigabytes') && file.endsWith('/output.log'); // as a log it is in order, and all of it is shown
  if (!isHuge) for (const job of ['good', 'broken', 'first', 'second']) await ask('hooks', 'jobs', 'logs', job);
  await ask('hooks', 'jobs', 'wait', '--all', '--timeout', '5s');
  await ask('hooks', 'jobs', 'cancel', '--all');
  await ask('hooks', 'jobs', 'retry');
  await ask('hooks', 'jobs', 'wait', '--all', '--timeout', '5s');
  const fired = await ask('hooks', 'run', 'worktree-post-create');
  if (fired.code !== 0) say(`the hook's command exited with ${fired.code}: ${fired.output}`);
  await ask('__clean-logs');
  if (!known) {
    // What was recorded under an identity that is lost is nobody's any more.
    await killAll(world);
    rmSync(world.state, { recursive: true });
    mkdirSync(world.state);
    return slowestMs;
  }
  for (const _ of [1, 2]) {
    const pruned = await ask('hooks', 'jobs', 'prune', '--older-than', '0s');
    if (pruned.code !== 0) say(`prune exited with ${pruned.code}: ${pruned.output}`);
  }
  const left = readdirSync(join(world.state, 'jobs')).flatMap((repo) => readdirSync(join(world.state, 'jobs', repo)).filter((name) => !name.startsWith('.') && name !== 'repo-policy.json'));
  if (left.length > 0) say(`not removed: ${left.join(' ')}`);
  return slowestMs;
}

function filesIn(directory) {
  return readdirSync(directory, { recursive: true }).filter((path) => statSync(join(directory, path)).isFile());
}

function emptied(path) {
  rmSync(path);
  return path;
}
