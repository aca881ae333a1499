import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inheritedDescriptorLimit, leakedDescriptors } from '../../src/process';
import { temporaryRepository, waitFor, waitForFile } from '../support';

test.skipIf(process.platform !== 'linux')('descriptors that a command inherited reach neither a background job nor hold up a reader', async () => {
  await using repo = await temporaryRepository();
  repo.configure("hooks:\n  worktree-post-create:\n    jobs:\n      - { name: look, background: true, run: 'ls /proc/$$/fd; exec sleep 600' }\n");
  // As under flock or make: descriptors beyond those that Node closes by itself; 77 is a pipe that cat reads to its end.
  const script = 'exec 20>leak.20 200>leak.200; { daft hooks run worktree-post-create 77>&1 >/dev/null 2>&1; } | cat';
  expect(await repo.home.run('bash', ['-c', script], { cwd: repo.path })).toMatchObject({ exitCode: 0, stdout: '' });
  const [job] = await waitFor('the running job', () => (repo.records().length > 0 ? repo.records() : undefined));
  expect(job).toMatchObject({ name: 'look', status: 'running' });
  await waitForFile(join(job?.directory ?? '', 'output.log'), /^0\n1\n2\n$/);
  await repo.daft('hooks', 'jobs', 'cancel', 'look');
});

test.skipIf(process.platform !== 'linux')('what is found here is inherited, and the limit is that of our parent', () => {
  for (const fd of leakedDescriptors()) expect(fd).toBeGreaterThan(2);
  const soft = /^Max open files\s+(\S+)/m.exec(readFileSync(`/proc/${process.ppid}/limits`, 'utf8'))?.[1];
  expect(inheritedDescriptorLimit()).toBe(Number(soft));
});
