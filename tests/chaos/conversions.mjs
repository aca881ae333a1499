// What the trials have in common that turn repositories full of treasure from one form into another.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { buildTreasure, gitIn } from './treasure.mjs';
import { launcher } from './world.mjs';

/** Builds a repository in a directory of its own. */
export function openGround(world, name, random, { submodule }) {
  const root = join(world.root, name);
  mkdirSync(join(root, 'home'), { recursive: true });
  const env = { ...environment(root), DAFT_TEST_TAG: world.env.DAFT_TEST_TAG, XDG_CACHE_HOME: join(world.root, 'cache') };
  const git = gitIn(env);
  const { app } = buildTreasure(root, git, random, { submodule });
  return {
    root,
    app,
    env,
    git,
    submodule,
    /** Of the app, whose git directory lies in its root or in one of the directories below. */
    commonDir: () => git(mainPlace(app), 'rev-parse', '--path-format=absolute', '--git-common-dir').out.trim(),
    mainPlace: () => mainPlace(app),
    daft: (args, options) => start(args, { ...options, env: { ...env, ...options.env } }).ended,
    start: (args, options) => start(args, { ...options, env: { ...env, ...options.env } }),
    /** What daft has started and not ended. */
    gits: () => world.processes().filter(({ commandLine }) => /^(\S*\/)?git /.test(commandLine)),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function environment(root) {
  return {
    PATH: process.env.PATH,
    HOME: join(root, 'home'),
    DAFT_CONFIG_DIR: join(root, 'config'),
    DAFT_STATE_DIR: join(root, 'state'),
    DAFT_DATA_DIR: join(root, 'data'),
    DAFT_TESTING: '1',
    DAFT_NO_HINTS: '1',
    DAFT_NO_LOG_CLEAN: '1',
    DAFT_NO_TRUST_PRUNE: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}

/** Where the git directory is: the nearest to the root. */
function mainPlace(app) {
  for (let level = [app]; level.length > 0; level = level.flatMap(directoriesIn)) {
    const found = level.find((path) => existsSync(join(path, '.git/objects')));
    if (found !== undefined) return found;
  }
  throw new Error(`no repository in ${app}`);
}

function directoriesIn(path) {
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== '.git');
  return entries.map(({ name }) => join(path, name));
}

/** Starts `daft <args>` as the leader of a group of its own. */
function start(args, { cwd, env }) {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
  return { pid: child.pid, ended };
}

export function compare(before, after, what, told, output) {
  if (isDeepStrictEqual(before, after)) return;
  told(`${what}: something is different`, `${differences(before, after).join('\n')}\n${output}`);
}

function differences(one, other, path = '') {
  if (isDeepStrictEqual(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other)) {
    const missing = one.filter((item) => !other.some((candidate) => isDeepStrictEqual(item, candidate)));
    const added = other.filter((item) => !one.some((candidate) => isDeepStrictEqual(item, candidate)));
    return [...missing.map((item) => `  ${path} - ${JSON.stringify(item)}`), ...added.map((item) => `  ${path} + ${JSON.stringify(item)}`), ...(missing.length + added.length === 0 ? [`  ${path}: order`] : [])];
  }
  if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => differences(one[key], other[key], `${path}/${key}`));
  }
  return [`  ${path}: ${JSON.stringify(one)} became ${JSON.stringify(other)}`];
}
