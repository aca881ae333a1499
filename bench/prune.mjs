// The clean-up of ten thousand old jobs, or with --large of a hundred thousand. Once it has chosen, the user is not to wait
// for the deletion.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, until } from './harness.mjs';
import { repositoryWithHistory } from './records.mjs';

export const title = 'prune';

const runs = 3;

export async function measure(world, table, { large }) {
  const size = large ? 100_000 : 10_000;
  const samples = { choose: [], read: [], put: [], rename: [], behind: [] };
  for (let run = 0; run < runs; run += 1) {
    const { path, store, invocations } = await repositoryWithHistory(world, `prune-${run}`, size, { ageDays: 30 });
    samples.rename.push(renameMs(world, invocations));
    const begun = performance.now();
    world.shell(store, 'find . -name meta.json -exec cat {} + >/dev/null');
    samples.read.push(performance.now() - begun);
    const { chooseMs, putMs, behindMs } = await prune(world, path, join(store, invocations[0]));
    samples.choose.push(chooseMs);
    samples.put.push(putMs);
    samples.behind.push(behindMs);
  }
  table.row({ what: `prune of ${size} jobs: choosing, over cat of their records`, floor: samples.read, ours: samples.choose });
  table.row({ what: `prune of ${size} jobs: prompt after choosing, beside bare renames`, floor: samples.rename, ours: samples.put, most: 150, over: 'nothing' });
  table.row({ what: `prune of ${size} jobs: deletion behind the prompt`, ours: median(samples.behind) });

  const bare = world.peakMb(world.work, 'node', ['-e', '0']);
  const { path } = await repositoryWithHistory(world, 'prune-memory', size, { ageDays: 30 });
  table.memory({ what: `hooks jobs prune --dry-run of ${size} jobs`, floor: bare, ours: world.peakMb(path, 'daft', ['hooks', 'jobs', 'prune', '--dry-run']) });
  const ours = world.peakMb(path, 'daft', ['hooks', 'jobs', 'prune']);
  await until('the deletion to end', () => world.helpers().length === 0, { withinMs: 120_000 });
  table.memory({ what: `hooks jobs prune of ${size} jobs`, floor: bare, ours });
  table.memory({ what: `... and its helper, which deletes`, floor: bare, ours: world.peakMbOf(({ argv }) => argv[0] === '__finish-prune') });
}

/** What the system takes for as many renames in one directory, asked for by a program that does nothing else. */
function renameMs(world, names) {
  const directory = join(world.root, 'renames');
  for (const name of names) mkdirSync(join(directory, name), { recursive: true });
  const begun = performance.now();
  for (const name of names) renameSync(join(directory, name), join(directory, `.${name}`));
  const ms = performance.now() - begun;
  rmSync(directory, { recursive: true });
  return ms;
}

/** @param oldest path of what goes first */
async function prune(world, path, oldest) {
  const begun = performance.now();
  const child = world.start(path, 'daft', ['hooks', 'jobs', 'prune']);
  const ended = new Promise((resolve) => child.once('exit', () => resolve(performance.now())));
  child.stdout.resume();
  await until('the first to go', () => !existsSync(oldest), { everyMs: 1, withinMs: 120_000 });
  const chosen = performance.now();
  const prompt = await ended;
  if (child.exitCode !== 0) throw new Error(`prune ended with ${child.exitCode}`);
  await until('the deletion to end', () => world.helpers().length === 0, { withinMs: 120_000 });
  return { chooseMs: chosen - begun, putMs: prompt - chosen, behindMs: performance.now() - prompt };
}
