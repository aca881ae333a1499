// A node_modules from one worktree to another, against cp(1).

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, median } from './harness.mjs';

export const title = 'copying';

export async function measure(world, table) {
  const path = world.repository('app', 'copy: [node_modules/]\n');
  writeFileSync(join(path, '.git/info/exclude'), 'node_modules/\n');
  for (const name of ['cp', 'warm']) world.daft(path, 'start', '--no-cd', name);
  for (let number = 0; number < 2_500; number += 1) {
    const directory = join(path, 'node_modules', `package-${number % 500}`, `lib-${number}`);
    mkdirSync(directory, { recursive: true });
    for (let file = 0; file < 12; file += 1) writeFileSync(join(directory, `${file}.js`), 'x'.repeat(100 + ((number * file * 37) % 6_000)));
  }
  const copying = await interleave(
    {
      cp: () => void world.run(world.work, 'cp', ['-a', '--reflink=auto', 'app/node_modules', 'app.cp/node_modules']),
      warm: () => void world.daft(join(world.work, 'app.warm'), 'warm'),
    },
    { runs: 5, before: async (name) => rmSync(join(world.work, `app.${name}`, 'node_modules'), { recursive: true, force: true }) },
  );
  table.row({ what: 'daft warm, 30,000 files', floor: copying.cp, ours: copying.warm });
  table.row({ what: 'daft warm, 30,000 files, over cp -a --reflink=auto', ours: median(copying.warm) / median(copying.cp), unit: ' x', most: 1.5, over: 'nothing' });
}
