// Jobs that do what they can to stay, stopped in every way there is, whatever became of their coordinator: the ladder ends in
// time, nothing is left of their groups, and they are recorded as what they are.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readIfThere, until } from '../world.mjs';

/** Each says `up` once it cannot be surprised any more. */
const jobs = {
  obedient: 'up; exec sleep 600',
  deaf: "trap '' TERM INT HUP; up; while :; do sleep 1; done",
  stopped: 'up; kill -STOP 0',
  'stopped-and-deaf': "trap '' TERM; up; while :; do kill -STOP 0; done",
  'deaf-children': "(trap '' TERM HUP; exec sleep 600) & (trap '' TERM HUP; exec sleep 600) & sleep 600 & up; wait",
  forking: "trap '' TERM; up; while :; do (exec sleep 1) & sleep 0.05; done",
  hopping: "trap '' TERM; hop() { sleep 0.03; (hop) & exit; }; (hop) & up; exec sleep 600",
  daemonising: 'setsid sh -c \'echo $$ >"$CHAOS_OUT/daemon"; exec sleep 600\' & while ! test -s "$CHAOS_OUT/daemon"; do sleep 0.01; done; up; exec sleep 600',
  // It kills its wrapper, which would tell of its end.
  orphaned: 'trap \': >"$CHAOS_OUT/told"\' TERM; up; kill -KILL $PPID; while :; do sleep 1; done',
};
const names = Object.keys(jobs);

const timeoutSecs = 2;
const ladderWithinMs = 6_000;
/** On a machine that has other things to do it takes longer, by so many times what the start of a program takes longer. */
const startsOfLadder = 10;
const idleStartMs = 80;

const hook = (name, more) => `
  ${name}:
    background: true
    jobs:
${names.map((job) => `      - { name: ${job}, run: ${JSON.stringify(`up() { : >"$CHAOS_OUT/${job}"; }; ${jobs[job]}`)}${more} }`).join('\n')}`;
const daftYml = `
hooks:${hook('worktree-post-create', '')}${hook('post-clone', `, timeout: ${timeoutSecs}s`)}
`;

/** How the jobs are told to end. */
const ways = ['one by one', 'by invocation', 'all', 'removal', 'timeout'];
/** Adoption of jobs takes a coordinator that lives; so does a timeout. */
const fates = ['lives', 'stopped', 'killed', 'adopted', 'adopter stopped', 'killed on the ladder'];
const fatesOfTimeout = ['lives', 'adopted', 'killed on the ladder'];

export const counts = { long: 30, short: 1 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  await world.daft(['hooks', 'trust', '--force']);
  const endMs = [];
  const tally = new Map();
  for (let round = 0; round < count; round += 1) {
    const way = ways[round % ways.length];
    const fate = random.pick(way === 'timeout' ? fatesOfTimeout : fates);
    tally.set(fate, (tally.get(fate) ?? 0) + 1);
    const say = (text) => violation(`round ${round} (${way}, coordinator ${fate}): ${text}`);
    endMs.push(...(await playRound(world, { round, way, fate, random, say })));
  }
  endMs.sort((a, b) => a - b);
  const fateCounts = [...tally].map(([fate, rounds]) => `${fate} ${rounds}`).join(', ');
  return `${count * names.length} jobs ended in ${endMs[endMs.length >> 1].toFixed(0)} ms (median), ${endMs.at(-1).toFixed(0)} ms (worst); coordinator ${fateCounts}`;
}

async function playRound(world, { round, way, fate, random, say }) {
  const out = join(world.root, 'out', String(round));
  mkdirSync(out, { recursive: true });
  const known = new Set(world.invocations());
  const branch = `branch-${round}`;
  const dispatched = await world.daft(way === 'removal' ? ['start', branch] : ['hooks', 'run', way === 'timeout' ? 'post-clone' : 'worktree-post-create'], { CHAOS_OUT: out });
  if (dispatched.code !== 0) say(`dispatch exited with ${dispatched.code}: ${dispatched.output}`);
  const [invocation] = world.invocations().filter((path) => !known.has(path));
  const begunAt = performance.now();
  const up = () => readdirSync(out);
  // That a wrapper was killed is known when its end is on record, and that of the others when they are.
  const settled = () => names.every((name) => up().includes(name) && world.records(invocation).has(name)) && world.records(invocation).get('orphaned').status === 'failed';
  if (!(await until(settled, 10_000))) say(`not up: ${names.filter((name) => !up().includes(name)).join(' ')}, ${dispatched.output}`);
  const groups = new Map(names.map((name) => [name, world.records(invocation).get(name)?.pid]));

  const stopped = await meetFate(world, { fate, invocation, say });
  const toldAt = await tellToEnd(world, { way, fate, branch, invocation, random, begunAt, say });
  const startMs = Math.max(startDelayMs(), startDelayMs());
  const endMs = await watchTheEnd(world, { way, invocation, groups, toldAt, out, say, withinMs: ladderWithinMs + startsOfLadder * Math.max(0, startMs - idleStartMs) });
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  if (way === 'timeout') await world.daft(['hooks', 'jobs', 'cancel', '--all']); // that of a job whose wrapper was killed has no timeout any more
  await until(() => !livingGroups().has(groups.get('orphaned')), 8_000);
  const living = livingGroups();
  for (const name of names) if (living.has(groups.get(name))) say(`${name} lives on`);
  const daemon = Number(readIfThere(join(out, 'daemon')));
  if (!world.processes().some(({ pid }) => pid === daemon)) say('what began a session of its own was ended, too');
  else process.kill(daemon, 'SIGKILL');
  return endMs;
}

/** Returns the pids that were stopped. */
async function meetFate(world, { fate, invocation, say }) {
  switch (fate) {
    case 'lives':
    case 'killed on the ladder':
      return [];
    case 'stopped':
      return stopCoordinators(world);
    case 'killed':
      await killCoordinators(world);
      return [];
    case 'adopted':
    case 'adopter stopped': {
      await killCoordinators(world);
      await world.daft(['hooks', 'jobs']);
      const adopted = () => [...world.records(invocation).values()].every(({ status, directory }) => status !== 'running' || readIfThere(join(directory, 'adopted')) !== undefined);
      if (!(await until(adopted, 5_000))) say('not adopted');
      return fate === 'adopted' ? [] : stopCoordinators(world);
    }
  }
}

/** To the end: one that dies counts as alive until the last of its threads has gone. */
async function killCoordinators(world) {
  const pids = world.coordinators().map(({ pid }) => pid);
  world.killCoordinators();
  await until(() => pids.every((pid) => /^[ZX]|^$/.test(statOf(pid) ?? '')), 5_000);
}

function stopCoordinators(world) {
  return world.coordinators().map(({ pid }) => {
    process.kill(pid, 'SIGSTOP');
    return pid;
  });
}

/**
 * Returns when the jobs were told, if that is known: by the clock, or by the first command after the coordinator died on the
 * ladder. Else they were told when it shows.
 */
async function tellToEnd(world, { way, fate, branch, invocation, random, begunAt, say }) {
  if (way === 'timeout') {
    const dueAt = begunAt + timeoutSecs * 1000;
    if (fate !== 'killed on the ladder') return dueAt;
    await until(() => names.some((name) => existsSync(join(invocation, name, 'because'))), 5_000);
    return killOnTheLadder(world, random);
  }
  const id = basename(invocation);
  const commands = {
    'one by one': names.map((name) => ['hooks', 'jobs', 'cancel', `${id.slice(0, 8)}:${name}`]),
    'by invocation': [['hooks', 'jobs', 'cancel', '--inv', id.slice(0, 8)], ['hooks', 'jobs', 'cancel', `${id.slice(0, 8)}:orphaned`]],
    all: [['hooks', 'jobs', 'cancel', '--all']],
    removal: [['remove', '--force', branch]],
  }[way];
  const running = commands.map((args) => world.daft(args));
  const killed = fate === 'killed on the ladder' ? killOnTheLadder(world, random, running) : undefined;
  void Promise.all(running).then((ran) => {
    for (const { code, output } of ran) if (code !== 0) say(`exited with ${code}: ${output}`);
    return undefined;
  });
  return killed;
}

/** Returns when the first command afterwards has ended, which is told to go on once `running` have. */
async function killOnTheLadder(world, random, running = []) {
  await pause(300 + random.below(4_500));
  await killCoordinators(world);
  await Promise.all(running);
  await world.daft(['hooks', 'jobs']);
  return performance.now();
}

/** Returns how long each job took to end, its group and its record, from the moment it was told. */
async function watchTheEnd(world, { way, invocation, groups, toldAt, out, withinMs, say }) {
  const expected = (name) => (name === 'orphaned' ? ['failed', 137] : way === 'timeout' ? ['failed', null] : ['cancelled', null]);
  const watched = names.filter((name) => way !== 'timeout' || name !== 'orphaned');
  const told = new Map(toldAt === undefined ? [] : watched.map((name) => [name, toldAt]));
  const left = new Map(watched.map((name) => [name, join(invocation, name, 'cancel')]));
  left.set('orphaned', join(out, 'told'));
  if (way === 'timeout') left.delete('orphaned');
  const endMs = new Map();
  await until(() => {
    const records = world.records(invocation);
    const living = livingGroups();
    const now = performance.now();
    for (const [name, mark] of left) {
      if (!told.has(name) && existsSync(mark)) told.set(name, now);
      if (living.has(groups.get(name)) || records.get(name)?.status === 'running') continue;
      left.delete(name);
      endMs.set(name, Math.max(0, now - (told.get(name) ?? now))); // the obedient are gone before we look
    }
    return left.size === 0;
  }, withinMs + 6_000);
  for (const name of left.keys()) say(`${name} does not end: ${world.records(invocation).get(name)?.status}, its group ${livingGroups().has(groups.get(name)) ? 'lives' : 'is extinct'}`);
  const late = [...endMs].filter(([, ms]) => ms > withinMs).map(([name, ms]) => `${name} after ${ms.toFixed(0)} ms`);
  if (late.length > 0) say(`ended late: ${late.join(', ')}`);
  const records = world.records(invocation);
  for (const name of watched) {
    const { status, exit_code: exitCode } = records.get(name) ?? {};
    if (status !== expected(name)[0] || exitCode !== expected(name)[1]) say(`${name} is recorded as ${status}, ${exitCode}`);
  }
  return endMs.values();
}

function startDelayMs() {
  const begun = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begun;
}

/** Ids of the process groups that have a member which is not a zombie. */
function livingGroups() {
  const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => (statOf(pid) ?? 'X').split(' ', 3));
  return new Set(stats.filter(([state]) => state !== 'Z' && state !== 'X').map(([, , group]) => Number(group)));
}

function statOf(pid) {
  try {
    return readIfThere(`/proc/${pid}/stat`)?.replace(/^.*\) /s, '');
  } catch (error) {
    if (error.code === 'ESRCH') return undefined;
    throw error;
  }
}
