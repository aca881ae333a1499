// The coordinator is stopped: at a passage of its fault points that chance chooses, at the latest when it has nothing to do but wait for its jobs.
// Whoever lists, reads, cancels or dispatches meanwhile hardly notices, and when it goes on it repeats nothing.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeGate, openGate } from '../gates.mjs';
import { leftMarks, runsOf } from '../six-jobs.mjs';
import { isStopped, readIfThere, signal, until } from '../world.mjs';

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
      - { name: waiting, run: echo >>"$CHAOS_OUT/waiting"; read _ <"$CHAOS_OUT/gate" }
      - { name: behind, needs: [waiting], run: echo >>"$CHAOS_OUT/behind" }
      - { name: victim, run: echo "$$" >>"$CHAOS_OUT/victim"; exec sleep 600 }
  worktree-pre-create:
    background: true
    jobs:
      - { name: fresh, run: echo >>"$CHAOS_OUT/fresh" }
      - { name: after, needs: [fresh], run: echo >>"$CHAOS_OUT/after" }
`;

/** Beyond what the same command takes with a coordinator that answers, in the same round. */
const limits = { list: 300, logs: 300, cancel: 2_000, start: 3_000 };
const deeds = Object.keys(limits);

export const counts = { long: 60, short: 2 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  mkdirSync(join(world.root, 'out'));
  const took = { live: [], stopped: [] };
  let inTheMiddle = 0;
  for (let i = 0; i < count; i += 1) {
    const title = `round ${i}`;
    took.live.push(await play(world, { out: join(world.root, 'out', `${i}-live`), stop: undefined, say: (text) => violation(`${title}, nobody stopped: ${text}`) }));
    // There are about sixty before it waits for the jobs; there it is stopped at the latest.
    const passage = 1 + random.below(80);
    const stopped = await play(world, { out: join(world.root, 'out', `${i}-stopped`), stop: passage, say: (text) => violation(`${title}, stopped @${passage}: ${text}`) });
    took.stopped.push(stopped);
    if (stopped.wasStopped) inTheMiddle += 1;
    for (const deed of deeds) {
      const beyond = stopped[deed] - took.live.at(-1)[deed];
      if (beyond > limits[deed]) violation(`${title}, stopped @${passage}: ${deed} took ${stopped[deed].toFixed(0)} ms, ${beyond.toFixed(0)} ms more than with a live coordinator`);
    }
  }
  const compared = deeds.map((deed) => `${deed} ${median(took.stopped, deed)} (${median(took.live, deed)}), at worst ${worst(took.stopped, deed)} (${worst(took.live, deed)})`);
  return `${count} rounds, ${inTheMiddle} stopped in the middle of something; in ms, with a live one in brackets: ${compared.join('; ')}`;
}

/** Dispatches, has the coordinator stopped, does all that a user may do, and lets it go on. Returns how long each took in ms. */
async function play(world, { out, stop, say }) {
  world.killCoordinators();
  await until(() => world.coordinators().length === 0, 5_000);
  mkdirSync(out);
  makeGate(join(out, 'gate'));
  const known = new Set(world.invocations());
  const env = { CHAOS_OUT: out };
  const daft = async (...args) => {
    const begun = performance.now();
    const ran = await world.daft(args, env);
    if (ran.code !== 0) say(`${args.join(' ')} exited with ${ran.code}: ${ran.output}`);
    return { ...ran, ms: performance.now() - begun };
  };
  const dispatched = await world.daft(['hooks', 'run', 'worktree-post-create'], { ...env, DAFT_FAULT_IN: 'coordinator', ...(stop !== undefined ? { DAFT_FAULT: `*@${stop}:stop` } : {}) });
  if (dispatched.code !== 0) say(`dispatch exited with ${dispatched.code}: ${dispatched.output}`);
  const [first] = world.invocations().filter((path) => !known.has(path));
  const [coordinator] = world.coordinators();
  const atWork = () => ['waiting', 'victim'].every((name) => existsSync(join(out, name)) && world.records(first).get(name)?.status === 'running');
  if (!(await until(() => atWork() || isStopped(coordinator.pid), 30_000))) say('the jobs do not start, and nobody is stopped');
  const wasStopped = isStopped(coordinator.pid);
  if (stop !== undefined && !wasStopped) {
    signal(coordinator.pid, 'SIGSTOP');
    await until(() => isStopped(coordinator.pid), 5_000);
  }

  const list = (await daft('hooks', 'jobs')).ms;
  const logs = (await daft('hooks', 'jobs', 'logs', 'victim')).ms;
  const toCancel = performance.now();
  await daft('hooks', 'jobs', 'cancel', 'victim');
  if (!(await until(() => world.records(first).get('victim')?.status === 'cancelled', 20_000))) say(`victim is ${world.records(first).get('victim')?.status} 20 s after cancel`);
  const cancel = performance.now() - toCancel;
  const toStart = performance.now();
  await daft('hooks', 'run', 'worktree-pre-create');
  if (!(await until(() => existsSync(join(out, 'fresh')), 20_000))) say('a new job is not started within 20 s');
  const start = performance.now() - toStart;

  // What was not started before the stop is started afterwards; what was, comes to its end meanwhile.
  const opened = runsOf(out, 'waiting') > 0 && (await openGate(join(out, 'gate')));
  const goOn = () => signal(coordinator.pid, 'SIGCONT'); // more than once: the passage may be ahead yet
  goOn();
  if (!opened && !(await openGate(join(out, 'gate')))) say('waiting is not started');
  const invocations = world.invocations().filter((path) => !known.has(path));
  const records = () => new Map(invocations.flatMap((path) => [...world.records(path)]));
  const expected = { waiting: 'completed', behind: 'completed', victim: 'cancelled', fresh: 'completed', after: 'completed' };
  if (!(await until(() => goOn() !== undefined && Object.entries(expected).every(([name, status]) => records().get(name)?.status === status), 20_000))) say(`ended as ${JSON.stringify([...records()].map(([name, { status }]) => [name, status]))}`);
  for (const name of Object.keys(expected)) {
    const runs = runsOf(out, name);
    if (runs !== 1 && !(name === 'victim' && runs === 0)) say(`${name} ran ${runs} times`);
  }
  const survives = () => world.processes().some(({ pid }) => pid === Number(readIfThere(join(out, 'victim'))));
  if (!(await until(() => !survives(), 5_000))) say('victim lives');
  await until(() => invocations.every((path) => leftMarks(path, world.records(path)).length === 0), 5_000);
  for (const path of invocations.flatMap((invocation) => leftMarks(invocation, world.records(invocation)))) say(`left behind: ${path}`);
  return { list, logs, cancel, start, wasStopped };
}

function median(rounds, deed) {
  return rounds.map((round) => round[deed]).toSorted((a, b) => a - b)[rounds.length >> 1].toFixed(0);
}

function worst(rounds, deed) {
  return Math.max(...rounds.map((round) => round[deed])).toFixed(0);
}
