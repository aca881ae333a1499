// How long background jobs keep the user from the prompt, and how soon the first of them starts.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, median, quantile, until } from './harness.mjs';

export const title = 'prompt';

const job = (index, run) => `      - { name: job-${index}, background: true, run: '${run}' }\n`;
const hook = (jobs) => `hooks:\n  worktree-post-create:\n    jobs:\n      - { name: front, run: ':' }\n${jobs}`;

export async function measure(world, table) {
  const counts = [0, 1, 10, 100];
  const paths = Object.fromEntries(
    counts.map((count) => [count, world.repository(`prompt-${count}`, hook(Array.from({ length: count }, (_, index) => job(index, ':')).join('')))]),
  );
  const run = (path) => world.daft(path, 'hooks', 'run', 'worktree-post-create');
  const most = { 1: 5, 10: 6, 100: 12 };

  for (const how of ['cold', 'live']) {
    const samples = await interleave(Object.fromEntries(counts.map((count) => [count, () => run(paths[count])])), {
      runs: 21,
      before: async () => {
        await world.idle();
        if (how === 'cold') await world.cold();
      },
    });
    for (const count of counts.slice(1)) {
      const what = `hooks run, prompt with ${count} background job${count === 1 ? '' : 's'}, ${how} coordinator`;
      table.row({ what, floor: samples[0], ours: samples[count], most: most[count] });
    }
  }

  const mark = join(world.root, 'first');
  const first = world.repository('first', hook(job(0, `date +%s%N > ${mark}.tmp; mv ${mark}.tmp ${mark}`)));
  const untilStart = async () => {
    rmSync(mark, { force: true });
    run(first);
    const prompt = performance.timeOrigin + performance.now();
    const started = () => {
      try {
        return Number(readFileSync(mark, 'utf8')) / 1e6;
      } catch {
        return undefined; // not yet
      }
    };
    await until('the first job to start', () => started() !== undefined, { everyMs: 1 });
    return Math.max(0, started() - prompt);
  };
  const cold = await interleave({ first: untilStart }, { runs: 15, before: () => world.idle().then(world.cold) });
  table.row({ what: 'first job after the prompt, cold (median)', ours: median(cold.first), most: 100 });
  table.row({ what: 'first job after the prompt, cold (p95)', ours: quantile(cold.first, 0.95), most: 150 });
  const live = await interleave({ first: untilStart }, { runs: 15, before: () => world.idle() });
  table.row({ what: 'first job after the prompt, live coordinator', ours: median(live.first), most: 10 });
  await world.cold();
}
