// Lets every write of daft fail, one per round: full disk, broken disk, no descriptor, read-only, half of it written. What the
// hook does must not depend on it, nothing torn may be published, and the next command puts right what was left.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, until } from '../world.mjs';
import { defectsIn, namelessInvocations, stackIn, tornFiles, unfinishedFiles } from '../wreckage.mjs';

const errors = ['ENOSPC', 'EIO', 'EMFILE', 'EROFS', 'short'];

/** Where the system is asked for something. Elsewhere only death may strike, which other trials deal. */
const refused = /^(fs|index|record|invocation|process): /;
/** Where bytes are handed over. */
const torn = /^(fs: write|index: write)$/;

const daftYml = `
log: { max_log_size: 1KB, keep_last: 0 }
hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: echo front >>"$CHAOS_OUT" }
      - { name: first, background: true, run: echo first >>"$CHAOS_OUT" }
      - { name: second, background: true, needs: [first], run: echo second >>"$CHAOS_OUT" }
  worktree-pre-create:
    jobs:
      - { name: wordy, run: seq 1000 }
      - { name: broken, run: "echo again >>\\"$CHAOS_OUT\\"; exit 3" }
      - { name: behind, background: true, run: "echo behind >>\\"$CHAOS_OUT\\"; exit 4" }
  worktree-pre-remove:
    background: true
    jobs:
      - { name: endless, run: echo begun >>"$CHAOS_OUT"; exec sleep 600 }
      - { name: never, needs: [endless], run: echo never >>"$CHAOS_OUT" }
  worktree-post-remove:
    background: true
    jobs:
      - { name: slow, run: "echo slow >>\\"$CHAOS_OUT\\"; sleep 0.3; exit 5" }
      - { name: late, timeout: 1s, run: echo late >>"$CHAOS_OUT"; exec sleep 600 }
      - { name: after, needs: [slow], run: echo after >>"$CHAOS_OUT" }
`;

/** What is struck, in which process, and what has to be true when one more command has been there. */
const scenes = [
  { name: 'run', role: 'command', act: (play) => play.daft('hooks', 'run', 'worktree-post-create'), judge: judgeRun },
  { name: 'run', role: 'coordinator', act: (play) => play.daft('hooks', 'run', 'worktree-post-create'), judge: judgeRun },
  { name: 'list', role: 'command', past: true, act: (play) => play.daft('hooks', 'jobs', '--all', '--format', 'json'), judge: judgeList },
  { name: 'retry', role: 'command', past: true, act: (play) => play.daft('hooks', 'jobs', 'retry'), judge: judgeRetry },
  { name: 'prune', role: 'command', past: true, act: (play) => play.daft('hooks', 'jobs', 'prune', '--older-than', '0s'), judge: judgePrune },
  { name: 'truncate', role: 'command', past: true, act: (play) => play.daft('hooks', 'jobs', 'prune'), judge: judgeTruncate },
  { name: 'cancel', role: 'command', act: cancelAtOnce, judge: judgeCancel },
  { name: 'cancel', role: 'coordinator', act: cancelAtOnce, judge: judgeCancel },
  { name: 'adopt', role: 'coordinator', act: orphan, judge: judgeAdopted },
];

/** What `wait` exits with when time is up. */
const timedOut = 124;

/** How many strikes, chosen by chance; of a count that is larger than what there is, all are struck. */
export const counts = { long: 400, short: 8 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  const past = await recordPast(world, violation);
  const strikes = [];
  for (const scene of scenes) {
    const { points } = await strike(world, { scene, past, fault: undefined, violation });
    for (const error of errors) {
      for (const [passage, point] of points.entries()) if ((error === 'short' ? torn : refused).test(point)) strikes.push({ scene, error, passage: passage + 1 });
    }
  }
  for (let at = strikes.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [strikes[at], strikes[other]] = [strikes[other], strikes[at]];
  }
  const chosen = strikes.slice(0, count);
  const struck = new Set();
  let fallen = 0;
  for (const { scene, error, passage } of chosen) {
    const { points } = await strike(world, { scene, past, fault: `*@${passage}:${error}`, violation });
    const point = points[passage - 1];
    if (point === undefined) continue;
    fallen += 1;
    struck.add(`${scene.name} ${scene.role} ${point}`);
  }
  return `${fallen} of ${strikes.length} strikes fell, at ${struck.size} places`;
}

/** An invocation that failed, with a log that is too long, as every round of some scenes finds it. */
async function recordPast(world, violation) {
  await world.daft(['hooks', 'run', 'worktree-pre-create'], { CHAOS_OUT: '/dev/null' });
  const waited = await world.daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '20s']);
  if (/still/.test(waited.output)) violation(`the past does not end: ${waited.output}`);
  await until(() => world.coordinators().length === 0, 8_000);
  const past = join(world.root, 'past');
  mkdirSync(past);
  cpSync(world.state, join(past, 'state'), { recursive: true });
  cpSync(join(world.repository, '.git/daft-id'), join(past, 'daft-id'));
  return past;
}

async function strike(world, { scene, past, fault, violation }) {
  for (const { pid } of world.processes()) process.kill(pid, 'SIGKILL');
  await until(() => world.processes().length === 0, 5_000);
  const out = join(world.root, 'out');
  const faultLog = join(world.root, 'passed');
  const identity = join(world.repository, '.git/daft-id');
  for (const path of [world.state, out, faultLog, identity]) rmSync(path, { recursive: true, force: true });
  if (scene.past) {
    cpSync(join(past, 'state'), world.state, { recursive: true });
    cpSync(join(past, 'daft-id'), identity);
  } else mkdirSync(world.state, { mode: 0o700 });

  const passage = Number(/\d+/.exec(fault ?? '')?.[0] ?? 0);
  const struckAt = () => passedPoints(faultLog)[passage - 1];
  // Which passage is which is a matter of time in places: where the strike fell beside a write, only death is tried elsewhere.
  const say = (text) => {
    const point = struckAt();
    if (point === undefined || refused.test(point)) violation(`${scene.name}, ${scene.role}, ${fault ?? 'unstruck'} (${point}): ${text}`);
  };
  const env = { CHAOS_OUT: out, DAFT_FAULT_LOG: faultLog, DAFT_FAULT_IN: scene.role, ...(fault === undefined ? {} : { DAFT_FAULT: fault }) };
  const sane = (ran) => {
    if (![0, 1, timedOut].includes(ran.code)) say(`exited with ${ran.code}: ${ran.output}`);
    if (stackIn(ran.output)) say(`a stack: ${ran.output}`);
    const complaints = ran.output.split('\n').filter((line) => /warning: |failed to write job record/.test(line));
    if (complaints.length > 1) say(`more than one warning: ${complaints.join(' | ')}`);
    for (const torn of tornFiles(world.state)) say(`torn: ${torn}`);
    return ran;
  };
  const play = {
    world,
    daft: async (...args) => sane(await world.daft(args, env)),
    afterwards: async (...args) => sane(await world.daft(args, { CHAOS_OUT: out })),
    ran: () => (readIfThere(out) ?? '').split('\n').filter(Boolean),
    records: () => new Map(world.invocations().flatMap((path) => [...world.records(path)])),
    say,
  };
  const ran = await scene.act(play, scene);
  await scene.judge(play, ran);
  if (defectsIn(world.state)) say('the coordinator ended by a defect');
  await until(() => unfinishedFiles(world.state).length === 0, 2_000); // somebody may be about to finish one
  for (const file of [...unfinishedFiles(world.state), ...namelessInvocations(world.state)]) say(`left behind: ${file}`);
  return { points: passedPoints(faultLog) };
}

async function judgeRun(play, { code, output }) {
  const { world, say } = play;
  if (code !== 0) say(`the hook's command exited with ${code}: ${output}`);
  const planned = world.invocations().some((path) => existsSync(join(path, 'plan.json')));
  await play.afterwards('hooks', 'jobs', 'wait', '--all', '--timeout', '20s');
  const records = play.records();
  const unstarted = [...records.values()].find(({ log }) => log?.startsWith('cannot start '));
  const expected = unstarted === undefined ? ['front', 'first', 'second'] : ['front', 'first', 'second'].slice(0, unstarted.name === 'first' ? 1 : 2);
  if (play.ran().join(' ') !== expected.join(' ')) say(`ran: ${play.ran().join(' ')}; ${output}`);
  for (const [name, { status, exit_code: exitCode }] of records) {
    if (expected.includes(name) && (status !== 'completed' || exitCode !== 0)) say(`${name} is recorded as ${status}, ${exitCode}`);
  }
  if (planned && !(records.has('first') && records.has('second'))) say(`of a plan only these are recorded: ${[...records.keys()].join(' ')}`);
}

function judgeList({ say }, { code, output, stdout }) {
  if (code !== 0) say(`exited with ${code}: ${output}`);
  else if (JSON.parse(stdout).length !== 3) say(`listed ${JSON.parse(stdout).length} of 3 jobs`);
}

async function judgeRetry(play, { code, output }) {
  if (code !== 0) play.say(`exited with ${code}: ${output}`);
  await play.afterwards('hooks', 'jobs', 'wait', '--all', '--timeout', '20s');
  const ran = play.ran().toSorted().join(' ');
  if (ran !== 'again behind') play.say(`ran: ${ran}; ${output}`);
}

async function judgePrune(play, { code, output }) {
  if (code === 1 && !/^[eE]rror: /m.test(output)) play.say(`failed without saying why: ${output}`);
  const again = await play.afterwards('hooks', 'jobs', 'prune', '--older-than', '0s');
  if (again.code !== 0) play.say(`could not be repeated: ${again.output}`);
  await until(() => play.world.processes().length === 0, 5_000);
  const left = storeNames(play.world.state).filter((name) => !name.startsWith('.index') && name !== 'repo-policy.json');
  if (left.length > 0) play.say(`not removed: ${left.join(' ')}`);
}

async function judgeTruncate(play, { code, output }) {
  if (code === 1 && !/^[eE]rror: /m.test(output)) play.say(`failed without saying why: ${output}`);
  const again = await play.afterwards('hooks', 'jobs', 'prune');
  if (again.code !== 0) play.say(`could not be repeated: ${again.output}`);
  const wordy = play.records().get('wordy');
  if (wordy?.log_truncated !== true || wordy.log.length !== 1024 || wordy.original_size_bytes !== 3893) play.say(`not cut as it should: ${wordy?.log_truncated} ${wordy?.log?.length} ${wordy?.original_size_bytes}`);
}

/** Of the two commands, the fault is meant for the one that cancels, or for the coordinator that the first one starts. */
async function cancelAtOnce(play, { role }) {
  const dispatch = role === 'command' ? play.afterwards : play.daft;
  await dispatch('hooks', 'run', 'worktree-pre-remove');
  await until(() => play.ran().includes('begun') || play.world.coordinators().length === 0, 5_000);
  return play.daft('hooks', 'jobs', 'cancel', '--all');
}

async function judgeCancel(play) {
  await play.afterwards('hooks', 'jobs', 'wait', '--all', '--timeout', '1s');
  // Where the strike fell on the way to the job, it may have begun only now.
  await play.afterwards('hooks', 'jobs', 'cancel', '--all');
  await play.afterwards('hooks', 'jobs', 'wait', '--all', '--timeout', '10s');
  if (play.ran().join(' ') !== 'begun' && play.ran().length > 0) play.say(`ran: ${play.ran().join(' ')}`);
  const alive = play.world.processes().filter(({ commandLine }) => commandLine.startsWith('sleep'));
  if (alive.length > 0) play.say('the job lives on');
  for (const [name, { status }] of play.records()) if (!['cancelled', 'skipped', 'failed'].includes(status)) play.say(`${name} is recorded as ${status}`);
}

/** The fault is meant for the coordinator that comes after the first one's death. */
async function orphan(play) {
  const { world } = play;
  await play.afterwards('hooks', 'run', 'worktree-post-remove');
  // With their records: one that is killed over its writing leaves that behind.
  await until(() => ['slow', 'late'].every((name) => play.records().get(name)?.status === 'running'), 5_000);
  world.killCoordinators();
  await until(() => world.coordinators().length === 0, 2_000);
  return play.daft('hooks', 'jobs');
}

async function judgeAdopted(play) {
  await play.afterwards('hooks', 'jobs', 'wait', '--all', '--timeout', '20s');
  if (play.ran().toSorted().join(' ') !== 'late slow') play.say(`ran: ${play.ran().join(' ')}`);
  const expected = { slow: 'failed 5', late: 'failed null', after: 'skipped null' };
  const records = play.records();
  for (const [name, end] of Object.entries(expected)) {
    const { status, exit_code: exitCode } = records.get(name) ?? {};
    if (`${status} ${exitCode}` !== end) play.say(`${name} is recorded as ${status}, ${exitCode}`);
  }
}

function storeNames(state) {
  const jobs = join(state, 'jobs');
  return existsSync(jobs) ? readdirSync(jobs).flatMap((repo) => readdirSync(join(jobs, repo))) : [];
}

function passedPoints(path) {
  return (readIfThere(path) ?? '').split('\n').filter(Boolean);
}
