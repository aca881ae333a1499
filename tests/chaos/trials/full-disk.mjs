// A state directory on a disk of a few hundred kilobytes of its own, filled to the last byte, or to the last inode, at a random
// level: the hook does what it does elsewhere, whatever is published is whole, and when there is room again the next command
// puts everything right.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, until } from '../world.mjs';
import { namelessInvocations, stackIn, tornFiles, unfinishedFiles } from '../wreckage.mjs';

/** What the jobs print is theirs to lose; that they ran is told where there is room. */
const daftYml = `
log: { max_log_size: 1KB, keep_last: 0 }
hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: "echo front >>\\"$CHAOS_OUT\\"; seq 2000" }
      - { name: skipped, skip: true, run: echo skipped >>"$CHAOS_OUT" }
      - { name: first, background: true, run: "echo first >>\\"$CHAOS_OUT\\"; seq 2000; true" }
      - { name: second, background: true, needs: [first], run: "echo second >>\\"$CHAOS_OUT\\"; true" }
      - { name: third, background: true, background_output: silent, run: "echo third >>\\"$CHAOS_OUT\\"; true" }
  worktree-pre-create:
    background: true
    jobs:
      - { name: endless, run: exec sleep 600 }
`;
const names = ['front', 'first', 'second', 'third'];
const pageBytes = 4096;

export const counts = { long: 150, short: 3 };

export async function run(world, { count, random, violation, skip }) {
  const allowed = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'daft', '/mnt'], { encoding: 'utf8' });
  if (allowed.status !== 0) {
    skip(`no file system may be mounted here: ${allowed.error?.message ?? allowed.stderr.trim()}`);
    return 'nothing could be tried';
  }
  world.setUp(daftYml);
  mkdirSync(world.state, { mode: 0o700 });
  const tally = { inline: 0, dispatched: 0, unrecorded: 0, pruned: 0, cancelled: 0 };
  const healMs = [];
  for (let round = 0; round < count; round += 1) {
    const of = random.chance(0.7) ? 'bytes' : 'inodes';
    // Once in a while there is history, that a clean-up has to make room of.
    const plan = { of, pages: 40 + random.below(160), left: random.below(of === 'bytes' ? 14 : 24), history: random.chance(0.5), running: random.chance(0.25) };
    const say = (text) => violation(`round ${round} (${plan.left} ${of === 'bytes' ? 'pages' : 'inodes'} left of ${plan.pages}): ${text}`);
    const disk = await mountDisk(world, plan);
    try {
      healMs.push(await playRound(world, disk, { plan, random, say, tally, out: join(world.root, `out-${round}`) }));
    } finally {
      await disk.unmount();
    }
  }
  healMs.sort((a, b) => a - b);
  return `${tally.dispatched} times dispatched, ${tally.inline} times in front, of which ${tally.unrecorded} without history; ${tally.pruned} times pruned and ${tally.cancelled} jobs cancelled while full; healed in ${healMs[healMs.length >> 1].toFixed(0)} ms (median), ${healMs.at(-1).toFixed(0)} ms (worst)`;
}

async function playRound(world, disk, { plan, random, say, tally, out }) {
  const sane = ({ code, output, stdout }, allowed = [0]) => {
    if (!allowed.includes(code)) say(`exited with ${code}: ${output}`);
    if (stackIn(output)) say(`a stack: ${output}`);
    for (const torn of tornFiles(disk.state)) say(`torn: ${torn}`);
    return { code, output, stdout };
  };
  const daft = (...args) => world.daft(args, { CHAOS_OUT: out }, disk.through);
  if (plan.history) {
    sane(await world.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: '/dev/null' }, disk.through));
    sane(await daft('hooks', 'jobs', 'wait', '--all', '--timeout', '20s'));
  }
  if (plan.running) {
    sane(await daft('hooks', 'run', 'worktree-pre-create'));
    await until(() => sleepers(world).length === 1, 5_000);
  }
  const known = new Set(invocationsIn(disk.state));
  if (random.chance(0.5)) world.killCoordinators();

  disk.fill(plan);
  const ran = sane(await daft('hooks', 'run', 'worktree-post-create'));
  const told = ran.output.split('\n').filter((line) => /warning: /.test(line));
  if (told.length > 1) say(`more than one warning: ${told.join(' | ')}`);
  if (/⟳ 3 background jobs running/.test(ran.output)) tally.dispatched += 1;
  else tally.inline += 1;
  if (/history is not recorded/.test(ran.output)) tally.unrecorded += 1;

  if (random.chance(0.5)) {
    const listed = sane(await daft('hooks', 'jobs', '--all', '--format', 'json'));
    if (listed.code === 0) JSON.parse(listed.stdout);
  }
  if (random.chance(0.3)) sane(await daft('hooks', 'jobs', '--all'));
  if (random.chance(0.3)) sane(await daft('__complete', 'hooks-jobs-job', ''));
  if (plan.running && random.chance(0.7)) {
    sane(await daft('hooks', 'jobs', 'cancel', 'endless'), [0, 1]);
    if (await until(() => sleepers(world).length === 0, 8_000)) tally.cancelled += 1;
    else say('a full disk keeps a job alive');
  }
  if (random.chance(0.5)) {
    // An end that finds no room is an error that it tells, and whatever it can remove goes all the same.
    const pruned = sane(await daft('hooks', 'jobs', 'prune', ...(random.chance(0.5) ? ['--older-than', '0s'] : [])), [0, 1]);
    if (pruned.code === 1 && !/cannot reconcile .*ENOSPC/.test(pruned.output)) say(`cannot prune: ${pruned.output}`);
    tally.pruned += 1;
  }

  disk.empty();
  const begun = performance.now();
  if (plan.running) sane(await daft('hooks', 'jobs', 'cancel', 'endless'), [0, 1]);
  const waited = sane(await daft('hooks', 'jobs', 'wait', '--all', '--timeout', '20s'), [0, 1, 124]);
  const tookMs = performance.now() - begun;
  if (waited.code === 124) say(`does not end: ${waited.output}`);
  const ends = (readIfThere(out) ?? '').split('\n').filter(Boolean);
  if (ends.toSorted().join(' ') !== names.toSorted().join(' ') || ends.indexOf('second') < ends.indexOf('first')) say(`ran: ${ends.join(' ')}; ${ran.output}`);
  for (const path of invocationsIn(disk.state).filter((one) => !known.has(one))) {
    for (const [name, { status, exit_code: exitCode }] of world.records(path)) {
      if (names.includes(name) && (status !== 'completed' || exitCode !== 0)) say(`${name} is recorded as ${status}, ${exitCode}`);
    }
  }

  await until(() => world.coordinators().length === 0, 8_000);
  await until(() => unfinishedFiles(disk.state).length === 0, 2_000);
  for (const file of [...unfinishedFiles(disk.state), ...namelessInvocations(disk.state)]) say(`left behind: ${file}`);
  sane(await daft('hooks', 'jobs', 'prune', '--older-than', '0s'));
  await until(() => world.processes().length === 1, 5_000); // the one that holds the disk
  // Where the policy could not be kept, the default keeps the last three.
  const left = invocationsIn(disk.state).filter((path) => existsSync(join(path, '../repo-policy.json')));
  if (left.length > 0) say(`not removed: ${left.join(' ')}`);
  for (const { pid } of world.processes()) if (pid !== disk.pid) say(`left behind: process ${pid}`);
  rmSync(out, { force: true });
  return tookMs;
}

/** A file system that exists for its holder and whoever joins him, mounted over the state directory. */
async function mountDisk(world, { of, pages }) {
  const options = of === 'bytes' ? `size=${pages * pageBytes}` : `size=4m,nr_inodes=${pages}`;
  const holder = spawn('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o "$1,mode=0700" daft "$2" && echo mounted && exec cat', 'hold', options, world.state], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: world.env,
  });
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve);
    holder.once('exit', () => reject(new Error('the disk could not be mounted')));
  });
  const state = join('/proc', String(holder.pid), 'root', world.state);
  const ballast = join(state, '.ballast');
  return {
    pid: holder.pid,
    state,
    through: ['nsenter', '--preserve-credentials', '--user', '--mount', `--target=${holder.pid}`, `--wd=${world.repository}`, '--'],
    fill: (plan) => fill(ballast, plan),
    empty: () => rmSync(ballast, { recursive: true, force: true }),
    async unmount() {
      for (const { pid } of world.processes()) process.kill(pid, 'SIGKILL');
      await until(() => world.processes().length === 0, 5_000);
    },
  };
}

/** Leaves so many pages of four kilobytes, or so many inodes. */
function fill(ballast, { of, left }) {
  mkdirSync(ballast);
  if (of === 'inodes') {
    for (let at = statfsSync(ballast).ffree; at > left; at -= 1) closeSync(openSync(join(ballast, String(at)), 'w'));
    return;
  }
  const fd = openSync(join(ballast, 'pages'), 'w');
  for (let at = statfsSync(ballast).bavail; at > left; at -= 1) writeSync(fd, Buffer.alloc(pageBytes));
  closeSync(fd);
}

function invocationsIn(state) {
  const jobs = join(state, 'jobs');
  if (!existsSync(jobs)) return [];
  return readdirSync(jobs).flatMap((repo) => readdirSync(join(jobs, repo)).filter((name) => /^[0-9a-f]{16}$/.test(name)).map((id) => join(jobs, repo, id)));
}

function sleepers(world) {
  return world.processes().filter(({ commandLine }) => commandLine.startsWith('sleep '));
}
