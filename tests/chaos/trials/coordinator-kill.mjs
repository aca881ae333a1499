// Six jobs, dispatched by the real command, while coordinators are killed: at every passage of every fault point, in each
// scene of their lives, and at random moments. After the last kill one more command is run; from then on everything must
// come right by itself.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inLanes } from '../lanes.mjs';
import { graphMs, haveEnded, judgeSixJobs, leftMarks, runsOf, sixJobs } from '../six-jobs.mjs';
import { layDeadSocket } from '../sockets.mjs';
import { readIfThere, until } from '../world.mjs';

const healWithinMs = 2_000;

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
${sixJobs}
  worktree-pre-remove:
    background: true
    jobs:
      - { name: endless, run: echo begun >>"$CHAOS_OUT/endless"; exec sleep 600 }
      - { name: never, needs: [endless], run: echo begun >>"$CHAOS_OUT/never" }
`;

/**
 * The lives of a coordinator that is struck. `act` gets it going, with `env` for it; what happens to its jobs is judged by
 * `ended` and `judge` when it has died, or left, and the next command has been there.
 */
const scenes = {
  first: { act: (round, env) => round.dispatch('worktree-post-create', env), ended: haveEnded, judge: judgeSixJobs },
  takeover: {
    act: async (round, env) => {
      await layDeadSocket(round.lane.socket());
      await round.dispatch('worktree-post-create', env);
    },
    ended: haveEnded,
    judge: judgeSixJobs,
  },
  adoption: {
    act: async (round, env) => {
      await round.dispatch('worktree-post-create', {});
      if (!(await until(() => existsSync(join(round.out, 'install')), 20_000))) round.say('install does not start');
      round.lane.killCoordinators();
      await round.command(['hooks', 'jobs'], env);
    },
    ended: haveEnded,
    judge: judgeSixJobs,
  },
  'adoption of a lasting one': {
    act: async (round, env) => {
      await round.dispatch('worktree-pre-remove', {});
      if (!(await until(() => existsSync(join(round.out, 'endless')), 20_000))) round.say('endless does not start');
      round.lane.killCoordinators();
      await until(() => round.lane.coordinators().length === 0, 5_000);
      await round.command(['hooks', 'jobs'], env);
      const isAdopted = () => passedPoints(round.log).includes('job: adopted');
      const isDead = () => passedPoints(round.log).length > 0 && round.lane.coordinators().length === 0;
      if (!(await until(() => isAdopted() || isDead(), 20_000))) round.say('endless is not adopted');
      await round.command(['hooks', 'jobs', 'cancel', '--all'], {});
    },
    ended: cancelledBoth,
    judge: judgeCancelled,
  },
  cancelling: {
    act: async (round, env) => {
      await round.dispatch('worktree-pre-remove', env);
      if (!(await until(() => existsSync(join(round.out, 'endless')) || round.lane.coordinators().length === 0, 20_000))) round.say('endless does not start');
      await round.command(['hooks', 'jobs', 'cancel', '--all'], {});
    },
    ended: cancelledBoth,
    judge: judgeCancelled,
  },
};

/** How many kills at random moments, and how many strikes: at each point in each scene, then at passages by chance, or all there are. */
export const counts = { long: 1_000, short: 8 };

export async function run(world, { count, random, violation }) {
  /** Points that coordinators passed, and those at which one was struck. */
  const passed = new Set();
  const struck = new Set();
  const healMs = [];
  let rounds = 0;
  let kills = 0;
  let tooLate = 0;

  async function play(lane, { scene: name, passage, point, killAfterMs }) {
    rounds += 1;
    const round = beginRound(lane, { number: rounds, title: `${name}${passage === undefined ? '' : ` @${point ?? passage}`}`, violation });
    const scene = scenes[name];
    lane.killCoordinators();
    if (!(await until(() => lane.coordinators().length === 0, 5_000))) round.say('a killed coordinator lives');
    rmSync(lane.socket(), { force: true });

    await scene.act(round, { DAFT_FAULT_IN: 'coordinator', DAFT_FAULT_LOG: round.log, ...(passage === undefined ? {} : { DAFT_FAULT: point === undefined ? `*@${passage}:kill` : `${point}:kill` }) });
    for (const [at, ms] of (killAfterMs ?? []).entries()) {
      if (at > 0) lane.startCoordinator({ DAFT_FAULT_IN: 'coordinator', DAFT_FAULT_LOG: round.healLog });
      await pause(ms);
      const killed = lane.killCoordinators();
      kills += killed;
      if (killed === 0) tooLate += 1;
    }
    if (!(await until(() => lane.coordinators().length === 0, 15_000))) round.say('the coordinator neither died nor left');
    const points = passedPoints(round.log);
    if (point !== undefined && points.at(-1) === point) struck.add(point);
    else if (passage !== undefined && points.length >= passage) struck.add(points[passage - 1]);

    if (round.invocation !== undefined) healMs.push(await heal(round, scene));
    for (const point of [...points, ...passedPoints(round.healLog)]) passed.add(point);
    return points;
  }

  const passages = [];
  let placesLeftOut = 0;
  await inLanes(world, { lanes: 4, setUp, settle: leaveInOrder, violation }, async (playAll) => {
    const surveys = Object.keys(scenes).map((scene) => ({ scene }));
    await playAll(() => surveys.shift(), async (lane, { scene }) => {
      const points = await play(lane, { scene });
      passages.push(...points.map((point, at) => ({ scene, passage: at + 1, point })));
    });
    const strikes = choose(passages, { count, random });
    placesLeftOut = strikes.placesLeftOut;
    await playAll(() => strikes.chosen.shift() ?? (kills < count ? drawKills(random) : undefined), play);
  });
  if (placesLeftOut === 0) for (const point of passed) if (!struck.has(point)) violation(`no coordinator was struck at '${point}'`);

  healMs.sort((a, b) => a - b);
  return `${rounds} rounds; ${struck.size} of ${passed.size} points struck, at ${Math.min(count, passages.length)} of ${passages.length} passages; ${kills} kills at random moments, ${tooLate} too late; healed in ${healMs[healMs.length >> 1].toFixed(0)} ms (median), ${healMs.at(-1).toFixed(0)} ms (worst)`;
}

function drawKills(random) {
  return { scene: 'first', killAfterMs: Array.from({ length: 1 + random.below(4) }, () => random.below(350)) };
}

/** First each point in each scene once, by its name, at its first passage; then others by their number, which chance chooses. */
function choose(passages, { count, random }) {
  const shuffled = passages.toSorted((a, b) => a.scene.localeCompare(b.scene) || a.passage - b.passage);
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [shuffled[at], shuffled[other]] = [shuffled[other], shuffled[at]];
  }
  const places = new Map(shuffled.map((strike) => [`${strike.scene} ${strike.point}`, strike]));
  const others = shuffled.map(({ scene, passage }) => ({ scene, passage }));
  return { chosen: [...places.values(), ...others].slice(0, count), placesLeftOut: Math.max(0, places.size - count) };
}

async function setUp(lane) {
  lane.setUp(daftYml);
  mkdirSync(join(lane.root, 'out'));
  await lane.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: join(lane.root, 'out') }); // gives it an identity
}

/** The last one that lives cleans up after the dead: their socket and their pid file are its own when it goes. */
async function leaveInOrder(lane) {
  lane.killCoordinators();
  await lane.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: lane.root });
}

function beginRound(lane, { number, title, violation }) {
  const out = join(lane.root, 'out', String(number));
  mkdirSync(out);
  const known = new Set(lane.invocations());
  return {
    lane,
    out,
    log: join(out, 'struck.log'),
    healLog: join(out, 'healers.log'),
    invocation: undefined,
    say: (text) => violation(`round ${number}, ${title}, after ${passedPoints(join(out, 'struck.log')).at(-1)}: ${text}`),
    async command(args, env) {
      const ran = await lane.daft(args, { CHAOS_OUT: out, ...env });
      if (ran.code !== 0) this.say(`${args.join(' ')} exited with ${ran.code}: ${ran.output}`);
    },
    async dispatch(hook, env) {
      await this.command(['hooks', 'run', hook], env);
      this.invocation = lane.invocations().find((path) => !known.has(path));
      if (this.invocation === undefined) this.say('no invocation was recorded');
    },
  };
}

/** Returns how long after the next command everything had ended, in ms. */
async function heal(round, { ended, judge }) {
  const { lane, invocation, say } = round;
  await round.command(['hooks', 'jobs'], { DAFT_FAULT_IN: 'coordinator', DAFT_FAULT_LOG: round.healLog });
  const begun = performance.now();
  const inTime = await until(() => ended(lane.records(invocation)), 20_000);
  const tookMs = performance.now() - begun;
  if (!inTime) say(`not ended after 20 s: ${JSON.stringify([...lane.records(invocation)].map(([name, { status }]) => [name, status]))}`);
  else if (tookMs > healWithinMs + graphMs) say(`ended only after ${tookMs.toFixed(0)} ms`);
  judge(lane.records(invocation), round.out, say);
  await until(() => leftMarks(invocation, lane.records(invocation)).length === 0, 5_000);
  for (const path of leftMarks(invocation, lane.records(invocation))) say(`left behind: ${path}`);
  return tookMs;
}

function cancelledBoth(records) {
  return ['endless', 'never'].every((name) => records.has(name) && records.get(name).status !== 'running');
}

function judgeCancelled(records, out, say) {
  if (runsOf(out, 'endless') > 1) say(`endless ran ${runsOf(out, 'endless')} times`);
  if (runsOf(out, 'never') > 0) say('never ran');
  for (const name of ['endless', 'never']) if (records.get(name)?.status !== 'cancelled') say(`${name} is ${records.get(name)?.status}`);
}

function passedPoints(log) {
  return (readIfThere(log) ?? '').split('\n').filter(Boolean);
}
