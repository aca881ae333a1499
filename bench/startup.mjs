// What the mere start of daft costs over a start of Node.

import { interleave } from './harness.mjs';

export const title = 'start-up';

export async function measure(world, table) {
  const path = world.repository('startup');
  for (let index = 0; index < 50; index += 1) world.git(path, 'branch', `topic/${index}`);
  const samples = await interleave(
    {
      node: () => world.run(path, 'node', ['-e', '0']),
      version: () => world.daft(path, '--version'),
      complete: () => world.daft(path, '__complete', 'daft-remove', 'topic/1'),
      nothing: () => world.daft(path, '__complete', 'daft-start', ''),
      help: () => world.daft(path, 'start', '--help'),
    },
    { runs: 21 },
  );
  table.row({ what: 'daft --version, over node -e 0', floor: samples.node, ours: samples.version, most: 6 });
  table.row({ what: 'daft __complete daft-start (no candidates)', floor: samples.node, ours: samples.nothing, most: 10 });
  table.row({ what: 'daft __complete daft-remove (50 branches, git included)', floor: samples.node, ours: samples.complete, most: 50 });
  table.row({ what: 'daft start --help', floor: samples.node, ours: samples.help });
}
