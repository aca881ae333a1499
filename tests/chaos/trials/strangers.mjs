// What other users, or an accident, may have put where daft keeps its things: links that lead out, files and directories of
// somebody else, devices, FIFOs. Nothing outside is read out, written or removed, nothing of a stranger's is run, nobody
// waits, and the hooks go on.

import { chmodSync, chownSync, cpSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { readIfThere, until } from '../world.mjs';

const daftYml = `
hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: echo front >>"$CHAOS_OUT" }
      - { name: behind, background: true, run: echo behind >>"$CHAOS_OUT" }
  post-clone:
    jobs:
      - { name: neighbour, run: echo hello }
      - { name: one, background: true, run: exit 3 }
      - { name: later, background: true, needs: [one], run: echo later >>"$CHAOS_OUT" }
`;

/** Numbers that nobody has; daft is run by the first where we may choose. */
const [self, stranger] = [61_917, 61_918];

const secret = 'a secret of somebody else';

export const counts = { long: 150, short: 3 };

export async function run(world, { count, random, violation, skip }) {
  const isRoot = process.getuid() === 0 && spawnSync('setpriv', ['--version']).status === 0;
  if (!isRoot) skip('only root can be two users: nothing belongs to a stranger here');
  world.setUp(daftYml);
  const users = isRoot ? { self, stranger } : undefined;
  if (users !== undefined) chownTree(world.root, users.self);
  const past = await recordPast(world, users, violation);
  const plants = plantsFor(users);
  const tally = new Map();
  let slowest = { tookMs: 0 };
  for (let round = 0; round < count; round += 1) {
    // All of them, in an order of chance.
    if (round % plants.length === 0) shuffle(plants, random);
    const { place, kind } = plants[round % plants.length];
    tally.set(kind.name, (tally.get(kind.name) ?? 0) + 1);
    const say = (text) => violation(`round ${round} (${kind.name} for ${place.name}): ${text}`);
    for (const command of await playRound(world, { users, past, place, kind, random, say, round })) if (command.tookMs > slowest.tookMs) slowest = command;
  }
  await until(() => world.coordinators().length === 0, 8_000);
  rmSync(world.state, { recursive: true, force: true }); // what the last round planted is not daft's to remove
  mkdirSync(world.state);
  return `${count} of ${plants.length} plants: ${[...tally].map(([kind, times]) => `${kind} ${times}`).join(', ')}; slowest: ${slowest.called}, ${slowest.tookMs.toFixed(0)} ms`;
}

/** Where something may lie. `of` finds the path among what the past left. */
const places = [
  ...['output.log', 'meta.json', 'started', 'pid', 'exit', 'cancel', ''].flatMap((file) => [
    { name: `${file === '' ? 'the directory' : file} of a job that has ended`, of: ({ ended }) => join(ended, 'one', file), keeps: file === 'meta.json' || file === 'output.log' },
    { name: `${file === '' ? 'the directory' : file} of a pending job`, of: ({ pending }) => join(pending, 'one', file) },
  ]),
  { name: 'invocation.json', of: ({ ended }) => join(ended, 'invocation.json') },
  { name: 'plan.json', of: ({ pending }) => join(pending, 'plan.json') },
  { name: 'env.json', of: ({ pending }) => join(pending, 'env.json') },
  { name: 'an invocation', of: ({ ended }) => ended },
  { name: 'an invocation with pending jobs', of: ({ pending }) => pending },
  { name: 'an active mark', of: ({ pending, store }) => join(store, '.active', pending.slice(store.length + 1)) },
  ...['.active', '.index.jsonl', '.index-seen', '.index-worktrees', 'repo-policy.json'].map((name) => ({ name, of: ({ store }) => join(store, name) })),
  ...['sock', 'pid', 'log'].map((ending) => ({ name: `the coordinator's ${ending}`, of: ({ state, id }) => join(state, `coordinator-${id}.${ending}`) })),
  { name: '.notices', of: ({ state }) => join(state, '.notices') },
  { name: 'the notices of the repository', of: ({ state, id }) => join(state, '.notices', id) },
  { name: 'a notice', of: ({ state, id, ended, store }) => join(state, '.notices', id, `${ended.slice(store.length + 1)}-one`) },
  ...['log-clean.json', 'log-clean.lock', 'trust-prune.json'].map((name) => ({ name, of: ({ config }) => join(config, name) })),
  { name: 'daft-id', of: ({ commonDir }) => join(commonDir, 'daft-id'), isIdentity: true },
];

/** What lies there. */
const kinds = {
  'link to a file': (path, { victim }) => symlinkSync(join(victim, 'file'), path),
  'link to a directory': (path, { victim }) => symlinkSync(join(victim, 'directory'), path),
  'link to nothing': (path, { victim }) => symlinkSync(join(victim, 'nothing'), path),
  'endless device': (path) => symlinkSync('/dev/zero', path),
  FIFO: (path) => spawnSync('mkfifo', [path]),
  directory: (path) => mkdirSync(path),
};
/** They keep what was there, and only root can plant them. */
const foreignKinds = {
  'file of a stranger': (path, { before, users }) => {
    cpSync(before, path, { recursive: true, verbatimSymlinks: true });
    chownTree(path, users.stranger);
    chmodSync(path, lstatSync(path).isDirectory() ? 0o777 : 0o666);
  },
  'plan of a stranger': (path, { before, users, hacked }) => {
    writeFileSync(path, readFileSync(before, 'utf8').replaceAll(/"command": "[^"]*"/g, `"command": "touch '${hacked}'"`));
    chownSync(path, users.stranger, users.stranger);
    chmodSync(path, 0o666);
  },
  'socket of a stranger': async (path, { users, later }) => {
    const server = createServer((socket) => socket.on('data', () => socket.write('{"Ack":{"message":"Accepted 1 job(s)","daft_version":"99.0.0","protocol":1}}\n')));
    await new Promise((resolve) => server.listen(path, resolve));
    chownSync(path, users.stranger, users.stranger);
    chmodSync(path, 0o777);
    later(() => server.close());
  },
};
/** Directories that stay where they are, and belong to somebody else or are open to everybody. */
const grounds = [
  { name: 'the state directory', of: ({ state }) => state },
  { name: 'the jobs directory', of: ({ state }) => join(state, 'jobs') },
  { name: 'the store', of: ({ store }) => store },
  { name: 'the configuration directory', of: ({ config }) => config },
  { name: 'an invocation', of: ({ ended }) => ended, hasNeighbours: true },
  { name: 'an invocation with pending jobs', of: ({ pending }) => pending, hasNeighbours: true },
  { name: 'a job', of: ({ ended }) => join(ended, 'one'), hasNeighbours: true },
  { name: 'the repository', of: ({ commonDir }) => dirname(commonDir), isIdentity: true },
  { name: "git's directory", of: ({ commonDir }) => commonDir, isIdentity: true },
];
const groundKinds = {
  'open to everybody': (path) => chmodSync(path, 0o777),
  'open to the group': (path) => chmodSync(path, 0o775),
  "a stranger's, open to everybody": (path, { users }) => {
    chownSync(path, users.stranger, users.stranger);
    chmodSync(path, 0o777);
  },
  "a stranger's, to be read": (path, { users }) => {
    chownSync(path, users.stranger, users.stranger);
    chmodSync(path, 0o755);
  },
  "a stranger's, closed": (path, { users }) => {
    chownSync(path, users.stranger, users.stranger);
    chmodSync(path, 0o700);
  },
};

function plantsFor(users) {
  const plants = places.flatMap((place) => Object.entries(kinds).map(([name, plant]) => ({ place, kind: { name, plant } })));
  if (users === undefined) return plants;
  const strange = places.filter(({ name }) => !/^(cancel|exit|pid|\.notices|a notice|the notices)/.test(name));
  plants.push(...strange.map((place) => ({ place, kind: { name: 'file of a stranger', plant: foreignKinds['file of a stranger'], keeps: true } })));
  plants.push({ place: places.find(({ name }) => name === 'plan.json'), kind: { name: 'plan of a stranger', plant: foreignKinds['plan of a stranger'], keeps: true } });
  plants.push({ place: places.find(({ name }) => name.endsWith('sock')), kind: { name: 'socket of a stranger', plant: foreignKinds['socket of a stranger'] } });
  plants.push(...grounds.flatMap((place) => Object.entries(groundKinds).map(([name, plant]) => ({ place, kind: { name, plant, stays: true } }))));
  return plants;
}

/** One invocation that has ended, and one with jobs that nobody has taken up. */
async function recordPast(world, users, violation) {
  const through = throughSelf(users);
  const daft = (args, more) => world.daft(args, { CHAOS_OUT: '/dev/null', ...more }, through);
  await daft(['hooks', 'run', 'post-clone']);
  await daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '20s']);
  await until(() => world.coordinators().length === 0, 8_000);
  await daft(['hooks', 'run', 'post-clone'], { DAFT_FAULT: 'coordinator: begins:kill', CHAOS_OUT: join(world.root, 'out') });
  await until(() => world.processes().length === 0, 8_000);
  await daft(['__clean-logs']);
  const past = join(world.root, 'past');
  mkdirSync(past);
  for (const [name, path] of Object.entries(keptOf(world))) cpSync(path, join(past, name), { recursive: true });
  const id = readFileSync(join(world.repository, '.git/daft-id'), 'utf8');
  const store = join(world.state, 'jobs', id);
  const invocations = readdirSync(store).filter((name) => /^[0-9a-f]{16}$/.test(name)).map((name) => join(store, name));
  const pending = invocations.find((path) => existsSync(join(path, 'env.json')));
  const ended = invocations.find((path) => path !== pending);
  if (pending === undefined || ended === undefined) violation('there is no past');
  return { kept: past, id, store, state: world.state, pending, ended, config: join(world.env.HOME, '.config/daft'), commonDir: join(world.repository, '.git') };
}

function keptOf(world) {
  return { state: world.state, home: world.env.HOME, repository: world.repository };
}

function restore(world, users, { kept }) {
  for (const [name, path] of Object.entries(keptOf(world))) {
    rmSync(path, { recursive: true, force: true });
    cpSync(join(kept, name), path, { recursive: true, preserveTimestamps: true });
    if (users !== undefined) chownTree(path, users.self);
  }
}

/** Returns how long the commands took. */
async function playRound(world, { users, past, place, kind, random, say, round }) {
  await killAll(world);
  restore(world, users, past);
  const out = join(world.root, 'out');
  const hacked = join(world.root, 'hacked');
  const victim = makeVictim(world, users, round);
  const cleanups = [];
  rmSync(out, { force: true });
  const path = place.of(past);
  const before = `${path}.before`;
  if (!kind.stays) {
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path) && kind.keeps) cpSync(path, before, { recursive: true });
    else if (kind.keeps) writeFileSync(before, '');
    rmSync(path, { recursive: true, force: true });
    if (users !== undefined) chownSync(dirname(path), users.self, users.self);
  }
  await kind.plant(path, { victim, before, users, hacked, later: (act) => cleanups.push(act) });
  rmSync(before, { recursive: true, force: true });
  const untouched = describe(victim);
  const probe = users === undefined || kind.stays || kind.keeps ? undefined : lstatSync(path).ino;

  const commands = [];
  const daft = async (args, allowed = [0, 1]) => {
    const begun = performance.now();
    const ran = await world.daft(args, { CHAOS_OUT: out, DAFT_NO_LOG_CLEAN: undefined }, throughSelf(users));
    const tookMs = performance.now() - begun;
    const called = args.join(' ');
    commands.push({ called, tookMs });
    if (!allowed.includes(ran.code)) say(`${called} exited with ${ran.code}: ${ran.output}`);
    if (/^\s+at \S.*[:(]\d+:\d+\)?$/m.test(ran.output)) say(`${called} shows a stack: ${ran.output}`);
    if (ran.output.includes(secret)) say(`${called} reads out what is somebody else's: ${ran.output}`);
    // A job that nobody can take up is followed for as long as its user likes.
    if (tookMs > 15_000 && ran.code !== 'SIGKILL') say(`${called} took ${tookMs.toFixed(0)} ms`);
    return ran;
  };
  const acts = [
    ['hooks', 'jobs', '--all'],
    ['hooks', 'jobs', '--format', 'json', '--all'],
    ['hooks', 'jobs', 'logs', 'one'],
    ['hooks', 'jobs', 'logs', past.ended.slice(-16)],
    ['hooks', 'jobs', 'logs', '--follow', 'one'],
    ['hooks', 'jobs', 'cancel', '--all'],
    ['hooks', 'jobs', 'cancel', 'one'],
    ['hooks', 'jobs', 'retry', '--inv', past.ended.slice(-16).slice(0, 8)],
    ['hooks', 'jobs', 'pin', past.ended.slice(-16).slice(0, 8)],
    ['hooks', 'jobs', 'prune', '--older-than', '0s'],
    ['hooks', 'jobs', 'prune', '--dry-run'],
    ['__clean-logs'],
    ['__complete', 'hooks-jobs-job', ''],
    ['list'],
  ];
  for (let k = 0; k < 3; k += 1) {
    const args = random.pick(acts);
    await daft(args, args.includes('--follow') ? [0, 1, 'SIGKILL'] : [0, 1]);
  }
  rmSync(out, { force: true });
  const isForeignRepository = place.isIdentity && kind.stays && kind.name.startsWith('a stranger');
  const ran = await daft(['hooks', 'run', 'worktree-post-create'], isForeignRepository ? [0, 1, 128] : [0]);
  if (!isForeignRepository) {
    await until(() => (readIfThere(out) ?? '').includes('behind'), 10_000);
    const lines = (readIfThere(out) ?? '').split('\n').filter(Boolean);
    for (const name of ['front', 'behind']) if (lines.filter((line) => line === name).length !== 1) say(`ran ${lines.join(' ')}: ${ran.output}`);
  }
  if (place.hasNeighbours) {
    const { output } = await daft(['hooks', 'jobs', '--all'], [0]);
    if (!output.includes('front')) say(`hides its neighbours: ${output}`);
  }
  if (existsSync(hacked)) say('what a stranger has planned was run');
  const after = describe(victim);
  if (after !== untouched) say(`outside: ${untouched} became ${after}`);
  if (existsSync(join(victim, 'nothing'))) say('written through a link to nothing');
  for (const act of cleanups) act();
  if (probe === undefined && existsSync(hacked)) unlinkSync(hacked);
  return commands;
}

/** Files that a link may lead to, and that could be taken for what they are not. */
function makeVictim(world, users, round) {
  const victim = join(world.root, `victim-${round}`);
  mkdirSync(join(victim, 'directory/one'), { recursive: true });
  const record = JSON.stringify({ name: secret, status: 'failed', started_at: new Date().toISOString(), command: secret, worktree: 'main', hook_type: 'post-clone', invocation_id: secret, jobs: [] });
  writeFileSync(join(victim, 'file'), `${record}\n`);
  for (const name of ['meta.json', 'output.log', 'one/meta.json', 'one/output.log', '0123456789abcdef-one']) writeFileSync(join(victim, 'directory', name), record);
  linkSync(join(victim, 'file'), join(victim, 'file-too'));
  if (users !== undefined) chownTree(victim, users.self); // so that nothing but daft's own care protects it
  return victim;
}

function describe(path) {
  const { mode, size, mtimeMs, nlink } = lstatSync(path);
  const isDirectory = lstatSync(path).isDirectory();
  const inside = isDirectory ? readdirSync(path).toSorted().map((name) => `${name}: ${describe(join(path, name))}`).join(', ') : readFileSync(path, 'utf8').length;
  return `${mode.toString(8)} ${size} ${mtimeMs} ${isDirectory ? '' : nlink} (${inside})`;
}

/** Those that are still there: some may be going by themselves. */
async function killAll(world) {
  await until(() => {
    const left = world.processes();
    for (const { pid } of left) killIfThere(pid);
    return left.length === 0;
  }, 5_000);
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function throughSelf(users) {
  return users === undefined ? [] : ['setpriv', `--reuid=${users.self}`, `--regid=${users.self}`, '--clear-groups'];
}

function chownTree(path, uid) {
  spawnSync('chown', ['-Rh', `${uid}:${uid}`, path]);
}

function shuffle(list, random) {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [list[at], list[other]] = [list[other], list[at]];
  }
}
