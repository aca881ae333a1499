// Writes docs/reference/ from the command table: a page for each command, and README.md with a line for each.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const directory = join(root, 'docs/reference');

const pages = await currentPages();
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory);
for (const [name, text] of pages) writeFileSync(join(directory, name), text);

/** What src/ makes of the table, run from a bundle that is gone afterwards. */
async function currentPages() {
  const build = await rolldown({
    input: { reference: join(root, 'src/cli/reference.ts'), table: join(root, 'src/cli/table/index.ts') },
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    external: /^\.\.\/commands\/(?!hooks-jobs-options)/, // what commands do is not asked for
    transform: { define: { DAFT_FAULTS: 'false', DAFT_VERSION: '""', DAFT_GRAMMAR: '""' } },
    onLog(level, log, handle) {
      if (level === 'error') handle(level, log); // warnings about the code are the business of the build
    },
  });
  const bundle = mkdtempSync(join(tmpdir(), 'daft-reference-'));
  try {
    await build.write({ dir: bundle, format: 'cjs', exports: 'named' });
    const require = createRequire(join(bundle, 'here'));
    return require('./reference.js').referencePages(require('./table.js').commandTable);
  } finally {
    await build.close();
    rmSync(bundle, { recursive: true });
  }
}
