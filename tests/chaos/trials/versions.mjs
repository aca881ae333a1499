// Two versions of daft in one repository: commands of one meet a coordinator of the other, which is asked to leave, stays,
// or is killed and leaves its jobs to them; and a package that is moved away while its coordinator runs jobs.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeGate, openGate } from '../gates.mjs';
import { inLanes } from '../lanes.mjs';
import { haveEnded, judgeSixJobs, leftMarks, runsOf, sixJobs } from '../six-jobs.mjs';
import { ping } from '../sockets.mjs';
import { launcher, readIfThere, until } from '../world.mjs';

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
${sixJobs}
  worktree-pre-create:
    background: true
    jobs:
      - { name: lasting, run: echo >>"$CHAOS_OUT/lasting"; read _ <"$CHAOS_OUT/gate" }
      - { name: behind, needs: [lasting], run: echo >>"$CHAOS_OUT/behind" }
`;

/** Of another length than ours: V8 would take its compiled code for that of the same file otherwise. */
const newer = '1.10.0';
const ours = JSON.parse(readFileSync(join(dirname(dirname(launcher)), 'package.json'), 'utf8')).version;

const scenes = {
  'the newer one meets the older': { play: meet, first: 'old', second: 'new', leads: newer, drained: true },
  'the older one meets the newer': { play: meet, first: 'new', second: 'old', leads: newer, drained: false },
  'the newer one inherits': { play: inherit, first: 'old', second: 'new' },
  'the older one inherits': { play: inherit, first: 'new', second: 'old' },
  'the package is moved away': { play: moveAway },
};

/** How often each of the scenes. */
export const counts = { long: 60, short: 1 };

export async function run(world, { count, random, violation }) {
  const rounds = Array.from({ length: count }, () => Object.keys(scenes).map((title) => ({ title, ms: random.below(500) }))).flat();
  const facts = { rounds: rounds.length, orphaned: 0 };
  const scripts = new Map();
  let number = 0;
  const setUp = async (lane) => {
    lane.setUp(daftYml);
    scripts.set(lane, { old: launcher, new: install(join(lane.root, 'newer'), newer) });
    await lane.daft(['hooks', 'jobs']);
    mkdirSync(join(lane.root, 'out'));
  };
  await inLanes(world, { lanes: Math.min(5, rounds.length), setUp, settle: leaveInOrder, violation }, (playAll) =>
    playAll(() => rounds.shift(), async (lane, { title, ms }) => {
      number += 1;
      lane.killCoordinators();
      await until(() => lane.coordinators().length === 0, 5_000);
      const round = beginRound(lane, { number, say: (text) => violation(`${title}, after ${ms} ms: ${text}`) });
      const { play, ...scene } = scenes[title];
      const { orphaned } = (await play(round, { ...scene, ms, scripts: scripts.get(lane) })) ?? {};
      if (orphaned === true) facts.orphaned += 1;
      await judge(round);
    }),
  );
  return `${facts.rounds} rounds of ${Object.keys(scenes).length} scenes, six jobs or two at a time with each version; ${facts.orphaned} packages went before their coordinator had begun`;
}

/** The last one that lives cleans up after the dead. */
async function leaveInOrder(lane) {
  lane.killCoordinators();
  await lane.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: lane.root });
}

/** A coordinator of one version has work when commands of the other come. Both versions' jobs end, and the newer one leads. */
async function meet(round, { first, second, leads, drained, ms, scripts }) {
  const { lane, say } = round;
  await round.dispatch(scripts[first], 'worktree-pre-create');
  if (!(await until(() => existsSync(join(round.out, 'lasting')), 20_000))) say('the lasting job does not start');
  const [old] = lane.coordinators();
  await pause(ms);
  await round.dispatch(scripts[second], 'worktree-post-create');
  const begun = performance.now();
  const led = async () => (await ping(lane.socket()))?.daft_version === leads;
  while (!(await led()) && performance.now() - begun < 10_000) await pause(20);
  const leader = await ping(lane.socket());
  if (leader?.daft_version !== leads) say(`led by ${leader?.daft_version ?? 'nobody'}`);
  if ((leader?.pid !== old?.pid) !== drained) say(drained ? 'the older one still leads' : 'the newer one has been replaced');
  await round.dispatch(scripts[first], 'worktree-post-create');
  if ((await ping(lane.socket()))?.pid !== leader?.pid) say('a command of the other version has brought up somebody else');
  if (!lane.coordinators().some(({ pid }) => pid === old.pid)) say('the first one has left its jobs');
  await openGate(join(round.out, 'gate'));
}

/** A coordinator of one version is killed, and the next command is of the other. */
async function inherit(round, { first, second, ms, scripts }) {
  await round.dispatch(scripts[first], 'worktree-post-create');
  await pause(ms);
  round.lane.killCoordinators();
  await round.command(scripts[second], ['hooks', 'jobs']);
}

/** The newer version is moved away; what has begun goes on to its end. Only what had not, the next command has to start. */
async function moveAway(round, { ms, scripts }) {
  const { lane } = round;
  const away = join(lane.root, 'moved-away');
  await round.dispatch(scripts.new, 'worktree-post-create');
  await pause(ms / 2);
  const begun = existsSync(join(round.out, 'install'));
  renameSync(dirname(dirname(scripts.new)), away);
  try {
    const [fire] = round.fires;
    const byItself = await until(() => haveEnded(lane.records(fire.invocation)) || lane.coordinators().length === 0, 20_000);
    const ended = haveEnded(lane.records(fire.invocation));
    if (begun && !(byItself && ended)) round.say(`its jobs do not go on: ${readIfThere(lane.socket().replace(/sock$/, 'log'))}`);
    await round.command(scripts.old, ['hooks', 'jobs']);
    await until(() => haveEnded(lane.records(fire.invocation)), 20_000);
    return { orphaned: !ended };
  } finally {
    renameSync(away, dirname(dirname(scripts.new)));
  }
}

function beginRound(lane, { number, say }) {
  const out = join(lane.root, 'out', String(number));
  mkdirSync(out);
  makeGate(join(out, 'gate'));
  return {
    lane,
    out,
    say,
    /** What was dispatched, each with its own place to note runs. */
    fires: [],
    async command(script, args, env = {}) {
      const { code, output } = await lane.start(args, env, { script }).ended;
      if (code !== 0) say(`${args.join(' ')} exited with ${code}: ${output}`);
    },
    async dispatch(script, hook) {
      const known = new Set(lane.invocations());
      const runs = hook === 'worktree-pre-create' ? out : join(out, String(this.fires.length));
      mkdirSync(runs, { recursive: true });
      await this.command(script, ['hooks', 'run', hook], { CHAOS_OUT: runs });
      const [invocation] = lane.invocations().filter((path) => !known.has(path));
      this.fires.push({ hook, invocation, runs });
    },
  };
}

async function judge({ lane, fires, out, say }) {
  for (const { hook, invocation, runs } of fires) {
    const records = () => lane.records(invocation);
    const names = hook === 'worktree-pre-create' ? ['lasting', 'behind'] : undefined;
    const ended = names === undefined ? () => haveEnded(records()) : () => names.every((name) => records().get(name)?.status === 'completed');
    if (!(await until(ended, 20_000))) say(`not ended: ${JSON.stringify([...records()].map(([name, { status }]) => [name, status]))}`);
    if (names === undefined) judgeSixJobs(records(), runs, say);
    else for (const name of names) if (runsOf(out, name) !== 1) say(`${name} ran ${runsOf(out, name)} times`);
    await until(() => leftMarks(invocation, records()).length === 0, 5_000);
    for (const path of leftMarks(invocation, records())) say(`left behind: ${path}`);
  }
}

/** The package under test as a later version would be installed beside it; returns the path of its launcher. */
function install(directory, version) {
  cpSync(dirname(dirname(launcher)), directory, { recursive: true });
  for (const name of ['package.json', ...readdirSync(join(directory, 'dist')).map((file) => join('dist', file))]) {
    const text = readFileSync(join(directory, name), 'utf8');
    writeFileSync(join(directory, name), text.replaceAll(`"${ours}"`, `"${version}"`));
  }
  return join(directory, 'bin/daft.js');
}
