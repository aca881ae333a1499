// Many commands dispatch at the same moment: where no coordinator lives, where a dead one has left its socket, and where
// one is just dying or leaving. Each stops when its plan is on disk; when all have come so far, all go on at once.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeGate, openGate } from '../gates.mjs';
import { inLanes } from '../lanes.mjs';
import { runsOf } from '../six-jobs.mjs';
import { layDeadSocket, ping } from '../sockets.mjs';
import { isStopped, readIfThere, signal, until } from '../world.mjs';

const daftYml = `
hooks:
  worktree-pre-create:
    background: true
    jobs:
      - { name: lasting, run: echo >>"$CHAOS_OUT/lasting"; read _ <"$CHAOS_OUT/gate" }
  worktree-post-create:
    background: true
    jobs:
      - { name: first, run: echo first >>"$CHAOS_OUT" }
      - { name: second, needs: [first], run: echo second >>"$CHAOS_OUT" }
`;

/** What the commands meet. What `prepare` returns is for `meanwhile`, which comes while they go on. */
const encounters = {
  'nobody': { prepare: async (world) => rmSync(world.socket(), { force: true }) },
  'a dead socket': { prepare: (world) => layDeadSocket(world.socket()) },
  'one that is killed': { prepare: atWork, meanwhile: ({ pid }) => signal(pid, 'SIGKILL') },
  'one that is about to leave': { prepare: (world) => leavingAt(world, 'coordinator: leaves'), meanwhile: goOn },
  'one that has given its name back': { prepare: (world) => leavingAt(world, 'seat: name given back'), meanwhile: goOn },
  'one that listens no more': { prepare: (world) => leavingAt(world, 'coordinator: socket given up'), meanwhile: goOn },
  'one that has looked for the last time': { prepare: (world) => leavingAt(world, 'coordinator: ends'), meanwhile: goOn },
};

/** How many commands at once, in each encounter. */
export const counts = { long: 200, short: 6 };

/** Starting one of them costs a processor a tenth of a second, of which there may be two, and others who want them. */
const perCommandMs = 2_000;
const startsAtOnce = 8;

export async function run(world, { count, random, violation }) {
  const rounds = Object.entries(encounters).map(([title, encounter]) => ({ title, encounter, count, moment: random.below(count) }));
  const facts = [];
  // A few at a time need not be alone on the machine: most of their time is waiting for somebody to leave.
  await inLanes(world, { lanes: count > 20 ? 1 : rounds.length, setUp, violation }, (playAll) =>
    playAll(() => rounds.shift(), async (lane, { title, ...round }) => {
      facts.push(await meet(lane, { ...round, say: (text) => violation(`${title}: ${text}`) }));
    }),
  );
  const worst = Math.max(...facts.map(({ tookMs }) => tookMs));
  return `${facts.length} encounters of ${count} commands, 2 jobs each, by ${facts.map(({ owners }) => owners).join(', ')} coordinators, all done within ${worst.toFixed(0)} ms`;
}

async function setUp(lane) {
  lane.setUp(daftYml);
  mkdirSync(join(lane.root, 'out'));
  await lane.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: '/dev/null' }); // gives it an identity
}

async function meet(world, { count, moment, encounter, say }) {
  world.killCoordinators();
  await until(() => world.coordinators().length === 0, 5_000);
  const out = mkdtempSync(join(world.root, 'out', 'encounter-'));
  const known = new Set(world.invocations());
  const waiting = [];
  const setOut = async (hook, dir) => {
    const env = { CHAOS_OUT: dir, DAFT_FAULT: 'plan: published:stop', DAFT_FAULT_IN: 'command' };
    const { pid, ended } = world.start(['hooks', 'run', hook], env, { withinMs: 60_000 + count * perCommandMs });
    waiting.push({ pid, ended, dir });
    if (!(await until(() => isStopped(pid), count * perCommandMs + 20_000))) say('a command does not come as far as its plan');
  };
  const dirs = Array.from({ length: count - 1 }, (_, i) => join(out, `command-${i}`));
  makeGate(join(out, 'gate'));
  const starter = async () => {
    for (let dir = dirs.shift(); dir !== undefined; dir = dirs.shift()) await setOut('worktree-post-create', dir);
  };
  const coordinator = await encounter.prepare(world, out, say);
  if (coordinator?.atWork !== true) await setOut('worktree-pre-create', out);
  await Promise.all(Array.from({ length: startsAtOnce }, starter));

  const begun = performance.now();
  for (const [i, { pid }] of waiting.entries()) {
    if (i === moment) encounter.meanwhile?.(coordinator);
    signal(pid, 'SIGCONT');
  }
  const ran = await Promise.all(waiting.map(({ ended }) => ended));
  for (const { code, output } of ran) if (code !== 0) say(`a command exited with ${code}: ${output}`);
  await world.daft(['hooks', 'jobs']); // all may have woken one that was killed then

  const fresh = () => world.invocations().filter((path) => !known.has(path));
  const records = () => fresh().flatMap((path) => [...world.records(path).values()]);
  const completed = () => records().filter(({ status }) => status === 'completed').length;
  const jobs = 2 * (count - 1);
  if (!(await until(() => completed() === jobs, 30_000 + count * perCommandMs, { everyMs: 10 + count }))) say(`only ${completed()} of ${jobs} jobs completed: ${log(world)}`);
  const tookMs = performance.now() - begun;
  for (const { dir } of waiting.filter((command) => command.dir !== out)) {
    const text = readIfThere(dir);
    if (text !== 'first\nsecond\n') say(`the jobs of one command wrote ${JSON.stringify(text)}`);
  }

  // Who had to do without the name may finish what it has: the lasting job, at most. All others have gone, but for the leader.
  const worker = () => fresh().flatMap((path) => holderOf(world, path, 'lasting') ?? [])[0];
  const oneLeads = async () => {
    const { pid } = (await ping(world.socket())) ?? {};
    return world.coordinators().every((one) => one.pid === pid || one.pid === worker());
  };
  if (!(await eventually(oneLeads))) say(`coordinators ${world.coordinators().map(({ commandLine, pid }) => `${pid} ${commandLine}`).join(', ')}, and ${(await ping(world.socket()))?.pid ?? 'nobody'} has the name: ${log(world)}`);
  if (/usurped/.test(log(world))) say(`a name was taken away: ${log(world)}`);
  if (!(await openGate(join(out, 'gate')))) say('the lasting job is gone');
  if (!(await until(() => completed() === jobs + 1, 20_000))) say('the lasting job does not end');
  if (runsOf(out, 'lasting') !== 1) say(`the lasting job ran ${runsOf(out, 'lasting')} times`);
  return { tookMs, owners: new Set(records().map(({ owner }) => owner?.pid)).size };
}

/** One that has the lasting job already. */
async function atWork(world, out, say) {
  const { code, output } = await world.daft(['hooks', 'run', 'worktree-pre-create'], { CHAOS_OUT: out });
  if (code !== 0) say(`the first command exited with ${code}: ${output}`);
  const [{ pid }] = world.coordinators();
  if (!(await eventually(async () => (await ping(world.socket()))?.pid === pid))) say('the one to be killed does not lead');
  return { pid, atWork: true };
}

/** Pid of the coordinator that has a job: who has said so last, in a mark of its own if somebody else had recorded it before. */
function holderOf(world, invocation, name) {
  const mark = readIfThere(join(invocation, name, 'adopted'));
  return mark ? JSON.parse(mark).pid : [...world.records(invocation).values()].find((record) => record.name === name)?.owner?.pid;
}

async function eventually(holds) {
  for (const end = performance.now() + 20_000; performance.now() < end; await pause(20)) if (await holds()) return true;
  return false;
}

async function leavingAt(world, point) {
  const coordinator = world.startCoordinator({ DAFT_FAULT: `${point}:stop` });
  if (!(await until(() => isStopped(coordinator.pid), 30_000))) throw new Error(`it does not come as far as '${point}'`);
  return coordinator;
}

function goOn({ pid }) {
  signal(pid, 'SIGCONT');
}

function log(world) {
  return readIfThere(world.socket().replace(/sock$/, 'log'));
}
