// Six jobs, dispatched by the real command, while the coordinator is killed at random moments and at named points. After
// the last kill one more command is run; from then on everything must come right by itself.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readIfThere, until } from '../world.mjs';

/** A diamond (install, build and lint, test), a chain through it to a failure, and one that the failure holds back. */
const jobs = [
  { name: 'install', needs: [], exit: 0, silent: true },
  { name: 'build', needs: ['install'], exit: 0 },
  { name: 'lint', needs: ['install'], exit: 0 },
  { name: 'test', needs: ['build', 'lint'], exit: 0 },
  { name: 'check', needs: ['test'], exit: 7 },
  { name: 'deploy', needs: ['check'], exit: 0, heldBack: true },
];
const jobSeconds = 0.06;
/** The longest way through the graph: four jobs. */
const graphMs = 4 * jobSeconds * 1000;
const healWithinMs = 2_000;

/** Passed by the coordinator alone; the dispatching command never meets them. */
const points = [
  'coordinator: begins', 'election: private socket', 'election: takeover won', 'election: dead name removed', 'election: won', 'coordinator: elected',
  'plan: taken up', 'job: about to start', 'process: spawn wrapper', 'job: spawned', 'job: claimed', 'job: running recorded', 'job: adopted', 'job: exit seen',
  'record: log settled', 'record: final written', 'job: final recorded', 'job: not run', 'active: unmarked', 'plan: settled',
  'seat: name given back', 'coordinator: socket given up',
];

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
${jobs
  .map(
    ({ name, needs, exit, silent }) => `      - name: ${name}
        run: echo "$$" >>"$CHAOS_OUT/${name}"; sleep ${jobSeconds}; echo done; exit ${exit}
        needs: [${needs.join(', ')}]
${silent ? '        background_output: silent\n' : ''}`,
  )
  .join('')}`;

export const counts = { long: 300, short: 30 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  let kills = 0;
  let strikes = 0;
  const healMs = [];
  for (let i = 0; i < count; i += 1) {
    const out = join(world.root, 'out', String(i));
    mkdirSync(out, { recursive: true });
    const known = new Set(world.invocations());
    // A coordinator that idles after the last round would serve this one without having heard of the fault.
    if (random.chance(0.5)) kills += world.killCoordinators();
    const fault = () => (random.chance(0.6) ? { DAFT_FAULT: `${random.pick(points)}@${1 + random.below(4)}:kill` } : {});

    const dispatched = await world.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: out, ...fault() });
    if (dispatched.code !== 0) violation(`round ${i}: dispatch exited with ${dispatched.code}: ${dispatched.output}`);
    const [invocation] = world.invocations().filter((path) => !known.has(path));
    if (invocation === undefined) {
      violation(`round ${i}: no invocation was recorded`);
      continue;
    }
    for (let k = random.below(3); k >= 0; k -= 1) {
      await pause(random.below(400));
      const killed = world.killCoordinators();
      kills += killed;
      if (killed === 0) strikes += 1; // dead already, by its fault or its work being done
      if (k > 0) await world.daft(['hooks', 'jobs'], fault());
    }
    await until(() => world.coordinators().length === 0, 2_000);

    const healed = await world.daft(['hooks', 'jobs']);
    if (healed.code !== 0) violation(`round ${i}: listing exited with ${healed.code}: ${healed.output}`);
    const begun = performance.now();
    const ended = () => {
      const records = world.records(invocation);
      return jobs.every(({ name }) => records.has(name) && records.get(name).status !== 'running');
    };
    const inTime = await until(ended, 20_000);
    const tookMs = performance.now() - begun;
    healMs.push(tookMs);
    const say = (text) => violation(`round ${i} (${invocation}): ${text}`);
    if (!inTime) say(`not ended after 20 s: ${JSON.stringify([...world.records(invocation)].map(([name, { status }]) => [name, status]))}`);
    else if (tookMs > healWithinMs + graphMs) say(`ended only after ${tookMs.toFixed(0)} ms`);
    judge(world.records(invocation), out, say);
  }
  // The last one that lives cleans up after the dead: their socket and their pid file are its own when it goes.
  world.killCoordinators();
  await world.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: world.root });
  healMs.sort((a, b) => a - b);
  return `${count * jobs.length} jobs, ${kills} kills at random moments, ${strikes} rounds struck elsewhere, healed in ${healMs[count >> 1].toFixed(0)} ms (median), ${healMs.at(-1).toFixed(0)} ms (worst)`;
}

function judge(records, out, say) {
  for (const { name, exit, silent, heldBack } of jobs) {
    const runs = (readIfThere(join(out, name)) ?? '').split('\n').length - 1;
    const expected = heldBack ? { runs: 0, status: 'skipped', exitCode: null, log: 'dependency failed' } : { runs: 1, status: exit === 0 ? 'completed' : 'failed', exitCode: exit, log: silent ? undefined : 'done\n' };
    const record = records.get(name);
    if (runs !== expected.runs) say(`${name} ran ${runs} times`);
    if (record?.status !== expected.status) say(`${name} is ${record?.status}`);
    if (record?.exit_code !== expected.exitCode) say(`${name} has exit code ${record?.exit_code}`);
    if (record?.log !== expected.log) say(`${name} has the log ${JSON.stringify(record?.log)}`);
    if (record !== undefined && !heldBack && !(Date.parse(record.finished_at) >= Date.parse(record.started_at))) say(`${name} ended before it started`);
  }
}
