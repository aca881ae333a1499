// npm run bench [-- <name>...] [--large]: measures daft beside the floor of the same run and the target of the design.
// Names are those of the files here. --large adds stores of 100,000 records, which take minutes to write, and 3 GB below TMPDIR.

import { availableParallelism } from 'node:os';
import { openHome, openTable } from './harness.mjs';

const all = ['startup', 'prompt', 'listing', 'prune', 'worktrees', 'copying', 'logs', 'coordinator'];
const words = process.argv.slice(2);
const chosen = words.filter((word) => !word.startsWith('--'));
const unknown = [...chosen.filter((name) => !all.includes(name)), ...words.filter((word) => word.startsWith('--') && word !== '--large')];
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${all.join(', ')} and --large\n`);
  process.exitCode = 2;
} else {
  const table = openTable((text) => void process.stdout.write(text));
  table.heading(`Node ${process.versions.node}, ${availableParallelism()} cores; medians of runs in turns`);
  for (const name of chosen.length > 0 ? chosen : all) {
    const { title, measure } = await import(`./${name}.mjs`);
    table.heading(title);
    const world = openHome();
    try {
      await measure(world, table, { large: words.includes('--large') });
    } catch (error) {
      table.misses.push(title);
      table.heading(`  could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await world.close();
    }
  }
  process.stdout.write(table.misses.length === 0 ? 'all targets met\n' : `missed: ${table.misses.join('; ')}\n`);
}
