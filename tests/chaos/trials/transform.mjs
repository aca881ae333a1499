// Walks repositories full of uncommitted things through random layouts, and lets a step fail, or kills the command, on the
// way. Nothing is ever lost; a step that fails leaves the exact beginning; a kill leaves what the next command takes back.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { buildTreasure, exactState, gitIn, inventory, worktreesOf } from '../treasure.mjs';
import { launcher } from '../world.mjs';

export const counts = { long: 60, short: 1 };

const layouts = ['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized', '{{ repo }}/trees/{{ branch }}', '../all/{{ repo }}-{{ branch | sanitize }}'];
/** Refusals that leave everything as it was. */
const refusals = [/Target path already exists: /, /is locked/, /lies inside that of/, /cannot move a main working tree/];

export async function run(world, { count, random, violation }) {
  mkdirSync(world.state, { recursive: true });
  const tally = { transforms: 0, refused: 0, failed: 0, killed: 0, resumed: 0 };
  for (let walk = 0; walk < count; walk += 1) {
    const root = join(world.root, `walk-${walk}`);
    const submodule = random.chance(0.2);
    mkdirSync(join(root, 'home'), { recursive: true });
    const env = environment(root);
    const git = gitIn(env);
    const { app } = buildTreasure(root, git, random, { submodule });
    const told = (what, detail) => violation(`walk ${walk}: ${what}${detail ? `\n${detail}` : ''}`);
    await stroll({ root, app, env, git, random, told, tally, submodule });
    rmSync(root, { recursive: true, force: true });
  }
  return `${count} repositories, ${tally.transforms} transforms, ${tally.refused} refused, ${tally.failed} failed and taken back, ${tally.killed} killed, ${tally.resumed} of them taken back later`;
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

async function stroll({ root, app, env, git, random, told, tally, submodule }) {
  const treasure = inventory(findCommonDir(app, git), git);
  for (let step = 0; step < 5; step += 1) {
    const before = exactState(root, findCommonDir(app, git), git);
    const layout = random.pick(layouts);
    const blow = random.pick(['none', 'EIO', 'kill']);
    const log = join(root, 'passages');
    rmSync(log, { force: true });
    const strike = blow === 'none' ? {} : { DAFT_FAULT: `*@${1 + random.below(90)}:${blow}`, DAFT_FAULT_LOG: log };
    const cwd = random.pick(worktreesOf(findCommonDir(app, git), git)).path;
    const ran = await daft(['layout', 'transform', layout, '--force'], { cwd, env: { ...env, ...strike } });
    const what = `step ${step}, to ${layout} with ${strike.DAFT_FAULT ?? 'no blow'} (exit ${ran.code})`;

    if (ran.code === 'SIGKILL') {
      tally.killed += 1;
      const point = readFileSync(log, 'utf8').trim().split('\n').at(-1);
      const at = `${what} at '${point}'`;
      const left = existsSync(join(findCommonDir(app, git) ?? '/', '.daft/transform/journal'));
      // Whoever comes next, wherever the repository is found from.
      const main = mainPlace(app, git);
      const next = await daft(['layout', 'transform', 'sibling', '--force', '-v'], { cwd: main, env });
      if (left) tally.resumed += 1;
      if (left && !next.output.includes('interrupted half-way')) told(`${at}: nobody speaks of what was left`, next.output);
      if (next.code !== 0 && !isExpected(next, submodule)) told(`${at}: the next command fails (${next.code})`, next.output);
      compare(treasure, inventory(findCommonDir(app, git), git), `${at}, after the next command`, told, `${ran.output}\n--\n${next.output}`);
      continue;
    }
    const after = exactState(root, findCommonDir(app, git), git);
    if (ran.code === 0) {
      tally.transforms += 1;
      // Without its entry in .gitignore, which is worth a warning, the directory of the worktrees is in sight.
      if (!ran.output.includes('Could not update .gitignore')) compare(treasure, inventory(findCommonDir(app, git), git), what, told, ran.output);
      if (after.leftovers.length > 0) told(`${what} leaves ${after.leftovers.join(', ')}`);
    } else if (/Failed to save layout/.test(ran.output)) {
      compare(treasure, inventory(findCommonDir(app, git), git), what, told, ran.output);
    } else {
      if (refusals.some((pattern) => pattern.test(ran.output))) tally.refused += 1;
      else if (blow !== 'none' || isExpected(ran, submodule)) tally.failed += 1; // in the middle of a write a kill is an error, too
      else told(`${what}: unexpected`, ran.output);
      compare(before, after, `${what}, taken back`, told, ran.output);
    }
  }
}

/** git itself refuses to move linked worktrees of a repository with submodules. */
function isExpected({ output }, submodule) {
  return refusals.some((pattern) => pattern.test(output)) || (submodule && /working trees containing submodules cannot be moved/.test(output));
}

function compare(before, after, what, told, output) {
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

/** Of the app, whose git directory lies in its root or in one of the directories below. */
function findCommonDir(app, git) {
  const place = mainPlace(app, git);
  const { out } = git(place, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  return out.trim();
}

function mainPlace(app) {
  return [app, join(app, 'main'), join(app, 'trunk/one')].find((path) => existsSync(join(path, '.git/objects'))) ?? app;
}

function daft(args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}
