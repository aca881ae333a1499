import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atEveryPassage, temporaryHome, type Blow } from '../support';

const daftYml = `hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: echo front >> ran }
      - { name: first, background: true, run: echo first >> ran }
      - { name: second, background: true, needs: [first], run: echo second >> ran }
`;

// The truth of a background job is on disk: wherever the dispatching command is struck, its jobs either exist and run
// exactly once, or do not exist; and what the command then does itself, it does exactly once as well.
test.each<Blow>(['kill', 'ENOSPC'])('a dispatch struck by %s at any of its fault points loses no job and repeats none', { timeout: 120_000 }, async (blow) => {
  await using home = await temporaryHome();
  const points = await atEveryPassage(blow, async (fault, passage) => {
    const repository = join(home.work, String(passage));
    const faultLog = join(home.work, `${passage}.log`);
    mkdirSync(repository);
    await home.git(repository, 'init', '--quiet');
    writeFileSync(join(repository, 'daft.yml'), daftYml);
    const env = { ...fault, DAFT_FAULT_IN: 'command', DAFT_FAULT_LOG: faultLog };
    const struck = await home.daft(['hooks', 'run', 'worktree-post-create'], { cwd: repository, env });

    const planned = hasPlan(join(home.state, 'jobs', repoId(repository)));
    await home.daft(['hooks', 'jobs', 'wait', '--all', '--timeout', '20s'], { cwd: repository });
    await home.waitForQuiet();

    const ran = existsSync(join(repository, 'ran')) ? readFileSync(join(repository, 'ran'), 'utf8').split('\n').filter(Boolean) : [];
    const story = `${struck.stdout}${struck.stderr}passed: ${readFileSync(faultLog, 'utf8').split('\n').slice(-4).join(', ')}`;
    expect(ran.length, story).toBe(new Set(ran).size);
    expect(ran, story).toEqual(['front', 'first', 'second'].slice(0, ran.length));
    if (planned || struck.exitCode === 0) expect(ran, story).toEqual(['front', 'first', 'second']);
    return { faultLog };
  });
  expect(points.length).toBeGreaterThan(8);
});

function hasPlan(store: string): boolean {
  return existsSync(store) && readdirSync(store).some((invocation) => existsSync(join(store, invocation, 'plan.json')));
}

function repoId(repository: string): string {
  const path = join(repository, '.git/daft-id');
  return existsSync(path) ? readFileSync(path, 'utf8') : 'none';
}
