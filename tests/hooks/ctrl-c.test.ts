import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRepository, waitFor } from '../support';

const config = `hooks:
  post-clone:
    jobs:
      - {name: obedient, run: "echo begun; sleep 300 & sleep 301"}
      - {name: next, needs: [obedient], run: echo next}
      - {name: behind, background: true, run: echo behind}
`;
const stubborn = '      - {name: stubborn, run: "trap \'\' TERM INT; echo deaf; while :; do sleep 302; done"}\n';

// That no process is left is what the end of every temporary home checks.

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the jobs in the foreground with their children, and holds back what would have come', async (signal) => {
  await using repo = await temporaryRepository();
  repo.configure(config);
  const hook = repo.home.start('daft', ['hooks', 'run', 'post-clone'], { cwd: repo.path });
  await hook.says('begun');
  hook.signal(signal);
  expect((await hook.ended).exitCode).toBe(130);
  await repo.home.waitForQuiet();
  expect(hook.stderr()).toContain('┃  behind (skip) cancelled');
  expect(hook.stderr()).not.toContain('⟳');
  const records = JSON.parse((await repo.daft('hooks', 'jobs', '--format', 'json')).stdout) as { name: string; status: string }[];
  expect(JSON.stringify(records)).toMatch(/"behind".*?"skipped"/);
});

test('a second Ctrl-C waits for nobody, and leaves nobody behind', async () => {
  await using repo = await temporaryRepository();
  repo.configure(config + stubborn);
  const hook = repo.home.start('daft', ['hooks', 'run', 'post-clone'], { cwd: repo.path });
  await hook.says('deaf');
  await hook.says('begun');
  hook.signal('SIGINT');
  await hook.says('next (skip) cancelled');
  hook.signal('SIGINT');
  const { exitCode, durationMs } = await hook.ended;
  expect(exitCode).toBe(130);
  expect(durationMs).toBeLessThan(5_000);
  await repo.home.waitForQuiet();
});

test.each([
  ['a hook', 'hooks: {post-clone: {only: [{run: "touch asked; sleep 300"}], jobs: [{run: echo never}]}}'],
  ['a job', 'hooks: {post-clone: {jobs: [{only: [{run: "touch asked; sleep 300"}], run: echo never}, {run: echo never}]}}'],
])('Ctrl-C while the condition of %s is asked is no answer to it', async (_of, yaml) => {
  await using repo = await temporaryRepository();
  repo.configure(yaml);
  const hook = repo.home.start('daft', ['hooks', 'run', 'post-clone'], { cwd: repo.path });
  await waitFor('the condition to be asked', () => existsSync(join(repo.path, 'asked')));
  hook.signal('SIGINT');
  const { exitCode, stdout, stderr } = await hook.ended;
  expect(exitCode).toBe(130);
  expect(stdout + stderr).not.toMatch(/never|Skipped/);
  await repo.home.waitForQuiet();
});
