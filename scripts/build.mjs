// Bundles src/ into CommonJS chunks: one per entry and per import() boundary, so that a command loads its own code only.
//
//   node scripts/build.mjs          dist/: what is shipped, fault points compiled away
//   node scripts/build.mjs --test   dist/ and dist-test/: the latter with fault points, for the tests

import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const entries = {
  main: join(root, 'src/cli/main.ts'),
  complete: join(root, 'src/shell/complete.ts'),
  coordinator: join(root, 'src/coordinator/main.ts'),
};

/** @param {{ dir: string, faults: boolean }} options */
async function bundle({ dir, faults }) {
  rmSync(join(root, dir), { recursive: true, force: true });
  const build = await rolldown({
    input: entries,
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    transform: {
      target: 'node20.19',
      define: { DAFT_FAULTS: String(faults), DAFT_VERSION: JSON.stringify(version) },
    },
    checks: { circularDependency: true },
  });
  try {
    await build.write({
      dir: join(root, dir),
      format: 'cjs',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      exports: 'named',
      minify: 'dce-only',
    });
  } finally {
    await build.close();
  }
}

await bundle({ dir: 'dist', faults: false });
if (process.argv.includes('--test')) await bundle({ dir: 'dist-test', faults: true });
