// Listing must cost the same at ten and at a hundred thousand records. With --large also at 100,000.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, median } from './harness.mjs';

export const title = 'listing';

const perInvocation = 5;

export async function measure(world, table, { large }) {
  const sizes = [10, 10_000, ...(large ? [100_000] : [])];
  const paths = Object.fromEntries(
    sizes.map((size) => {
      const path = world.repository(`listing-${size}`);
      record(world, path, size);
      world.daft(path, 'hooks', 'jobs'); // builds the index, once
      return [size, path];
    }),
  );
  const samples = await interleave(
    {
      node: () => world.run(world.work, 'node', ['-e', '0']),
      ...Object.fromEntries(sizes.map((size) => [`list ${size}`, () => world.daft(paths[size], 'hooks', 'jobs')])),
      ...Object.fromEntries(sizes.map((size) => [`complete ${size}`, () => world.daft(paths[size], '__complete', 'hooks-jobs-job', '')])),
    },
    { runs: 15 },
  );
  const floor = median(samples.node);
  for (const size of sizes) table.row({ what: `hooks jobs, newest 50 of ${size} records`, floor, ours: median(samples[`list ${size}`]), most: 25 });
  for (const size of sizes) table.row({ what: `__complete of job addresses, ${size} records`, floor, ours: median(samples[`complete ${size}`]), most: 10 });
}

/** Writes finished jobs as other programs would find them: the newest 50 in the worktree `main`, the rest in others. */
function record(world, path, size) {
  const id = '0190a000-0000-7000-8000-' + String(size).padStart(12, '0');
  writeFileSync(join(path, '.git/daft-id'), id);
  const store = join(world.state, 'jobs', id);
  const now = Date.now();
  for (let index = 0; index < size; index += perInvocation) {
    const number = index / perInvocation;
    const invocation = (number + 1).toString(16).padStart(4, '0').split('').toReversed().join('').padEnd(16, '0');
    const at = new Date(now - (size - index) * 1_000).toISOString();
    const worktree = size - index <= 50 ? 'main' : `topic/${number % 200}`;
    const directory = join(store, invocation);
    mkdirSync(directory, { recursive: true });
    const fields = { hook_type: 'worktree-post-create', worktree };
    writeFileSync(
      join(directory, 'invocation.json'),
      JSON.stringify({ invocation_id: invocation, trigger_command: 'worktree-post-create', ...fields, created_at: at }, null, 2),
    );
    for (let job = 0; job < Math.min(perInvocation, size - index); job += 1) {
      mkdirSync(join(directory, `job-${job}`));
      const meta = {
        name: `job-${job}`, ...fields, command: 'true', working_dir: path, env: {}, started_at: at, status: 'completed', exit_code: 0, pid: null,
        background: true, finished_at: at, needs: [], retention_seconds: null, max_log_size_bytes: null, log_truncated: false, original_size_bytes: null,
      };
      writeFileSync(join(directory, `job-${job}`, 'meta.json'), JSON.stringify(meta, null, 2));
      writeFileSync(join(directory, `job-${job}`, 'output.log'), 'done\n');
    }
  }
}
