// Nobody reads what a command prints: the reader leaves, the descriptor is closed, the device is full, the pager is missing or
// quits. No command hangs or falls over for it, its exit code is the one it would have had (or 1, where nothing could be
// written), and jobs notice nothing. `count` strikes, chosen by chance; of a count that is larger than what there is, all are
// struck.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeGate, openGate } from '../gates.mjs';
import { launcher, until } from '../world.mjs';

export const counts = { long: 1_000, short: 20 };

const lines = 40_000;
const withinMs = 20_000;

const daftYml = `
hooks:
  worktree-post-create:
    jobs:
      - { name: front, run: 'seq ${lines}' }
      - { name: behind, run: 'seq ${lines}', background: true }
  post-clone:
    jobs:
      - { name: loud, run: 'seq ${lines}', background: true }
      - { name: failing, run: 'seq ${lines}; exit 3', background: true }
      - { name: gated, run: 'seq ${lines}; read _ <"$GATE"; seq ${lines}', background: true }
      - { name: talking, run: 'while [ ! -e "$SILENCE" ]; do echo still here; sleep 0.1; done; echo silence', background: true }
`;

/**
 * Exit code of each when all goes well (0), whether it prints nothing to stdout, goes through a pager, fires a hook, or has
 * nothing left to do once its reader has gone.
 */
const commands = {
  list: { args: ['list'] },
  jobs: { args: ['hooks', 'jobs'] },
  failed: { args: ['hooks', 'jobs', '--all', '--failed'] },
  json: { args: ['hooks', 'jobs', '--all', '--format', 'json'] },
  template: { args: ['hooks', 'jobs', '--template', '{% for i in range(end=20000) %}{{ items[0].name }}\n{% endfor %}'] },
  logs: { args: ['hooks', 'jobs', 'logs', 'gated'], pages: true },
  'whole invocation': { args: (stage) => ['hooks', 'jobs', 'logs', stage.invocation], pages: true },
  follow: { args: ['hooks', 'jobs', 'logs', '--follow', 'loud'] },
  'follow a failed one': { args: ['hooks', 'jobs', 'logs', '--follow', 'failing'], code: 1, isForReader: true },
  'follow a living one': { args: ['hooks', 'jobs', 'logs', '--follow', 'talking'], endless: true, isForReader: true },
  wait: { args: ['hooks', 'jobs', 'wait', 'loud'] },
  'wait for a failed one': { args: ['hooks', 'jobs', 'wait', 'failing'], code: 1 },
  'wait for a living one': { args: ['hooks', 'jobs', 'wait', 'gated', '--timeout', '1s'], code: 124, isSilent: true },
  prune: { args: ['hooks', 'jobs', 'prune', '--dry-run'] },
  help: { args: ['hooks', 'jobs', '--help'] },
  'unknown job': { args: ['hooks', 'jobs', 'logs', 'nobody'], code: 1, isSilent: true },
  'wrong usage': { args: ['hooks', 'jobs', '--nonsense'], code: 2, isSilent: true },
  hook: { args: ['hooks', 'run', 'worktree-post-create'], fires: true, isSilent: true },
  start: { args: (_, number) => ['start', `new-${number}`], fires: true },
};

/** `leaves`: after the first it has read, or at once. */
const blows = {
  'reader leaves': { leaves: 'later' },
  'reader never reads': { leaves: 'at-once' },
  'reader of both leaves': { leaves: 'later', redirection: '2>&1' },
  'reader of both never reads': { leaves: 'at-once', redirection: '2>&1' },
  'stdout closed': { redirection: '>&-' },
  'stderr closed': { redirection: '2>&-' },
  'all closed': { redirection: '<&- >&- 2>&-' },
  'stdout full': { redirection: '>/dev/full', isFull: true },
  'stderr full': { redirection: '2>/dev/full' },
  'both full': { redirection: '>/dev/full 2>&1', isFull: true },
  'no pager': { pager: 'no-such-pager', showsAll: true },
  'pager is a directory': { pager: '/', showsAll: true },
  'pager dies': { pager: 'kill -9 $$' },
  'pager fails': { pager: 'exit 1' },
  'pager reads nothing': { pager: 'exec <&-; sleep 0.1' },
  'pager quits early': { pager: 'head -3' },
  'pager has no room': { pager: 'cat >/dev/full' },
};

export async function run(world, { count, random, violation, skip }) {
  const hasTerminal = spawnSync('script', ['--version']).status === 0;
  if (!hasTerminal) skip('there is no script(1): no pagers');
  const [gate, silence] = [join(world.root, 'gate'), join(world.root, 'silence')];
  makeGate(gate);
  world.setUp(daftYml);
  world.git('config', 'daft.hooks.defaultTrust', 'allow');
  const dispatched = await world.daft(['hooks', 'run', 'post-clone'], { GATE: gate, SILENCE: silence });
  if (dispatched.code !== 0) violation(`dispatch exited with ${dispatched.code}: ${dispatched.output}`);
  const [directory] = world.invocations();
  await until(() => ['loud', 'failing'].every((name) => /completed|failed/.test(world.records(directory).get(name)?.status)), withinMs);
  const stage = { world, invocation: directory.replace(/^.*\//, ''), fired: 0 };

  const strikes = allStrikes({ hasTerminal });
  const all = strikes.length;
  const chosen = all <= count ? strikes : Array.from({ length: count }, () => strikes.splice(random.below(strikes.length), 1)[0]);
  const queue = chosen.entries();
  const work = async () => {
    for (const [number, strike] of queue) await play(stage, { ...strike, number, violation });
  };
  await Promise.all([work(), work()]);

  for (const name of ['gated', 'talking']) {
    const { status } = world.records(directory).get(name) ?? {};
    if (status !== 'running') violation(`${name} is ${status} before its end`);
  }
  writeFileSync(silence, '');
  if (!(await openGate(gate))) violation('the job that waited is gone');
  const waited = await world.daft(['hooks', 'jobs', 'wait', '--all']);
  if (waited.code !== 0) violation(`jobs did not end well: ${waited.output}`);
  judgeJobs(world, { fired: stage.fired, violation });
  return `${chosen.length} of ${all} strikes, ${Object.keys(blows).length} ways to lose a reader; ${stage.fired} of the commands fired a hook`;
}

function allStrikes({ hasTerminal }) {
  const pairs = Object.keys(commands).flatMap((command) => Object.keys(blows).map((blow) => ({ command, blow })));
  return pairs.filter(({ command, blow }) => {
    const { pages, endless } = commands[command];
    const { pager, leaves, isFull } = blows[blow];
    if (pager !== undefined) return pages && hasTerminal;
    return !endless || leaves !== undefined || isFull; // else it has every reason to go on
  });
}

async function play(stage, { command, blow, number, violation }) {
  const { args, code = 0, isSilent = false, isForReader = false, fires = false } = commands[command];
  const { isFull = false, showsAll = false, leaves } = blows[blow];
  const say = (text) => violation(`${command}, ${blow}: ${text}`);
  if (fires) stage.fired += 1;
  const ran = await strike(stage.world, typeof args === 'function' ? args(stage, number) : args, blows[blow]);
  if (ran === undefined) return say(`did not end within ${withinMs} ms`);
  const wanted = code === 0 && isFull && !isSilent ? 1 : code;
  const isEarly = isForReader && leaves !== undefined && ran.code === 0; // it need not learn how the job ended
  if (ran.code !== wanted && !isEarly) say(`exit code ${ran.code} instead of ${wanted}: ${ran.stderr.slice(-300)}`);
  if (/defect of daft|node:|\n {4}at /.test(ran.stderr)) say(ran.stderr.slice(0, 500));
  if (showsAll && !ran.stdout.includes(`\n${lines}\r\n`)) say('the text was not shown');
}

/** Undefined if it has to be killed. */
function strike(world, args, { leaves, redirection = '', pager }) {
  const line = [process.execPath, launcher, ...args];
  const env = { ...world.env, ...(pager === undefined ? {} : { PAGER: pager, SHELL: '/bin/sh', TERM: 'xterm' }) };
  const [program, ...words] = pager === undefined
    ? ['sh', '-c', `exec "$@" ${redirection}`, 'sh', ...line]
    : ['script', '--quiet', '--return', '--command', `stty cols 100 rows 30; exec ${line.map((word) => `'${word}'`).join(' ')}`, '/dev/null'];
  const child = spawn(program, words, { cwd: world.repository, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: withinMs, killSignal: 'SIGKILL' });
  const said = { stdout: '', stderr: '' };
  if (leaves === 'at-once') child.stdout.destroy();
  child.stdout.on('data', (chunk) => {
    said.stdout = (said.stdout + chunk).slice(-100_000);
    if (leaves === 'later') child.stdout.destroy();
  });
  child.stderr.on('data', (chunk) => (said.stderr = (said.stderr + chunk).slice(-100_000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === null ? undefined : { code, ...said }));
  });
}

/** Every job has ended as it would have before an audience, and its log is whole. */
function judgeJobs(world, { fired, violation }) {
  const bytes = Array.from({ length: lines }, (_, i) => String(i + 1).length + 1).reduce((a, b) => a + b);
  const seen = { front: 0, behind: 0, loud: 0, failing: 0, gated: 0, talking: 0 };
  for (const directory of world.invocations()) {
    for (const [name, { status, directory: job }] of world.records(directory)) {
      seen[name] += 1;
      const wanted = name === 'failing' ? 'failed' : 'completed';
      if (status !== wanted) violation(`${name} is ${status}`);
      const log = join(job, 'output.log');
      const isWhole = name === 'talking' ? /^(still here\n)+silence\n$/.test(readFileSync(log, 'utf8')) : statSync(log).size === bytes * (name === 'gated' ? 2 : 1);
      if (!isWhole) violation(`${statSync(log).size} bytes in the log of ${name}`);
    }
  }
  const expected = { front: fired, behind: fired, loud: 1, failing: 1, gated: 1, talking: 1 };
  for (const [name, times] of Object.entries(expected)) if (seen[name] !== times) violation(`${name} ran ${seen[name]} times instead of ${times}`);
}
