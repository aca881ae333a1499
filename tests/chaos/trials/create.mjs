// Sixteen commands make worktrees of one repository at the same moment, while others remove and prune. Each worktree is whole
// in the end: branch, commit, upstream, files, hooks. Then the same with one of them killed: the others do not notice, and the
// next command for its branch leads to a whole worktree, too.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isStopped, launcher, readIfThere, signal, until } from '../world.mjs';

/** Rounds, each of sixteen creations without a kill and sixteen with one. */
export const counts = { long: 10, short: 1 };

const atOnce = 16;

const layouts = [
  { name: 'contained', from: 'main', place: (branch) => branch },
  { name: 'sibling', from: '.', place: (branch) => `../app.${branch.replaceAll('/', '-')}` },
  { name: 'nested', from: '.', place: (branch) => `.worktrees/${branch.replaceAll('/', '-')}` },
];

/** Where they all wait for each other: everything has been looked at, nothing has been done. */
const barrier = 'create: begins';
/** Steps after which one is killed; or it is killed at any moment, with its git or without. */
const points = [barrier, 'create: noted', 'create: branch made', 'create: worktree added', 'create: whole', 'create: note gone'];

const daftYml = `
hooks:
  worktree-post-create:
    jobs:
      - { name: note, run: echo "$DAFT_BRANCH_NAME" >>"$CHAOS_OUT" }
`;

export async function run(world, { count, random, violation }) {
  mkdirSync(world.state, { recursive: true });
  const remote = buildRemote(world, count);
  const repositories = layouts.map((layout) => openRepository(world, layout, remote));
  const tally = { whole: 0, removed: 0, plain: 0, killed: 0, next: new Map() };
  for (let turn = 0; turn < 2 * count; turn += 1) {
    const repository = repositories[turn % layouts.length];
    const blow = turn < count ? undefined : random.pick([...points, 'alone', 'alone', 'with its git', 'with its git']);
    const say = (text) => violation(`${repository.layout.name}, round ${turn}${blow ? ` (${blow})` : ''}: ${text}`);
    await play(world, { repository, turn, blow, random, tally, say });
  }
  tally.plain = await plainGit(world, remote);
  const creations = count * atOnce;
  const next = [...tally.next].map(([how, times]) => `${times} ${how}`).join(', ');
  return `${tally.whole} of ${2 * creations} worktrees whole, ${tally.removed} removed beside them; ${tally.killed} of ${creations} killed, then ${next}; of ${atOnce} git worktree add alone ${tally.plain} fail`;
}

/** Bare, with a branch to go to for every creation; each of them has a commit that main has not. */
function buildRemote(world, count) {
  const source = join(world.root, 'source');
  mkdirSync(join(source, 'src'), { recursive: true });
  const git = gitIn(world, source);
  git('init', '--quiet', '--initial-branch=main');
  for (let file = 0; file < 60; file += 1) writeFileSync(join(source, 'src', `file-${file}`), `${file}\n`.repeat(500));
  writeFileSync(join(source, 'daft.yml'), daftYml);
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  git('checkout', '--quiet', '-b', 'ahead');
  git('commit', '--quiet', '--allow-empty', '--message=ahead');
  for (let turn = 0; turn < 2 * count; turn += 1) for (let index = 0; index < atOnce; index += 1) git('branch', nameOf(turn, index));
  git('checkout', '--quiet', 'main');
  git('branch', '--quiet', '-D', 'ahead');
  const bare = join(world.root, 'app.git');
  git('clone', '--quiet', '--bare', source, bare);
  return bare;
}

/** Of a branch in one of two directories: refs are made and removed in each other's way there. */
function nameOf(turn, index) {
  return `${index % 2 === 0 ? 'feature' : 'fix'}/of-${turn}-${index}`;
}

function openRepository(world, layout, remote) {
  const directory = join(world.root, layout.name);
  mkdirSync(directory);
  const cloned = spawnSync(process.execPath, [launcher, 'clone', remote, '--layout', layout.name, '--quiet', '--no-hooks'], { cwd: directory, env: environment(world), encoding: 'utf8' });
  if (cloned.status !== 0) throw new Error(`clone: ${cloned.stderr}`);
  const root = join(directory, 'app');
  const git = gitIn(world, root);
  git('config', 'daft.hooks.defaultTrust', 'allow');
  return { layout, root, git, cwd: join(root, layout.from), out: join(directory, 'hooks-fired'), living: new Map(), killed: new Set() };
}

async function play(world, { repository, turn, blow, random, tally, say }) {
  const { git, living } = repository;
  const creations = Array.from({ length: atOnce }, (_, index) => {
    const branch = nameOf(turn, index);
    const verb = random.pick(['go', 'start', 'go']);
    const remote = git('rev-parse', `refs/remotes/origin/${branch}`);
    // A bare clone has made all branches here, too.
    const makesBranch = verb === 'start' || random.chance(0.5);
    if (makesBranch) git('branch', '--quiet', '-D', branch);
    return { branch, verb, makesBranch, args: verb === 'start' ? ['start', branch, 'main'] : ['go', branch], commit: verb === 'start' ? git('rev-parse', 'main') : remote, upstreams: [verb === 'go' ? `origin refs/heads/${branch}` : ''] };
  });
  const victim = blow === undefined ? undefined : random.pick(creations.filter(({ makesBranch }) => makesBranch || blow !== 'create: branch made'));
  const leaving = [...living.keys()].filter(() => random.chance(0.3)).slice(0, 4);

  const others = creations.filter((creation) => creation !== victim).map((creation) => ({ ...creation, ...start(repository, world, creation.args, { DAFT_FAULT: `${barrier}:stop` }) }));
  for (const { pid, branch } of others) if (!(await until(() => isStopped(pid), 60_000))) say(`${branch} does not come as far as its creation`);
  const struck = victim && strike(repository, world, victim, { blow, random });
  const removing = leaving.map((branch) => ({ branch, ...start(repository, world, ['remove', '--force', branch]) }));
  if (victim) await pause(random.below(150)); // whom it meets on its way, and where
  for (const { pid } of others) signal(pid, 'SIGCONT');
  const pruning = startPruning(repository, world);

  for (const { branch, verb, ended } of others) {
    const { code, output } = await ended;
    if (code !== 0) say(`${verb} ${branch} exited with ${code}: ${output}`);
    else if (output.includes('warning')) say(`${verb} ${branch} warns: ${output}`);
  }
  for (const { branch, ended } of removing) {
    const { code, output } = await ended;
    if (code !== 0) say(`remove ${branch} exited with ${code}: ${output}`);
    living.delete(branch);
    tally.removed += 1;
  }
  if (victim) await takeUp(await struck, { repository, world, victim, random, tally, say });
  const complaints = await pruning.end();
  if (complaints) say(`git worktree prune: ${complaints}`);

  for (const creation of creations) living.set(creation.branch, creation);
  for (const creation of creations) if (judge(repository, creation, { killed: creation === victim, say })) tally.whole += 1;
  judgeRepository(repository, say);
}

/** The user types the same again, or goes where it was to lead. */
async function takeUp({ pid, killed, output, code }, { repository, world, victim, random, tally, say }) {
  if (!killed && code !== 0) say(`${victim.branch}, not killed, exited with ${code}: ${output}`);
  if (killed) tally.killed += 1;
  if (killed) repository.killed.add(pid);
  const told = (how) => tally.next.set(how, (tally.next.get(how) ?? 0) + 1);
  const args = random.chance(0.5) ? victim.args : ['go', victim.branch];
  if (args[0] === 'go' && victim.verb === 'start') {
    // Killed before there was a branch: then it is the one of the remote that is opened, as ever. Killed before there was a
    // worktree: then a branch is opened that the remote has as well, and it follows that.
    const tracking = `origin refs/heads/${victim.branch}`;
    if (repository.git('for-each-ref', `refs/heads/${victim.branch}`) !== '') victim.upstreams.push(tracking);
    else Object.assign(victim, { commit: repository.git('rev-parse', `refs/remotes/origin/${victim.branch}`), upstreams: [tracking] });
  }
  const next = await start(repository, world, args).ended;
  if (next.code === 0) {
    told(/Switched to existing/.test(next.output) ? 'were whole' : 'were made or completed');
    return;
  }
  if (args[0] === 'start' && /already exists/.test(next.output) && /go .* to open it/.test(next.output)) {
    const again = await start(repository, world, ['go', victim.branch]).ended;
    if (again.code !== 0) say(`go ${victim.branch}, as it was told, exited with ${again.code}: ${again.output}`);
    told('were there, and opened');
    return;
  }
  // Killed before there was a branch: then it is not there, and that is what is said.
  if (args[0] === 'go' && victim.verb === 'start' && /not found/.test(next.output)) {
    const again = await start(repository, world, victim.args).ended;
    if (again.code !== 0) say(`${victim.args.join(' ')} after that exited with ${again.code}: ${again.output}`);
    told('had not begun');
    return;
  }
  say(`the next command, ${args.join(' ')}, exited with ${next.code}: ${next.output}`);
}

/** Kills a creation at a step or after a while; tells whether it came to that. */
async function strike(repository, world, victim, { blow, random }) {
  const atStep = points.includes(blow);
  const withGit = blow === 'with its git';
  const { pid, ended } = start(repository, world, victim.args, atStep ? { DAFT_FAULT: `${blow}:kill` } : {});
  if (!atStep) {
    await pause(60 + random.below(440)); // before that it is still being loaded
    signal(withGit ? -pid : pid, 'SIGKILL');
  }
  const ran = await ended;
  return { ...ran, pid, killed: ran.code === 'SIGKILL' };
}

function judge({ layout, root, out }, { branch, commit, upstreams }, { killed, say }) {
  const faults = [];
  const path = join(root, layout.place(branch));
  const at = (...args) => spawnSync('git', args, { cwd: path, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: '/nonexistent', GIT_OPTIONAL_LOCKS: '0' } }).stdout.trim();
  if (!existsSync(join(path, '.git'))) faults.push('no worktree');
  else {
    const head = at('symbolic-ref', 'HEAD');
    if (head !== `refs/heads/${branch}`) faults.push(`HEAD is ${head}`);
    if (at('rev-parse', 'HEAD') !== commit) faults.push(`it is at ${at('rev-parse', 'HEAD')} instead of ${commit}`);
    const status = at('status', '--porcelain');
    if (status !== '') faults.push(`it is not clean: ${status}`);
    if (existsSync(join(at('rev-parse', '--absolute-git-dir'), 'locked'))) faults.push('it is locked');
    const tracks = [at('config', '--get-all', `branch.${branch}.remote`), at('config', '--get-all', `branch.${branch}.merge`)].join(' ').trim();
    if (!upstreams.includes(tracks)) faults.push(`its upstream is '${tracks}'`);
    const fired = (readIfThere(out) ?? '').split('\n').filter((line) => line === branch).length;
    if (killed ? fired > 1 : fired !== 1) faults.push(`its hook fired ${fired} times`);
  }
  for (const fault of faults) say(`${branch}: ${fault}`);
  return faults.length === 0;
}

/** What git has of it all, and what nobody may leave behind. */
function judgeRepository({ layout, root, git, living, killed }, say) {
  const stanzas = git('worktree', 'list', '--porcelain').split('\n\n');
  const listed = stanzas.flatMap((stanza) => /^branch refs\/heads\/(.+)$/m.exec(stanza)?.[1] ?? []).filter((branch) => branch !== 'main');
  const missing = [...living.keys()].filter((branch) => !listed.includes(branch));
  const left = listed.filter((branch) => !living.has(branch));
  if (missing.length + left.length > 0) say(`git lists ${left.join(', ') || 'none'} too many, and not ${missing.join(', ') || 'any'}`);
  for (const stanza of stanzas) if (/^(prunable|detached|locked)/m.test(stanza)) say(`git lists ${stanza}`);
  if (new Set(listed).size !== listed.length) say('a branch has two worktrees');
  const registered = readdirSync(join(root, '.git/worktrees'));
  if (registered.length !== stanzas.filter((stanza) => stanza.trim() !== '').length - 1) say(`${registered.length} registrations for ${stanzas.length} worktrees`);

  // What one was writing when it was killed is for the clean-up, a day later.
  const isLeftByKilled = (path) => killed.has(Number(/\/\.tmp-(\d+)-[^/]*$/.exec(path)?.[1]));
  const files = readdirSync(join(root, '.git'), { recursive: true }).filter((path) => !isLeftByKilled(path));
  for (const path of files) if (/\.lock(\.|$)|(^|\/)\.tmp-|(^|\/)making-/.test(path)) say(`left in the git directory: ${path}`);
  const checked = git('fsck', '--no-dangling', '--connectivity-only');
  if (checked !== '') say(`fsck: ${checked}`);
  if (layout.name !== 'nested') return;
  const entries = (readIfThere(join(root, '.gitignore')) ?? '').split('\n').filter((line) => line === '.worktrees/');
  if (entries.length !== 1) say(`${entries.length} ignore entries`);
}

/** Somebody who tidies all the time, as `git gc` does in passing. */
function startPruning({ root }, world) {
  const child = spawn('sh', ['-c', 'while read -t 0 _ 2>/dev/null || [ ! -e "$0" ]; do git worktree prune 2>&1; sleep 0.02; done', join(root, '.git/pruned')], { cwd: root, env: environment(world), stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => void child.on('close', resolve));
  return {
    async end() {
      writeFileSync(join(root, '.git/pruned'), '');
      await ended;
      spawnSync('rm', [join(root, '.git/pruned')]);
      // It begins to delete what git is just making, and finds more than it expected: the worktree is looked at below.
      return output.replaceAll(/^error: failed to delete '.*\/worktrees\/[^']*': Directory not empty\n/gm, '');
    },
  };
}

/** How many of sixteen fail without daft. */
async function plainGit(world, remote) {
  const directory = join(world.root, 'plain');
  spawnSync('git', ['clone', '--quiet', remote, directory], { env: environment(world) });
  const gate = join(world.root, 'gate');
  spawnSync('mkfifo', [gate]);
  const adding = Array.from({ length: atOnce }, (_, index) => spawn('sh', ['-c', `read _ <"${gate}"; exec git worktree add --quiet -b x${index} ../plain.x${index} origin/main`], { cwd: directory, env: environment(world), stdio: 'ignore' }));
  const ended = adding.map((child) => new Promise((resolve) => void child.on('close', (code) => resolve(code))));
  spawnSync('sh', ['-c', `sleep 0.3; exec 3<>"${gate}"; for i in $(seq ${atOnce}); do echo; done >&3; sleep 0.3`]);
  return (await Promise.all(ended)).filter((code) => code !== 0).length;
}

function environment(world) {
  return { ...world.env, DAFT_CONFIG_DIR: join(world.root, 'config'), DAFT_DATA_DIR: join(world.root, 'data'), DAFT_TESTING: '1', DAFT_NO_HINTS: '1', GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
}

/** Runs git in a directory; throws what it says where it fails. */
function gitIn(world, cwd) {
  return (...args) => {
    const ran = spawnSync('git', args, { cwd, env: environment(world), encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout.trim();
  };
}

/** Starts `daft <args>` as the leader of a group of its own; killed after two minutes. */
function start({ cwd, out }, world, args, more = {}) {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, env: { ...environment(world), CHAOS_OUT: out, ...more }, stdio: ['ignore', 'pipe', 'pipe'], detached: true, timeout: 120_000, killSignal: 'SIGKILL' });
  const ended = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, name) => resolve({ code: code ?? name, output }));
  });
  return { pid: child.pid, ended };
}
