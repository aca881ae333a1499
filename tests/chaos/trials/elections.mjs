// Real coordinators run for one name, over and over: several at the same time, cold, over a dead socket, beside one that
// lives or is just being killed, and themselves killed, or held up, inside the election. Meanwhile the jobs of one plan go on under
// whoever leads. One of them lasts, so that nobody leaves for want of work: a second leader would stay, and be seen.

import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeGate, openGate } from '../gates.mjs';
import { inLanes } from '../lanes.mjs';
import { runsOf } from '../six-jobs.mjs';
import { layDeadSocket, ping } from '../sockets.mjs';
import { isStopped, readIfThere, signal, until } from '../world.mjs';

const points = ['coordinator: begins', 'election: before socket', 'election: private socket', 'election: takeover won', 'election: dead name removed', 'election: won', 'coordinator: elected'];

const links = Array.from({ length: 8 }, (_, at) => `link-${at}`);
const daftYml = `
hooks:
  worktree-pre-create:
    jobs: [{ name: quick, run: "true" }]
  worktree-post-create:
    background: true
    jobs:
      - { name: lasting, run: echo >>"$CHAOS_OUT/lasting"; read _ <"$CHAOS_OUT/gate" }
${links.map((name, at) => `      - { name: ${name}, needs: [${links[at - 1] ?? ''}], run: echo >>"$CHAOS_OUT/${name}"; sleep 0.2 }`).join('\n')}
`;

const electionsPerPlan = 30;
const settledWithinMs = 15_000;

export const counts = { long: 2_000, short: 16 };

export async function run(world, { count, random, violation }) {
  const facts = { begun: 0, elections: 0, candidates: 0, kills: 0, leaderless: 0 };
  const struck = new Set();
  const next = () => {
    if (facts.begun >= count) return undefined;
    const size = Math.min(electionsPerPlan, count - facts.begun);
    facts.begun += size;
    return Array.from({ length: size }, () => drawElection(random));
  };

  async function play(lane, elections) {
    const out = join(lane.root, 'out');
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    makeGate(join(out, 'gate'));
    const known = new Set(lane.invocations());
    const dispatched = await lane.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: out });
    if (dispatched.code !== 0) violation(`dispatch exited with ${dispatched.code}: ${dispatched.output}`);
    const [invocation] = lane.invocations().filter((path) => !known.has(path));
    await until(() => runsOf(out, 'lasting') > 0, 20_000);
    const office = { living: new Set(lane.coordinators().map(({ pid }) => pid)) };

    for (const election of elections) {
      const say = (text) => violation(`election ${JSON.stringify(election)} (${invocation}): ${text}`);
      const { killed, points: met } = await hold(lane, { election, office, say });
      facts.elections += 1;
      facts.candidates += election.candidates.length;
      facts.kills += killed;
      for (const point of met) struck.add(point);
      if (office.living.size > 0) continue;
      // Whoever gave way to somebody who died then is gone. The next one has to make it.
      facts.leaderless += 1;
      await hold(lane, { election: { before: 'nothing', candidates: [{}] }, office, say });
      if (office.living.size === 0) say('nobody is left, and the next one does not get the name');
    }
    await finish(lane, { out, invocation, say: violation });
  }

  await inLanes(world, { lanes: 2, setUp, settle: (lane) => leaveInOrder(lane, violation), violation }, (playAll) => playAll(next, play));
  const missed = count >= 500 ? points.filter((point) => !struck.has(point)) : [];
  for (const point of missed) violation(`nobody was struck at '${point}'`);
  const { elections, candidates, kills, leaderless } = facts;
  return `${elections} elections among ${candidates} candidates, ${kills} of them or of their predecessors killed, ${struck.size} of ${points.length} points struck, ${leaderless} times nobody was left`;
}

function drawElection(random) {
  return {
    before: random.pick(['leader killed', 'leader killed', 'leader dying', 'leader lives', 'cold', 'dead socket']),
    candidates: Array.from({ length: 2 + random.below(2) }, () => {
      if (random.chance(0.4)) return { point: random.pick(points) };
      if (random.chance(0.3)) return { killAfterMs: 60 + random.below(120) };
      return random.chance(0.4) ? { lateAt: random.pick(points), lateByMs: 100 + random.below(400) } : {};
    }),
  };
}

/** One election. `office.living` are the coordinators that live, before it and after it: one at most. */
async function hold(lane, { election: { before, candidates }, office, say }) {
  const killLeader = () => [...office.living].filter((pid) => signal(pid, 'SIGKILL')).length;
  let killed = before === 'leader lives' || before === 'leader dying' || before === 'nothing' ? 0 : killLeader();
  if (killed > 0) office.living.clear();
  if (before === 'cold') rmSync(lane.socket(), { force: true });
  if (before === 'dead socket') await layDeadSocket(lane.socket());

  const running = candidates.map(({ point, killAfterMs, lateAt }, at) => {
    const log = join(lane.root, `passed-${at}`);
    rmSync(log, { force: true });
    const { pid, ended } = lane.startCoordinator({ DAFT_FAULT_LOG: log, ...faultOf({ point, lateAt }) });
    office.living.add(pid);
    const candidate = { pid, log, point, outcome: undefined };
    const note = async () => {
      candidate.outcome = await ended;
      office.living.delete(pid);
    };
    void note(); // it ends in its own time: `settled` waits for all it has to
    candidate.blow = killAfterMs === undefined ? undefined : pause(killAfterMs).then(() => signal(pid, 'SIGKILL'));
    return candidate;
  });
  if (before === 'leader dying') {
    const leaders = [...office.living].filter((pid) => !running.some((candidate) => candidate.pid === pid));
    await pause(candidates.length * 40);
    killed += leaders.filter((pid) => signal(pid, 'SIGKILL')).length;
    for (const pid of leaders) office.living.delete(pid);
  }

  await Promise.all(running.map(({ blow }) => blow));
  await pause(Math.max(0, ...candidates.map(({ lateByMs }) => lateByMs ?? 0)));
  let leader;
  const begun = performance.now();
  // Settled: one lives, and it has the name; or nobody does.
  const settled = async () => office.living.size === 0 || (office.living.size === 1 && office.living.has((leader = (await ping(lane.socket()))?.pid)));
  while (candidates.some(({ lateAt }, at) => lateAt !== undefined && isStopped(running[at].pid)) || !(await settled())) {
    if (performance.now() - begun > settledWithinMs) {
      say(`after ${settledWithinMs} ms ${[...office.living].join(', ')} live, and ${leader ?? 'nobody'} has the name: ${readIfThere(lane.socket().replace(/sock$/, 'log'))}`);
      for (const pid of office.living) signal(pid, 'SIGKILL');
      await until(() => lane.coordinators().length === 0, 5_000);
      office.living.clear();
      break;
    }
    for (const [at, { lateAt }] of candidates.entries()) if (lateAt !== undefined) signal(running[at].pid, 'SIGCONT'); // again, where it had not come so far
    await pause(5);
  }
  for (const { outcome, point } of running) {
    if (outcome === 'SIGKILL') killed += 1;
    else if (outcome !== undefined && outcome !== 0) say(`a candidate${point === undefined ? '' : ` to be struck at '${point}'`} ended with ${outcome}`);
  }
  return { killed, points: running.filter(({ outcome, point }) => outcome === 'SIGKILL' && point !== undefined).map(({ point }) => point) };
}

function faultOf({ point, lateAt }) {
  if (point !== undefined) return { DAFT_FAULT: `${point}:kill` };
  return lateAt === undefined ? {} : { DAFT_FAULT: `${lateAt}:stop` };
}

async function setUp(lane) {
  lane.setUp(daftYml);
  await lane.daft(['hooks', 'run', 'worktree-pre-create']); // gives it an identity
}

/** Lets the lasting job go, and looks whether each ran once. */
async function finish(lane, { out, invocation, say }) {
  if (!(await openGate(join(out, 'gate')))) say('the lasting job is gone');
  await lane.daft(['hooks', 'jobs']);
  const names = ['lasting', ...links];
  const haveEnded = () => {
    const records = lane.records(invocation);
    return names.every((name) => records.get(name)?.status === 'completed');
  };
  if (!(await until(haveEnded, 30_000))) say(`not completed: ${JSON.stringify([...lane.records(invocation)].map(([name, { status }]) => [name, status]))}`);
  for (const name of names) if (runsOf(out, name) !== 1) say(`${name} ran ${runsOf(out, name)} times`);
}

/** The last one takes the socket of the dead along when it leaves; other names of theirs are the clean-up's, after a day. */
async function leaveInOrder(lane, violation) {
  lane.startCoordinator();
  const names = () => readdirSync(lane.state).filter((name) => name.startsWith('.coordinator-'));
  await until(() => lane.coordinators().length === 0, 10_000);
  const yesterday = Date.now() / 1000 - 2 * 24 * 60 * 60;
  for (const name of names()) utimesSync(join(lane.state, name), yesterday, yesterday);
  await lane.daft(['hooks', 'jobs', 'prune']);
  for (const name of names()) violation(`left behind: ${name}`);
}
