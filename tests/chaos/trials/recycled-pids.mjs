// In a pid namespace, where the next pid can be chosen: the number of a dead job, coordinator or lock holder is given to a
// stranger, and then somebody looks after the jobs. The stranger must not notice.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readIfThere, until } from '../world.mjs';

const lastPid = '/proc/sys/kernel/ns_last_pid';
/** The shell is the namespace's init: it takes away the dead whose parents died, or their numbers would never be free. */
const inside = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc', 'sh', '-c', '"$@"; exit $?', 'init'];

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
      - { name: job, run: ': >"$CHAOS_OUT/up"; exec sleep 600' }
  worktree-pre-create:
    background: true
    jobs:
      - { name: slow-to-obey, run: "trap 'sleep 1; exit 0' TERM; : >\\"$CHAOS_OUT/up\\"; sleep 600 & wait" }
  post-clone:
    background: true
    jobs:
      - { name: another, run: 'true' }
`;

export const counts = { long: 150, short: 4 };

export async function run(world, { count, random, violation, skip }) {
  if (process.env.CHAOS_INSIDE !== undefined) return playInside(world, { count, random, violation });
  const probe = spawnSync('unshare', [...inside, 'sh', '-c', `echo 300 >${lastPid} && sh -c 'echo $$'`], { encoding: 'utf8' });
  if (probe.stdout?.trim() !== '301') {
    skip(`the next pid cannot be chosen here: ${probe.error?.message ?? `${probe.stdout}${probe.stderr}`.trim()}`);
    return 'nothing could be tried';
  }
  mkdirSync(world.state); // what is left behind is looked for in the world inside
  const chaos = fileURLToPath(new URL('../../../scripts/chaos.mjs', import.meta.url));
  const args = ['recycled-pids', '--count', String(count), '--seed', String(random.below(1_000_000))];
  const played = spawn('unshare', [...inside, process.execPath, chaos, ...args], { env: { ...process.env, CHAOS_INSIDE: '1' }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  played.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => played.on('close', resolve));
  const lines = text.trim().split('\n');
  for (const line of lines) if (line.startsWith('VIOLATION ')) violation(line.slice('VIOLATION '.length));
  const facts = /^(?:held|\d+ VIOLATIONS): (.*), \d+ s$/.exec(lines.at(-1) ?? '')?.[1];
  if (facts === undefined) violation(`ended with ${code}: ${text}`);
  return facts;
}

/** Whose number is given away, and what they leave behind. Each returns the pid, and what has to come of it. */
const victims = {
  'a job': (round) => killJob(round),
  'a job without recorded token': (round) => killJob(round, ({ record, path }) => writeFileSync(path, JSON.stringify({ ...record, pid_start: null }))),
  'a job before its record': (round) => killJob(round, ({ path }) => rmSync(path)),
  'a job that was being cancelled': (round) => killJob(round, ({ directory }) => writeFileSync(join(directory, 'cancel'), ''), 'cancelled'),
  'a job whose end is on record': killRecordedJob,
  'a coordinator': killCoordinatorOfLivingJob,
  'an adopter': killAdopter,
  'the holder of the clean-up lock': (round) => killLockHolder(round, ['__clean-logs'], 'log-clean.json'),
  'the holder of the trust lock': (round) => killLockHolder(round, ['hooks', 'trust', '--force'], 'repos.json'),
};

/** What somebody does then. */
const acts = {
  list: [['hooks', 'jobs']],
  cancel: [['hooks', 'jobs', 'cancel', 'job']],
  'cancel everything': [['hooks', 'jobs', 'cancel', '--all']],
  'kill everything': [['hooks', 'jobs', 'cancel', '--all', '--kill']],
  wait: [['hooks', 'jobs', 'wait', '--all', '--timeout', '2s']],
  retry: [['hooks', 'jobs', 'retry', 'job']],
  prune: [['hooks', 'jobs', 'prune']],
  'clean up': [['__clean-logs']],
  dispatch: [['hooks', 'run', 'post-clone']],
  remove: [['remove', '--force', 'victim']],
};

async function playInside(world, { count, random, violation }) {
  world.setUp(daftYml);
  await world.daft(['hooks', 'trust', '--force']);
  const tally = new Map();
  for (let at = 0; at < count; at += 1) {
    // The ladder takes its five seconds: seldom.
    const victim = random.chance(0.06) ? 'a job on the ladder' : random.pick(Object.keys(victims));
    const act = random.pick(Object.keys(acts));
    const kind = random.pick(['leader', 'leader', 'member', 'namesake']);
    tally.set(victim, (tally.get(victim) ?? 0) + 1);
    const out = join(world.root, 'out', String(at));
    mkdirSync(out, { recursive: true });
    const say = (text) => violation(`round ${at} (${victim}, ${act}, ${kind}): ${text}`);
    const round = { world, act, kind, out, random, say };
    if (victim === 'a job on the ladder') await recycleOnLadder(round);
    else await playRound(round, victims[victim]);
    await until(() => {
      const left = world.processes();
      for (const { pid } of left) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
      return left.length === 0;
    }, 5_000);
    await world.daft(['hooks', 'jobs', 'cancel', '--all']); // what was killed before its start would be started now
    await world.daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '10s']); // what was killed just now is recorded
    if (existsSync(join(world.repository, '../victim'))) await world.daft(['remove', '--force', 'victim']);
  }
  await world.daft(['hooks', 'run', 'post-clone']); // whoever is alive last takes socket and pid file away
  return `${count} numbers given away: ${[...tally].map(([victim, times]) => `${victim} ${times}`).join(', ')}`;
}

async function playRound(round, bereave) {
  const { world, act, kind, out, say } = round;
  const loss = await bereave(round);
  if (loss === undefined) return;
  const stranger = await takeNumber(loss.pid, { out, env: kind === 'namesake' ? loss.env : {}, leads: kind === 'leader' });
  if (stranger === undefined) return say(`the number ${loss.pid} could not be had`);
  try {
    for (const args of acts[act]) {
      const { code, output } = await world.daft(args, { CHAOS_OUT: out });
      if (![0, 1, 124].includes(code) || /^\s+at /m.test(output)) say(`exited with ${code}: ${output}`);
    }
    await loss.judge();
    stranger.examine(say);
  } finally {
    stranger.remove();
  }
}

/** Dispatches the job and returns it, running; in a worktree of its own where that is to be removed. */
async function dispatch({ world, act, out, say }, hook = 'worktree-post-create') {
  const known = new Set(world.invocations());
  const begun = await world.daft(act === 'remove' && hook === 'worktree-post-create' ? ['start', 'victim'] : ['hooks', 'run', hook], { CHAOS_OUT: out });
  const [invocation] = world.invocations().filter((path) => !known.has(path));
  const find = () => [...(invocation === undefined ? [] : world.records(invocation).values())][0];
  if (!(await until(() => existsSync(join(out, 'up')) && find()?.status === 'running', 10_000))) {
    say(`does not run: ${begun.output}`);
    return undefined;
  }
  const record = find();
  return { record, directory: record.directory, path: join(record.directory, 'meta.json'), find, id: basename(invocation) };
}

async function killCoordinators(world) {
  const pids = world.coordinators().map(({ pid }) => pid);
  world.killCoordinators();
  await until(() => pids.every((pid) => !existsSync(`/proc/${pid}`)), 5_000);
  return pids;
}

async function killGroup(pid) {
  process.kill(-pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}`), 5_000);
}

/** Coordinator and job are dead, and the record says that it runs. */
async function killJob(round, change = () => {}, end = 'crashed') {
  const job = await dispatch(round);
  if (job === undefined) return undefined;
  await killCoordinators(round.world);
  await killGroup(job.record.pid);
  rmSync(join(job.directory, 'exit'), { force: true }); // the wrapper dies with its job, or a moment later
  change(job);
  return { pid: job.record.pid, env: job.record.env, judge: () => judgeEnd(round, job, end) };
}

async function judgeEnd({ act, say }, { find }, end) {
  const isEnded = () => find() !== undefined && find().status !== 'running';
  if (!(await until(isEnded, 5_000))) say(`is recorded as ${find()?.status}`);
  else if (![end, ...(act.includes('everything') ? ['cancelled'] : [])].includes(find().status)) say(`is recorded as ${find().status}`);
}

async function killRecordedJob(round) {
  const job = await dispatch(round);
  if (job === undefined) return undefined;
  await killGroup(job.record.pid);
  await until(() => job.find()?.status === 'failed', 5_000);
  return { pid: job.record.pid, env: job.record.env, judge: () => judgeEnd(round, job, 'failed') };
}

/** The job lives: it is to be found and, in the end, stopped. */
async function killCoordinatorOfLivingJob(round) {
  const job = await dispatch(round);
  if (job === undefined) return undefined;
  await killCoordinators(round.world);
  return { pid: job.record.owner.pid, env: job.record.env, judge: () => judgeSurvivor(round, job) };
}

async function killAdopter(round) {
  const job = await dispatch(round);
  if (job === undefined) return undefined;
  await killCoordinators(round.world);
  await round.world.daft(['hooks', 'jobs']);
  if (!(await until(() => existsSync(join(job.directory, 'adopted')), 5_000))) round.say('not adopted');
  const [pid] = await killCoordinators(round.world);
  return pid === undefined ? undefined : { pid, env: job.record.env, judge: () => judgeSurvivor(round, job) };
}

async function judgeSurvivor({ world, say }, { find, record, id }) {
  if (find()?.status === 'running') await world.daft(['hooks', 'jobs', 'cancel', `${id.slice(0, 8)}:job`]);
  if (!(await until(() => find()?.status === 'cancelled', 8_000))) say(`is recorded as ${find()?.status}`);
  if (!(await until(() => !isRunning(record.pid), 1_000))) say('the job lives on');
}

/** Whoever writes this file of the configuration directory dies with its lock. */
async function killLockHolder({ world, say }, args, file) {
  const config = join(world.env.HOME, '.config/daft');
  rmSync(join(config, file), { force: true });
  const { code } = await world.daft(args, { DAFT_FAULT: 'fs: locked:kill' });
  const [lock] = readdirSync(config).filter((name) => name.endsWith('.lock'));
  // Of the clean-up, the time comes first; then pid, start token, boot and host.
  const pid = Number(/(\d+) \d+ \S+-\S+ /.exec(readIfThere(join(config, lock ?? '')) ?? '')?.[1]);
  if (code !== 'SIGKILL' || !(pid > 1)) {
    say(`no lock was left: ${code}`);
    return undefined;
  }
  const judge = async () => {
    const begun = performance.now();
    const { code: end, output } = await world.daft(args);
    if (end !== 0 || !existsSync(join(config, file))) say(`${args.join(' ')} exited with ${end}: ${output}`);
    if (performance.now() - begun > 5_000) say('the lock of a dead holder was waited for');
    for (const name of readdirSync(config)) if (name.endsWith('.lock')) say(`left behind: ${name}`);
  };
  return { pid, env: {}, judge };
}

/** The job obeys after a second; its number is taken at once, while somebody waits to kill what is left. */
async function recycleOnLadder(round) {
  const { world, out, random, say } = round;
  const job = await dispatch(round, 'worktree-pre-create');
  if (job === undefined) return;
  const coordinators = world.coordinators();
  const byCommand = random.chance(0.5);
  if (byCommand) for (const { pid } of coordinators) process.kill(pid, 'SIGSTOP');
  const cancelled = world.daft(['hooks', 'jobs', 'cancel', '--all']);
  if (byCommand) {
    // Its parent is stopped: dead, but not taken away, the number is free only when the coordinator has gone.
    await until(() => statOf(job.record.pid).startsWith('Z'), 5_000);
    world.killCoordinators();
  }
  while (existsSync(`/proc/${job.record.pid}`)) await pause(0);
  const stranger = await takeNumber(job.record.pid, { out, env: {}, leads: true });
  await cancelled;
  if (stranger === undefined) return; // somebody of daft's own was quicker
  await pause(4_500); // until the grace would be over
  if (!(await until(() => job.find()?.status === 'cancelled', 5_000))) say(`is recorded as ${job.find()?.status}`);
  stranger.examine(say);
  stranger.remove();
}

/** Somebody with this pid who notes what he hears; or, if he does not lead, who lives on in a group of that number whose leader has gone. */
async function takeNumber(pid, { out, env, leads }) {
  const heard = join(out, 'heard');
  const ready = join(out, 'ready');
  const listen = `for s in HUP INT QUIT TERM CONT USR1 USR2; do trap "echo $s >>'${heard}'" $s; done; : >'${ready}'; while :; do sleep 600 & wait; done`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    writeFileSync(lastPid, String(pid - 1));
    const child = spawn('sh', ['-c', leads ? listen : `(${listen}) & exit`], { detached: true, stdio: 'ignore', env: { PATH: process.env.PATH, ...env } });
    if (child.pid === pid) {
      await until(() => existsSync(ready) && (leads || !existsSync(`/proc/${pid}`)), 5_000);
      const before = strangersOf(pid);
      return {
        examine(say) {
          if (existsSync(heard)) say(`the stranger heard ${readFileSync(heard, 'utf8').trim().split('\n').join(', ')}`);
          const after = strangersOf(pid);
          for (const [member, state] of before) if (state !== after.get(member)) say(`the stranger ${member} was ${state} and is ${after.get(member)}`);
        },
        remove() {
          if (strangersOf(pid).size > 0) process.kill(-pid, 'SIGKILL');
        },
      };
    }
    child.kill('SIGKILL');
  }
  return undefined;
}

/** Shells of a group with their start, and whether they are stopped. */
function strangersOf(pgid) {
  const members = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [pid, statOf(pid).split(' ')]);
  return new Map(members.filter(([, fields]) => Number(fields[2]) === pgid).map(([pid, fields]) => [pid, `${fields[0] === 'T' ? 'stopped' : 'alive'} since ${fields[19]}`]));
}

function isRunning(pid) {
  return /^[^ZX]/.test(statOf(pid));
}

function statOf(pid) {
  try {
    return readIfThere(`/proc/${pid}/stat`)?.replace(/^.*\) /s, '') ?? '';
  } catch (error) {
    if (error.code === 'ESRCH') return '';
    throw error;
  }
}
