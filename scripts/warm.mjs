// Starts daft with the commands that tests start most: its launcher keeps what V8 has compiled for them.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const jobs = [{ name: 'front', run: 'true' }, { name: 'back', run: 'true', background: true }];
const daftYml = JSON.stringify({ hooks: { 'worktree-post-create': { jobs } } });

const commands = [
  'hooks validate',
  'list',
  'hooks trust -f',
  'start one',
  'go one',
  'hooks run worktree-post-create',
  'hooks jobs',
  'hooks jobs logs back',
  'hooks jobs cancel --all',
  'list --format json',
  'carry one',
  'remove --force one',
  'layout transform contained',
  '__complete go o',
];

/** Fills the cache directory of daft below `cache`; what is there already stays. @param {string} launcher @param {string} cache */
export async function warm(launcher, cache) {
  const root = mkdtempSync(join(tmpdir(), 'daft-warm-'));
  try {
    const [origin, state] = ['origin/app', 'state'].map((name) => join(root, name));
    for (const directory of [origin, state]) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const env = {
      PATH: process.env.PATH,
      HOME: root,
      XDG_CACHE_HOME: cache,
      DAFT_STATE_DIR: state,
      GIT_CONFIG_NOSYSTEM: '1',
      DAFT_NO_HINTS: '1',
      DAFT_NO_LOG_CLEAN: '1',
      DAFT_NO_TRUST_PRUNE: '1',
    };
    // How it ends is for the tests to judge: they need the build of a daft that is broken, too.
    const run = (cwd, program, ...args) => spawnSync(program, args, { cwd, env });
    writeFileSync(join(origin, 'daft.yml'), daftYml);
    run(origin, 'git', 'init', '--quiet', '--initial-branch=main');
    run(origin, 'git', 'add', '.');
    run(origin, 'git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message=first');
    run(root, process.execPath, launcher, 'clone', origin);
    for (const command of commands) run(join(root, 'app'), process.execPath, launcher, ...command.split(' '));
    for (const name of readdirSync(state).filter((file) => /^coordinator-.*\.pid$/.test(file))) await end(Number(readFileSync(join(state, name), 'utf8')));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Ends the coordinator that the jobs have brought, and would linger. */
async function end(pid) {
  if (signal(pid, 'SIGTERM')) while (signal(pid, 0)) await pause(10);
}

/** False if there is nobody any more to get it. */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
