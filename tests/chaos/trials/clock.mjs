// Somebody sets the clock, an hour back or thirty days ahead, and back again, while jobs run and records lie there: nothing is
// removed that would have stayed, no timeout comes early or late, nothing that runs is given up, and no time is negative.

import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIfThere, until } from '../world.mjs';

const timeoutSecs = 3;

const daftYml = `
hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: echo hello }
      - { name: quick, background: true, run: exit 3 }
  post-clone:
    background: true
    jobs:
      - { name: endless, run: ': >"$CHAOS_OUT"; exec sleep 600' }
      - { name: limited, timeout: ${timeoutSecs}s, run: exec sleep 600 }
      - { name: gated, run: 'while ! test -e "$CHAOS_OUT.go"; do sleep 0.05; done' }
      - { name: waiting, needs: [gated], run: echo done }
`;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const settings = { 'an hour back': -hourMs, 'thirty days ahead': 30 * dayMs };
const fates = ['lives', 'killed before', 'killed after'];

export const counts = { long: 24, short: 1 };

export async function run(world, { count, random, violation }) {
  world.setUp(daftYml);
  const tally = new Map();
  for (let round = 0; round < count; round += 1) {
    const setting = round < 2 ? Object.keys(settings)[1 - round] : random.pick(Object.keys(settings));
    const fate = random.pick(fates);
    tally.set(setting, (tally.get(setting) ?? 0) + 1);
    const say = (text) => violation(`round ${round} (${setting}, coordinator ${fate}): ${text}`);
    await playRound(world, { round, offsetMs: settings[setting], fate, fires: 5 + random.below(4), say });
  }
  return `${count} times set: ${[...tally].map(([setting, times]) => `${setting} ${times}`).join(', ')}`;
}

async function playRound(world, { round, offsetMs, fate, fires, say }) {
  const out = join(world.root, `out-${round}`);
  const clock = join(world.root, `clock-${round}`);
  const config = join(world.root, `config-${round}`);
  const stamp = join(config, 'log-clean.json');
  mkdirSync(config);
  appendFileSync(clock, '');
  rmSync(world.state, { recursive: true, force: true });
  const env = {
    CHAOS_OUT: out,
    CHAOS_CLOCK: clock,
    NODE_OPTIONS: `--require=${fileURLToPath(new URL('../shifted-clock.cjs', import.meta.url))}`,
    DAFT_CONFIG_DIR: config,
  };
  const daft = async (...args) => {
    const ran = await world.daft(args, env);
    if (ran.code !== 0 || /^\s+at /m.test(ran.output)) say(`${args.join(' ')} exited with ${ran.code}: ${ran.output}`);
    return ran.stdout;
  };
  const set = (ms) => appendFileSync(clock, `${Date.now()} ${ms}\n`);
  /** As any command does once a day, and whenever its last time lies in the future. */
  const cleanUp = async (when) => {
    const before = readIfThere(stamp);
    const known = world.invocations().length;
    await world.daft(['hooks', 'jobs'], { ...env, DAFT_NO_LOG_CLEAN: undefined });
    await until(() => readIfThere(stamp) !== before, 1_500); // not if it is not due
    const left = world.invocations().length;
    if (left !== known) say(`the clean-up ${when} left ${left} of ${known} invocations`);
  };

  for (let fire = 0; fire < fires; fire += 1) await daft('hooks', 'run', 'worktree-post-create');
  await daft('hooks', 'run', 'post-clone');
  const begunAt = performance.now();
  const running = world.invocations().find((path) => world.records(path).has('endless') || readIfThere(join(path, 'plan.json'))?.includes('endless'));
  const statusOf = (name) => world.records(running).get(name)?.status;
  if (!(await until(() => readIfThere(out) !== undefined && ['endless', 'limited', 'gated'].every((name) => statusOf(name) === 'running'), 10_000))) say('jobs do not run');
  await cleanUp('before');

  if (fate === 'killed before') await killCoordinators(world);
  set(offsetMs);
  if (fate === 'killed after') await killCoordinators(world);
  sane(await daft('hooks', 'jobs', '--all', '--format', 'json'), await daft('hooks', 'jobs', '--all'), say);
  await cleanUp('afterwards');
  await daft('hooks', 'run', 'worktree-post-create'); // records of a time to come
  appendFileSync(`${out}.go`, '');
  if (!(await until(() => statusOf('waiting') === 'completed', 10_000))) say(`waiting is ${statusOf('waiting')}, gated ${statusOf('gated')}`);
  if (!(await until(() => statusOf('limited') === 'failed', timeoutSecs * 1000 + 10_000 - (performance.now() - begunAt)))) say(`limited is ${statusOf('limited')}`);
  const ranMs = performance.now() - begunAt;
  if (!world.records(running).get('limited')?.log?.includes('timed out')) say(`limited did not time out: ${world.records(running).get('limited')?.log}`);
  if (ranMs < timeoutSecs * 1000 - 500) say(`limited timed out after ${ranMs.toFixed(0)} ms`);
  if (statusOf('endless') !== 'running') say(`endless is ${statusOf('endless')}`);

  set(0);
  sane(await daft('hooks', 'jobs', '--all', '--format', 'json'), await daft('hooks', 'jobs', '--all'), say);
  await cleanUp('when the clock was right again');
  await daft('hooks', 'jobs', 'logs', 'endless');
  await daft('hooks', 'jobs', 'cancel', '--all');
  if (!(await until(() => statusOf('endless') === 'cancelled', 8_000))) say(`endless is ${statusOf('endless')}`);
  await until(() => world.processes().length === 0, 8_000);
}

/** Durations and ages, as programs and people see them. */
function sane(json, text, say) {
  for (const { name, duration_secs: seconds } of JSON.parse(json)) if (seconds !== null && seconds < 0) say(`${name} took ${seconds} s`);
  const negative = text.split('\n').find((line) => /(^|\s)-\d/.test(line));
  if (negative !== undefined) say(`a negative time: ${negative}`);
}

async function killCoordinators(world) {
  const pids = world.coordinators().map(({ pid }) => pid);
  world.killCoordinators();
  await until(() => pids.every((pid) => /^[ZX]|^$/.test((readIfThere(`/proc/${pid}/stat`) ?? '').replace(/^.*\) /s, ''))), 5_000);
}
