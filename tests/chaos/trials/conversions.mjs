// Walks repositories full of uncommitted things through adopt, eject, multi-remote and layout transform. On the way each passage
// of a fault point in turn fails or is where the command is killed, or it is killed at any moment, or when its git is at work,
// with its git or without.
// Nothing uncommitted is ever lost; a failure leaves the exact beginning; what a kill leaves the next command takes back.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compare, openGround } from '../conversions.mjs';
import { disturb, exactState, worktreesOf } from '../treasure.mjs';
import { signal, until } from '../world.mjs';

/** Walks, of three conversions each. */
export const counts = { long: 100, short: 1 };

const layouts = ['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized'];
const remotes = ['origin', 'fork'];

/** What daft says without a blow where it does nothing; anything else that fails is a violation. */
const refusals = [
  /Target path already exists: /, /is locked/, /lies inside that of/, /cannot move a main working tree/, /would both go to/,
  /already in worktree layout/, /not in worktree layout/, /Could not determine current branch/, /HEAD is detached/,
  /Multi-remote mode is not enabled/, /Could not find worktree/, /is in the main working tree/, /default branch '.*' has no worktree/, /needs a worktree/,
  /have uncommitted changes/, /have commits that would be lost/, /No worktrees found/,
];

export async function run(world, { count, random, violation }) {
  mkdirSync(world.state, { recursive: true });
  const tally = { done: new Map(), refused: 0, failed: 0, killed: 0, resumed: 0, locks: 0, points: new Set() };
  const turns = new Map();
  for (let walk = 0; walk < count; walk += 1) {
    const ground = openGround(world, `walk-${walk}`, random, { submodule: random.chance(0.15) });
    addRemotes(ground, random);
    const told = (what, detail) => violation(`walk ${walk}: ${what}${detail ? `\n${detail}` : ''}`);
    let known;
    for (let step = 0; step < 3; step += 1) known = await convert(ground, { step, known, random, told, tally, turns });
    const checked = ground.git(ground.commonDir(), 'fsck', '--no-dangling', '--connectivity-only');
    if (checked.status !== 0) told('fsck', checked.out + checked.complaint);
    ground.close();
  }
  const done = [...tally.done].map(([name, times]) => `${times} ${name}`).join(', ');
  return `${count} repositories: ${done}; ${tally.refused} refused, ${tally.failed} failed and taken back, ${tally.killed} killed, ${tally.resumed} of them taken back later, ${tally.locks} locks left by git, ${tally.points.size} points struck`;
}

/** Two, and branches that track one of them. */
function addRemotes({ root, app, git }, random) {
  for (const remote of remotes) {
    git(root, 'clone', '--quiet', '--bare', app, `${remote}.git`);
    git(app, 'remote', 'add', remote, join(root, `${remote}.git`));
    git(app, 'fetch', '--quiet', remote);
  }
  if (random.chance(0.3)) git(app, 'config', 'remote.origin.fetch', '+refs/heads/main:refs/remotes/origin/main');
  for (const branch of git(app, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').out.trim().split('\n')) {
    if (!random.chance(0.7)) continue;
    git(app, 'config', `branch.${branch}.remote`, random.pick(remotes));
    git(app, 'config', `branch.${branch}.merge`, `refs/heads/${branch}`);
  }
}

/** One conversion, and its blow; returns what the repository is like afterwards, which is what was `known` of it for the next. */
async function convert(ground, { step, known, random, told, tally, turns }) {
  const { root, git, commonDir, daft } = ground;
  const conversion = chooseConversion(ground, random);
  const before = conversion.prepared ? stateOf(ground) : (known ?? stateOf(ground));
  const { args, name } = conversion;
  const blow = chooseBlow(name, { random, turns });
  const log = join(root, 'passages');
  rmSync(log, { force: true });
  const cwd = random.chance(0.5) ? random.pick(worktreesOf(commonDir(), git)).path : commonDirParent(ground);
  const ran = await strike(ground, args, { cwd, blow, log });
  const passed = passagesIn(log);
  const point = blow.env.DAFT_FAULT === undefined ? undefined : passed[blow.passage - 1];
  if (point !== undefined) tally.points.add(`${name} ${point}`);
  if (ran.code === 0) turns.set(name, { ...turns.get(name), passages: passed.length });
  const what = `step ${step}, ${args.join(' ')}${conversion.cleaned ? ', the others clean,' : ''} with ${blow.name}${point ? ` at '${point}'` : ''} (exit ${ran.code})`;

  // Where taking back fails as well, the rest is for the next command, as after a kill.
  const left = existsSync(join(commonDir(), '.daft/transform/journal'));
  if (ran.code !== 'SIGKILL' && !(left && point === 'transform: taken back')) {
    const after = stateOf(ground);
    judge(ran, after, ran.output, what);
    return after;
  }
  tally.killed += 1;
  // Of one that has lived on the locks are its own, and daft waits for it.
  if (ground.gits().length === 0) removeLocks(ground, tally);
  if (random.chance(0.3)) {
    // Whoever takes it back may be killed as well.
    await daft(neutral(before), { cwd: commonDirParent(ground), env: { DAFT_FAULT: `*@${1 + random.below(12)}:kill` } });
  }
  const taker = await daft(neutral(before), { cwd: commonDirParent(ground) });
  if (left) tally.resumed += 1;
  if (/Not everything could be taken back/.test(taker.output)) told(`${what}: not taken back`, taker.output);
  if (existsSync(join(commonDir(), '.daft/transform/journal'))) told(`${what}: the journal is still there`, taker.output);
  const output = `${ran.output}\n--\n${taker.output}`;
  const taken = stateOf(ground);
  if (left) requireBeginning(taken, output, `${what}, taken back`);
  else if (isDone(before, conversion, taken)) requireDone(taken, output, `${what}, complete`);
  else requireBeginning(taken, output, `${what}, not begun`);
  const again = await daft(args, { cwd: commonDirParent(ground) });
  const after = stateOf(ground);
  judge(again, after, `${output}\n--\n${again.output}`, `${what}, once more (exit ${again.code})`, { repeated: true });
  return after;

  function judge({ code, output: said }, state, detail, judged, { repeated = false } = {}) {
    if (code === 0) {
      tally.done.set(name, (tally.done.get(name) ?? 0) + 1);
      requireDone(state, detail, judged);
      return;
    }
    if (blow.name !== 'no blow' && !repeated) tally.failed += 1;
    else if (refusals.some((pattern) => pattern.test(said)) || (ground.submodule && /working trees containing submodules cannot be moved/.test(said))) tally.refused += 1;
    else told(`${judged}: unexpected`, detail);
    if (/Failed to save layout/.test(said)) requireDone(state, detail, judged);
    else if (!repeated) requireBeginning(state, detail, judged);
  }

  function requireBeginning(state, detail, judged) {
    // What a dead process was writing is swept by the next.
    const now = ran.code === 'SIGKILL' ? { ...state, leftovers: before.leftovers } : state;
    compare(...(name === 'eject' ? withoutRemoved(before, now, { ...conversion, within: join(root, 'w') }, (text) => told(`${judged}: ${text}`, detail)) : [before, now]), judged, told, detail);
  }

  function requireDone(state, detail, judged) {
    if (!detail.includes('Could not update .gitignore')) compare(treasureOf(before, conversion), treasureOf(state, conversion), judged, told, detail);
    if (state.leftovers.length > 0 && ran.code !== 'SIGKILL') told(`${judged} leaves ${state.leftovers.join(', ')}`);
    const staging = [...state.everything, ...readdirSync(ground.app)].filter((line) => line.includes('.daft-transform-staging'));
    if (staging.length > 0) told(`${judged} leaves ${staging.join(', ')}`);
    if (/^prunable/m.test(git(commonDir(), 'worktree', 'list', '--porcelain').out)) told(`${judged}: git would prune a worktree`, detail);
  }
}

function chooseConversion(ground, random) {
  const { git, commonDir, app } = ground;
  const dir = commonDir();
  const bare = git(dir, 'config', 'core.bare').out.trim() === 'true';
  const grouped = git(dir, 'config', 'daft.multiRemote.enabled').out.trim() === 'true';
  const worktrees = worktreesOf(dir, git);
  const on = worktrees.flatMap(({ name, path }) => (name.startsWith('refs/heads/') ? [{ branch: name.slice('refs/heads/'.length), path }] : []));
  const possible = bare ? ['eject', 'multi-remote', 'multi-remote', 'multi-remote', 'transform'] : ['adopt', 'adopt', 'adopt', 'transform', 'multi-remote'];
  switch (random.pick(possible)) {
    case 'adopt':
      return { name: 'adopt', args: ['adopt', '--no-hooks'] };
    case 'eject': {
      const { branch, path } = random.pick(on);
      const force = random.chance(0.3);
      const cleaned = !force && random.chance(0.8);
      if (cleaned) for (const other of worktrees) if (other.path !== path) clean(other, ground);
      return { name: 'eject', branch, force, cleaned, prepared: cleaned, others: worktrees.filter((worktree) => worktree.path !== path), args: ['eject', '-b', branch, ...(force ? ['--force'] : [])] };
    }
    case 'multi-remote':
      if (!grouped) return { name: 'enable', args: ['multi-remote', 'enable', '-f', '--default', random.pick(remotes)] };
      if (random.chance(0.5)) return { name: 'disable', args: ['multi-remote', 'disable', '-f'] };
      return { name: 'move', args: ['multi-remote', 'move', random.pick(on).branch, '--to', random.pick(remotes), '-f'] };
    default:
      if (worktrees.length < 3) addWorktrees();
      return { name: 'transform', prepared: worktrees.length < 3, args: ['layout', 'transform', random.pick(layouts), '--force'] };
  }

  /** What an eject has left is a repository with one worktree. */
  function addWorktrees() {
    for (const branch of ['test', 'feature/x']) {
      const path = join(app, '..', `app.${branch.replaceAll('/', '-')}`);
      const isThere = git(dir, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).status === 0;
      const { status } = git(dir, 'worktree', 'add', '--quiet', ...(isThere ? [path, branch] : ['-b', branch, path]));
      if (status === 0) disturb(path, git, random);
    }
  }
}

function clean({ path, name }, { git, commonDir }) {
  if (git(path, 'rebase', '--abort').status !== 0) git(path, 'merge', '--abort');
  git(path, 'reset', '--quiet', '--hard');
  git(path, 'clean', '-fdq');
  git(path, 'worktree', 'unlock', path);
  if (!name.startsWith('refs/')) git(commonDir(), 'branch', `of-${name.slice(0, 12)}`, name.split(' ')[0]);
}

/** Each passage in turn, for each kind of conversion; or any moment. */
function chooseBlow(name, { random, turns }) {
  const kind = random.pick(['none', 'EIO', 'ENOSPC', 'kill', 'kill', 'moment', 'git']);
  if (kind === 'none') return { name: 'no blow', env: {} };
  if (kind === 'git') {
    const within = random.pick(['stash push', 'clean', 'reset', 'stash apply', 'checkout-index', 'worktree move', 'worktree remove']);
    const withGit = random.chance(0.5);
    return { name: `a kill ${withGit ? 'with its git ' : ''}at git ${within}`, env: {}, within, withGit };
  }
  if (kind === 'moment') {
    const afterMs = 120 + random.below(700);
    const withGit = random.chance(0.5);
    return { name: `a kill ${withGit ? 'with its git ' : ''}after ${afterMs} ms`, env: {}, afterMs, withGit };
  }
  const { turn = 0, passages = 60 } = turns.get(name) ?? {};
  turns.set(name, { turn: turn + 1, passages });
  const passage = 1 + ((turn * 17) % passages); // all of them, far apart from one to the next
  const fault = `*@${passage}:${kind}`;
  return { name: fault, env: { DAFT_FAULT: fault }, passage };
}

async function strike({ start, gits }, args, { cwd, blow, log }) {
  const { pid, ended } = start(args, { cwd, env: { ...blow.env, DAFT_FAULT_LOG: log } });
  if (blow.withGit !== undefined) {
    await (blow.within === undefined ? Promise.race([ended, pause(blow.afterMs)]) : within(blow.within, { gits, ended }));
    signal(pid, 'SIGKILL');
    if (blow.withGit) for (const git of gits()) signal(git.pid, 'SIGKILL');
  }
  return ended;
}

/** Resolves when this command of git's is seen, or there will be none. */
async function within(command, { gits, ended }) {
  let over = false;
  void ended.then(() => (over = true));
  await until(() => over || gits().some(({ commandLine }) => commandLine.includes(` ${command} `)), 60_000, { everyMs: 0 });
}

/** Takes back what is there, and then finds nothing to do. */
function neutral({ bare }) {
  return bare.trim() === 'true' ? ['adopt'] : ['eject'];
}

function stateOf({ root, git, commonDir }) {
  return exactState(root, commonDir(), git);
}

/** Of a detached worktree that has moved only the last part of its path is the same. */
const placeless = (name) => name.replace(/ in .*\//, ' in ');
/** What the conversions are there to change. */
const ownKeys = /^(daft\.multiremote\.|remote\.origin\.fetch=)/i;

/** What must be the same when all is done. */
function treasureOf({ worktrees, stashes, branches, config, locks }, conversion) {
  const stays = (name) => !conversion.others?.some((other) => other.name === name);
  const named = Object.entries(worktrees).filter(([name]) => stays(name)).map(([name, worktree]) => [placeless(name), worktree]);
  return {
    worktrees: Object.fromEntries(named),
    stashes,
    branches,
    config: config.filter((line) => !ownKeys.test(line)),
    locks: locks.filter(([name]) => stays(name)).map(([name, lock]) => [placeless(name), lock]).toSorted(),
  };
}

/** What eject has removed before it failed stays removed: of both states what the worktrees that are left have to do with. */
function withoutRemoved(before, after, { others, force, cleaned, within }, told) {
  const removed = others.filter(({ name }) => !(name in after.worktrees));
  if (removed.length > 0 && !force && !cleaned) told(`has removed ${removed.map(({ name }) => name).join(', ')} without leave`);
  const gone = (name) => removed.some((other) => other.name === name);
  const below = removed.map(({ path }) => path);
  const registered = new Set(after.git.map((line) => /worktrees\/[^/]+/.exec(line)?.[0]));
  const only = (state) => ({
    ...state,
    worktrees: Object.fromEntries(Object.entries(state.worktrees).filter(([name]) => !gone(name))),
    locks: state.locks.filter(([name]) => !gone(name)),
    links: state.links.filter(([path]) => !below.includes(path)),
    everything: state.everything.filter((line) => !below.some((path) => isAlong(relative(within, path), line.split(' ').slice(2).join(' ')))),
    elsewhere: [],
    git: state.git.filter((line) => !line.includes(' worktrees/') || registered.has(/worktrees\/[^/]+/.exec(line)?.[0])),
  });
  return [only(before), only(after)];
}

/** Whether a place is inside a worktree, or a directory on the way to it. */
function isAlong(worktree, place) {
  return `${place}/`.startsWith(`${worktree}/`) || `${worktree}/`.startsWith(`${place}/`);
}

/** Whether a command that was killed had come to its end: its journal was gone by then. */
function isDone(before, { name }, after) {
  const differs = (part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]);
  // What eject has removed is no sign of its end.
  return name === 'eject' ? differs('bare') : differs('bare') || differs('links') || differs('config') || differs('repositories');
}

/** A git that is killed leaves its locks, and says itself that they are to be removed by hand. */
function removeLocks({ commonDir }, tally) {
  const dir = commonDir();
  for (const path of readdirSync(dir, { recursive: true })) {
    if (!path.endsWith('.lock') || path.startsWith('.daft')) continue;
    rmSync(join(dir, path));
    tally.locks += 1;
  }
}

function commonDirParent({ commonDir }) {
  return join(commonDir(), '..');
}

function passagesIn(log) {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
}
