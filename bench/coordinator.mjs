// The detached process: many short jobs, its size and idleness with a hundred long ones, cancelling, leaving.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { interleave, median, until } from './harness.mjs';

export const title = 'coordinator';

const hook = (jobs) => `hooks:\n  worktree-post-create:\n    jobs:\n${jobs.join('')}`;
const job = (name, run) => `      - { name: ${name}, background: true, run: '${run}' }\n`;
const numbered = (count, run) => hook(Array.from({ length: count }, (_, index) => job(`job-${index}`, run)));
const perSecond = (samples) => 500_000 / median(samples);
const run = (world, path) => world.daft(path, 'hooks', 'run', 'worktree-post-create');

export async function measure(world, table) {
  const cores = Math.max(2, availableParallelism());
  const short = world.repository('short', numbered(500, ':'));
  world.git(short, 'config', 'daft.jobs.maxParallel', String(cores));
  const many = await interleave(
    {
      shell: () => void world.shell(world.work, 'i=0; while [ $i -lt 500 ]; do sh -c true; i=$((i + 1)); done'),
      jobs: async () => {
        run(world, short);
        await world.idle();
      },
    },
    { runs: 3 },
  );
  table.row({ what: `500 short jobs, ${cores} at a time`, floor: perSecond(many.shell), ours: perSecond(many.jobs), unit: ' /s', least: 150 });

  await world.cold();
  const long = world.repository('long', numbered(100, 'exec sleep 600'));
  world.git(long, 'config', 'daft.jobs.maxParallel', '100');
  run(world, long);
  const sleeping = () => world.processes().filter(({ command }) => command === 'sleep 600').length;
  await until('100 running jobs', () => sleeping() === 100);
  await pause(1_000); // records and heaps settle
  const [coordinator] = world.coordinators();
  const bare = world.start(world.work, 'node', ['-e', 'setInterval(() => {}, 1e6); console.log()']);
  await new Promise((ready) => bare.stdout.once('data', ready));
  table.row({ what: 'memory with 100 running jobs, beside bare node', floor: residentMb(bare.pid), ours: residentMb(coordinator.pid), unit: ' MB', most: 60, over: 'nothing' });
  bare.kill();
  const before = cpuMs(coordinator.pid);
  await pause(5_000);
  table.row({ what: 'CPU in 5 s with nothing to do but 100 running jobs', ours: cpuMs(coordinator.pid) - before, most: 20 });
  const begun = performance.now();
  world.daft(long, 'hooks', 'jobs', 'cancel', '--all');
  await until('100 jobs to be cancelled', () => sleeping() === 0);
  table.row({ what: 'cancel --all of 100 jobs', ours: performance.now() - begun });
  await world.idle();
  const idleSince = performance.now();
  await until('the coordinator to leave', () => world.coordinators().length === 0);
  table.row({ what: 'leaves after the last job', ours: (performance.now() - idleSince) / 1000, unit: ' s', most: 5 });

  const obedient = world.repository('obedient', hook([job('nap', 'exec sleep 600')]));
  const cancel = await interleave(
    {
      node: () => void world.run(obedient, 'node', ['-e', '0']),
      cancel: async () => {
        const begun = performance.now();
        world.daft(obedient, 'hooks', 'jobs', 'cancel', 'nap');
        await world.idle();
        return performance.now() - begun;
      },
    },
    {
      runs: 11,
      before: async (name) => {
        if (name !== 'cancel') return;
        run(world, obedient);
        await until('the nap', () => world.processes().some(({ command }) => command === 'sleep 600'));
      },
    },
  );
  table.row({ what: 'cancel of an obedient job until it is recorded', floor: cancel.node, ours: cancel.cancel, most: 30 });
  await world.cold();
}

function residentMb(pid) {
  const [, kilobytes] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** User and system time so far; the kernel counts in ticks of 10 ms. */
function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
