// A real coordinator with running jobs, and clients that do everything wrong at once: idle ones by the hundred, endless lines,
// a byte a second, resets, and `count` requests that are none. Meanwhile it has to answer who asks properly, start and
// cancel jobs, and stay small; afterwards there is no trace of it.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readIfThere, until } from '../world.mjs';

const pingMs = 50;
/** So long a command waits for its coordinator before it goes on without. */
const patienceMs = 200;
const memoryMb = 100;
/** A coordinator has nothing to say of clients: what it says in its life is a few lines. */
const logBytes = 16 * 1024;

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
      - name: steady
        run: i=0; while [ ! -e "$CHAOS_OUT/enough" ]; do i=$((i + 1)); echo "tick $i"; sleep 0.05; done; echo "$i" >"$CHAOS_OUT/ticks"; exit 3
      - { name: victim, run: exec sleep 600 }
      - { name: after, run: echo after, needs: [steady] }
  worktree-pre-create:
    background: true
    jobs:
      - { name: late, run: echo late }
`;

export const counts = { long: 10_000, short: 400 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  await world.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: world.root });
  const records = () => new Map(world.invocations().flatMap((path) => [...world.records(path)]));
  await until(() => records().get('steady')?.status === 'running' && records().get('victim')?.status === 'running', 10_000);
  const [coordinator] = world.coordinators();
  const file = (ending) => join(world.state, readdirSync(world.state).find((name) => name.startsWith('coordinator-') && name.endsWith(ending)));
  const socket = file('.sock');
  const before = descriptors(coordinator.pid);

  const storm = spawn(process.execPath, [fileURLToPath(new URL('../hostile-clients.mjs', import.meta.url)), socket, String(count), String(random.below(1_000_000))], { stdio: ['ignore', 'pipe', 'inherit'], env: world.env });
  let tallied = '';
  storm.stdout.on('data', (chunk) => (tallied += chunk));
  const raging = new AbortController();
  storm.once('close', () => raging.abort());
  const calm = await openCalmServer(world);
  const pings = [];
  const calmPings = [];
  const pinging = (async () => {
    while (!raging.signal.aborted) {
      pings.push(await ping(socket));
      calmPings.push(await ping(calm.path));
      await pause(5);
    }
  })();
  await until(() => pings.length >= 5, 10_000);

  for (const { args, name, status } of [
    { args: ['hooks', 'run', 'worktree-pre-create'], name: 'late', status: 'completed' },
    { args: ['hooks', 'jobs', 'cancel', 'victim'], name: 'victim', status: 'cancelled' },
  ]) {
    const ran = await world.daft(args, { CHAOS_OUT: world.root });
    if (ran.code !== 0) violation(`${args.join(' ')} exited with ${ran.code}: ${ran.output}`);
    if (!(await until(() => records().get(name)?.status === status, 3_000))) violation(`${name} is ${records().get(name)?.status}, 3 s after ${args.join(' ')}`);
  }
  await pinging;
  calm.close();
  if (tallied === '') {
    violation('the coordinator is gone');
    return 'not finished';
  }

  const { refused, turnedAway, wrong, idle, rude } = JSON.parse(tallied);
  if (refused !== count) violation(`only ${refused} of ${count} malformed requests were refused`);
  for (const answer of wrong.slice(0, 10)) violation(`answered what is none: ${answer}`);
  const peakMb = Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${coordinator.pid}/status`, 'utf8'))[1]) / 1024;
  if (peakMb >= memoryMb) violation(`the coordinator took ${peakMb.toFixed(0)} MB`);
  const [middle, nearly, worst] = quantiles(pings);
  const [, calmNearly, calmWorst] = quantiles(calmPings);
  if (middle >= pingMs) violation(`every other ping took ${middle.toFixed(0)} ms and more`);
  // A few are a matter of luck where others want the cores, too; but no command may often do without the coordinator.
  if (nearly >= patienceMs + calmNearly) violation(`a ping took ${nearly.toFixed(0)} ms (95 of 100 were faster), of a server with nothing to do ${calmNearly.toFixed(0)} ms`);
  if (!(await until(() => descriptors(coordinator.pid) <= before, 8_000))) violation(`${descriptors(coordinator.pid)} descriptors open, ${before} before`);
  const logged = statSync(file('.log')).size;
  if (logged > logBytes) violation(`${logged} bytes in the log of the coordinator: ${readFileSync(file('.log'), 'utf8').slice(0, 300)}`);
  if (world.coordinators()[0]?.pid !== coordinator.pid) violation('it is another coordinator than before');

  writeFileSync(join(world.root, 'enough'), '');
  if (!(await until(() => records().get('after')?.status === 'skipped', 5_000))) violation(`the dependent of a failed job is ${records().get('after')?.status}`);
  const { status, exit_code: exitCode, log } = records().get('steady');
  if (status !== 'failed' || exitCode !== 3) violation(`steady is ${status} with ${exitCode}`);
  const ticks = Number(readIfThere(join(world.root, 'ticks')));
  if (log !== Array.from({ length: ticks }, (_, i) => `tick ${i + 1}\n`).join('')) violation(`the log of steady is not its ${ticks} ticks`);
  return (
    `${refused} malformed requests refused, ${idle} idle clients, ${rude} rude ones, ${turnedAway} times turned away; ${pings.length} pings in ${middle.toFixed(1)} ms (median), ` +
    `${nearly.toFixed(1)} ms (95 of 100), ${worst.toFixed(0)} ms (worst; ${calmWorst.toFixed(0)} ms where nothing else is asked); coordinator at most ${peakMb.toFixed(0)} MB, ${before} descriptors before and after, ${logged} bytes of log`
  );
}

function descriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What this machine needs for a ping at the very same time: a server like ours that nobody else talks to. */
async function openCalmServer(world) {
  const path = join(world.root, 'calm.sock');
  const server = spawn(process.execPath, ['-e', `require('node:net').createServer((s) => s.on('data', () => s.end('{"Pong":{}}'))).listen(${JSON.stringify(path)})`], { stdio: 'ignore', env: world.env });
  await until(() => existsSync(path), 10_000);
  return { path, close: () => server.kill('SIGKILL') };
}

function quantiles(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return [0.5, 0.95, 1].map((share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}

/** Milliseconds until the answer; who is turned away asks again at once, as the client of daft does. */
async function ping(path) {
  const begun = performance.now();
  for (;;) {
    const answer = await new Promise((resolve) => {
      const socket = connect(path);
      let text = '';
      socket.on('error', () => {}); // 'close' follows
      socket.on('data', (chunk) => (text += chunk));
      socket.on('close', () => resolve(text));
      socket.write('"Ping"\n');
    });
    if (answer.startsWith('{"Pong":') || performance.now() - begun > 5_000) return performance.now() - begun;
    await pause(10);
  }
}
