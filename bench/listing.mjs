// Listing must cost the same at ten and at ten thousand records, and with --large at a hundred thousand. What shows all of
// them takes longer the more there are, but no more memory.

import { interleave } from './harness.mjs';
import { repositoryWithHistory } from './records.mjs';

export const title = 'listing';

export async function measure(world, table, { large }) {
  const sizes = [10, 10_000, ...(large ? [100_000] : [])];
  const histories = {};
  const commands = {
    list: ['hooks', 'jobs'],
    complete: ['__complete', 'hooks-jobs-job', ''],
    all: ['hooks', 'jobs', '--all'],
    rows: ['hooks', 'jobs', '--all', '--format', 'ndjson'],
  };
  for (const size of sizes) {
    histories[size] = await repositoryWithHistory(world, `listing-${size}`, size);
    const begun = performance.now();
    world.daft(histories[size].path, ...commands.list);
    if (size === sizes.at(-1)) table.row({ what: `hooks jobs, the first of ${size} records (makes the index)`, ours: performance.now() - begun });
  }
  const of = (name, size) => () => world.daft(histories[size].path, ...commands[name]);

  const flat = await interleave(
    {
      node: () => world.run(world.work, 'node', ['-e', '0']),
      ...Object.fromEntries(sizes.flatMap((size) => ['list', 'complete'].map((name) => [`${name} ${size}`, of(name, size)]))),
    },
    { runs: 15 },
  );
  for (const size of sizes) table.row({ what: `hooks jobs, newest 50 of ${size} records`, floor: flat.node, ours: flat[`list ${size}`], most: 25 });
  for (const size of sizes) table.row({ what: `__complete of job addresses, ${size} records`, floor: flat.node, ours: flat[`complete ${size}`], most: 10 });

  const bare = world.peakMb(world.work, 'node', ['-e', '0']);
  for (const size of sizes.slice(1)) {
    const { path, store } = histories[size];
    const whole = await interleave(
      { look: () => world.run(store, 'find', ['.', '-size', '+1G']), all: of('all', size), rows: of('rows', size) },
      { runs: 3 },
    );
    table.row({ what: `hooks jobs --all of ${size} records, over find that looks at each file`, floor: whole.look, ours: whole.all });
    table.row({ what: `hooks jobs --all --format ndjson of ${size} records, over the same`, floor: whole.look, ours: whole.rows });
    for (const args of Object.values(commands)) table.memory({ what: `${args.join(' ')}, ${size} records`, floor: bare, ours: world.peakMb(path, 'daft', args) });
  }
}
