// The command is killed between any two of its steps. What it leaves is nothing in the background, or a plan that the next
// command finishes; nothing half that anybody sees; and nothing that the clean-up does not sweep.

import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { inLanes } from '../lanes.mjs';
import { runsOf } from '../six-jobs.mjs';
import { readIfThere, signal, until } from '../world.mjs';
import { namelessInvocations, tornFiles, unfinishedFiles } from '../wreckage.mjs';

const daftYml = `
log: { keep_last: 0 }
hooks:
  worktree-pre-create:
    jobs:
      - { name: early, background: true, run: echo >>"$CHAOS_OUT/early" }
  worktree-post-create:
    jobs:
      - { name: front, run: echo >>"$CHAOS_OUT/front" }
      - { name: broken, run: echo >>"$CHAOS_OUT/broken"; exit 3 }
      - { name: first, background: true, run: echo >>"$CHAOS_OUT/first" }
      - { name: second, background: true, needs: [first], run: echo >>"$CHAOS_OUT/second" }
      - { name: held, background: true, needs: [broken], run: echo >>"$CHAOS_OUT/held" }
`;
const early = { name: 'early', plan: 'worktree-pre-create' };
const late = [
  { name: 'front', plan: undefined },
  { name: 'broken', plan: undefined },
  { name: 'first', plan: 'worktree-post-create' },
  { name: 'second', plan: 'worktree-post-create' },
];

const scenes = {
  run: { args: () => ['hooks', 'run', 'worktree-post-create'], jobs: late },
  start: { args: ({ branch }) => ['start', branch], jobs: [early, ...late] },
};

/** How many strikes, chosen by chance; of a count that is larger than what there is, all are struck. */
export const counts = { long: 1_000, short: 6 };

export async function run(world, { count, random, violation }) {
  const strikes = [];
  const struck = new Map();
  let rounds = 0;
  let plans = 0;

  async function play(lane, { scene, passage }) {
    rounds += 1;
    const ran = await strike(lane, { scene, passage, number: rounds, violation });
    const point = ran.points[passage - 1];
    if (passage === undefined || point === undefined) return ran.points;
    struck.set(point, (struck.get(point) ?? 0) + 1);
    plans += ran.planned ? 1 : 0;
    return ran.points;
  }

  let passages = 0;
  await inLanes(world, { lanes: 3, setUp, violation }, async (playAll) => {
    const surveys = Object.keys(scenes).map((scene) => ({ scene }));
    await playAll(() => surveys.shift(), async (lane, { scene }) => {
      const points = await play(lane, { scene });
      strikes.push(...points.map((_, at) => ({ scene, passage: at + 1 })));
    });
    passages = strikes.length;
    strikes.sort((a, b) => a.scene.localeCompare(b.scene) || a.passage - b.passage);
    const chosen = passages <= count ? strikes : Array.from({ length: count }, () => strikes.splice(random.below(strikes.length), 1)[0]);
    await playAll(() => chosen.shift(), play);
  });

  const fell = [...struck.values()].reduce((sum, n) => sum + n, 0);
  return `${fell} of ${passages} passages struck, at ${struck.size} points; ${plans} times there was a plan for the next command`;
}

async function setUp(lane) {
  lane.setUp(daftYml);
  lane.git('config', 'daft.hooks.defaultTrust', 'allow');
  mkdirSync(join(lane.root, 'out'));
  mkdirSync(join(lane.root, 'tmp'));
}

/** Returns the points that the command passed, and whether it left a plan. */
async function strike(lane, { scene: name, passage, number, violation }) {
  for (const { pid } of lane.processes()) signal(pid, 'SIGKILL');
  await until(() => lane.processes().length === 0, 5_000);
  // Each is the first command that the repository sees: what is made once is made half once.
  for (const place of [lane.state, join(lane.root, 'home/.config')]) rmSync(place, { recursive: true, force: true });
  rmSync(join(lane.repository, '.git/daft-id'), { force: true });
  const out = join(lane.root, 'out', String(number));
  mkdirSync(join(out, 'again'), { recursive: true });
  const log = join(out, 'passed.log');
  const branch = `feature/${number}`;
  const scene = scenes[name];
  const fault = passage === undefined ? {} : { DAFT_FAULT: `*@${passage}:kill` };
  const env = { CHAOS_OUT: out, TMPDIR: join(lane.root, 'tmp') };
  const points = () => (readIfThere(log) ?? '').split('\n').filter(Boolean);
  const say = (text) => violation(`${name}${passage === undefined ? '' : ` @${passage}`}, after '${points().at(-1)}': ${text}`);

  const ran = await lane.daft(scene.args({ branch }), { ...env, DAFT_FAULT_IN: 'command', DAFT_FAULT_LOG: log, ...fault });
  const fell = passage !== undefined && points().length >= passage;
  if (fell !== (ran.code === 'SIGKILL')) say(`ended with ${ran.code}: ${ran.output}`);
  for (const path of tornFiles(lane.state)) say(`torn: ${path}`);
  const planned = new Set(lane.invocations().filter((path) => existsSync(join(path, 'plan.json'))).map((path) => JSON.parse(readIfThere(join(path, 'invocation.json'))).hook_type));
  if (!fell && planned.size === 0) say('no plan');

  const next = await lane.daft(['hooks', 'jobs'], env);
  if (next.code !== 0) say(`the next command exited with ${next.code}: ${next.output}`);
  await lane.daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '20s'], env);
  const records = new Map(lane.invocations().flatMap((path) => [...lane.records(path)]));
  for (const { name: job, plan } of scene.jobs) {
    const runs = runsOf(out, job);
    const expected = plan === undefined ? [fell ? Math.min(runs, 1) : 1] : [planned.has(plan) ? 1 : 0];
    if (!expected.includes(runs)) say(`${job} ran ${runs} times, planned: ${[...planned].join(', ')}`);
    if (plan !== undefined && planned.has(plan) && records.get(job)?.status !== 'completed') say(`${job} is ${records.get(job)?.status}`);
  }
  if (runsOf(out, 'held') > 0) say('held ran');
  for (const [job, { status }] of records) if (status === 'running') say(`${job} runs for ever`);

  if (name === 'start') await judgeWorktree(lane, { branch, env: { ...env, CHAOS_OUT: join(out, 'again') }, say });
  await judgeSweeping(lane, { env, say });
  return { points: points(), planned: planned.size > 0 };
}

/** Whatever there is of the worktree, the command that the user gives next makes it whole; with nothing in its way that is the same again. */
async function judgeWorktree(lane, { branch, env, say }) {
  const worktree = lane.git('worktree', 'list', '--porcelain').includes(`branch refs/heads/${branch}\n`);
  const again = await lane.daft(worktree ? ['go', branch] : ['start', branch], env);
  if (again.code !== 0) say(`${worktree ? 'go' : 'start again'} exited with ${again.code}: ${again.output}`);
  if (!lane.git('worktree', 'list', '--porcelain').includes(`branch refs/heads/${branch}\n`)) say('no worktree even then');
  await lane.daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '20s'], env);
}

/** A day later the clean-up takes what was begun and not finished. */
async function judgeSweeping(lane, { env, say }) {
  const places = [lane.state, ...['repository/.git', 'home', 'tmp'].map((place) => join(lane.root, place))];
  const left = () => [...places.flatMap((place) => unfinishedFiles(place).map((path) => join(place, path))), ...namelessInvocations(lane.state).map((path) => join(lane.state, path))];
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  for (const path of left().flatMap(withContents)) utimesSync(path, twoDaysAgo, twoDaysAgo);
  const pruned = await lane.daft(['hooks', 'jobs', 'prune', '--older-than', '0s'], env);
  if (pruned.code !== 0) say(`prune exited with ${pruned.code}: ${pruned.output}`);
  if (!(await until(() => left().length === 0, 5_000))) say(`the clean-up leaves ${left().join(', ')}`);
}

function withContents(path) {
  return lstatSync(path).isDirectory() ? [...readdirSync(path, { recursive: true }).map((name) => join(path, name)), path] : [path];
}
