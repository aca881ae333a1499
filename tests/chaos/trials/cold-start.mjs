// Many commands that dispatch at the same moment, in one repository in which no coordinator lives.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, until } from '../world.mjs';

const daftYml = `
hooks:
  worktree-post-create:
    background: true
    jobs:
      - name: first
        run: echo first >>"$CHAOS_OUT"
      - name: second
        run: echo second >>"$CHAOS_OUT"
        needs: [first]
`;

export const counts = { long: 50, short: 12 };

export async function run(world, { count, violation }) {
  world.setUp(daftYml);
  mkdirSync(join(world.root, 'out'));
  const outs = Array.from({ length: count }, (_, i) => join(world.root, 'out', String(i)));
  const begun = performance.now();
  const ran = await Promise.all(outs.map((out) => world.daft(['hooks', 'run', 'worktree-post-create'], { CHAOS_OUT: out })));
  for (const [i, { code, output }] of ran.entries()) if (code !== 0) violation(`command ${i} exited with ${code}: ${output}`);

  const records = () => world.invocations().flatMap((path) => [...world.records(path).values()]);
  const inTime = await until(() => records().filter(({ status }) => status === 'completed').length === 2 * count, 60_000);
  const tookMs = performance.now() - begun;
  if (!inTime) violation(`only ${records().filter(({ status }) => status === 'completed').length} of ${2 * count} jobs completed`);
  for (const [i, out] of outs.entries()) {
    const text = readIfThere(out);
    if (text !== 'first\nsecond\n') violation(`the jobs of command ${i} wrote ${JSON.stringify(text)}`);
  }
  await until(() => world.coordinators().length <= 1, 5_000);
  const left = world.coordinators();
  if (left.length > 1) violation(`${left.length} coordinators: ${left.map(({ commandLine }) => commandLine).join(', ')}`);
  const owners = new Set(records().map(({ owner }) => owner?.pid));
  return `${2 * count} jobs of ${count} commands, served by ${owners.size} coordinator(s), in ${tookMs.toFixed(0)} ms`;
}
