// Jobs that print what commands a terminal, what is no text, and far too much, in the background and in front. Their logs are
// byte-exact, no command takes more memory for them, and nothing but colours reaches a terminal. `count` is the size in
// megabytes of the largest log.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launcher, readIfThere, until } from '../world.mjs';

const memoryMb = 80;
const program = fileURLToPath(new URL('../hostile-output.mjs', import.meta.url));
const preloaded = fileURLToPath(new URL('../peak-memory.cjs', import.meta.url));
const evilName = 'evil\u001B]0;owned\u0007';
const megabyte = 1024 * 1024;
const largestOnTerminal = 16 * megabyte;

export const counts = { long: 1024, short: 8 };

export async function run(world, { count, random, violation, skip }) {
  const hasTerminal = spawnSync('script', ['--version']).status === 0;
  if (!hasTerminal) skip('there is no script(1): nothing is shown on a terminal');
  const few = Math.min(count / 24, 4) * megabyte;
  const sizes = { commands: few / 2, binary: few, returns: few, escapes: few, tiny: few, endless: (count / 10) * megabyte, lines: count * megabyte };
  const seed = random.below(1_000_000);
  world.setUp(daftYml({ sizes, seed }));
  const stage = openStage(world, violation);

  // Behind the back, with the terminal of the dispatching command to be told of the failure.
  const dispatched = await stage.daft(['hooks', 'run', 'worktree-post-create'], { tty: hasTerminal });
  if (dispatched.code !== 0) violation(`dispatch exited with ${dispatched.code}`);
  const waited = await stage.daft(['hooks', 'jobs', 'wait', '--all']);
  // Whether the one that fails at once is still active by then is a matter of luck.
  if (waited.code !== 0 && waited.code !== 1) violation(`wait exited with ${waited.code}`);
  await until(() => readIfThere(join(world.root, 'late')) !== undefined, 10_000);
  const background = world.records(world.invocations()[0]);
  const total = await judgeLogs(world, background, { sizes, part: 'background', violation });
  await lookAt(stage, background, { hasTerminal, violation });

  for (const record of background.values()) rmSync(record.directory, { recursive: true }); // room for the next
  const known = new Set(world.invocations());
  const inFront = await stage.daft(['hooks', 'run', 'worktree-pre-create']);
  if (inFront.code !== 0) violation(`a hook in front exited with ${inFront.code}`);
  const [invocation] = world.invocations().filter((path) => !known.has(path));
  const foreground = world.records(invocation);
  const inFrontTotal = await judgeLogs(world, foreground, { sizes: inFrontSizes(sizes), part: 'foreground', violation });
  await inPairs(['commands', 'lines'].map((name) => () => lookAtLog(stage, foreground.get(name), { hasTerminal: false, violation })));
  if (hasTerminal) await stage.daft(['hooks', 'run', 'worktree-pre-create'], { tty: true, live: true });

  const peaks = stage.peaks();
  const worst = peaks.reduce((a, b) => (b.megabytes > a.megabytes ? b : a));
  for (const { command, megabytes } of peaks) if (megabytes >= memoryMb) violation(`daft ${JSON.stringify(command)} took ${megabytes.toFixed(0)} MB`);
  return `${background.size + foreground.size} logs of ${((total + inFrontTotal) / megabyte).toFixed(0)} MB in all, ${peaks.length} commands, at most ${worst.megabytes.toFixed(0)} MB (daft ${worst.command.slice(0, 60)})`;
}

function inFrontSizes(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([kind, bytes]) => [kind, kind === 'lines' || kind === 'endless' ? Math.ceil(bytes / 8) : bytes]));
}

function daftYml({ sizes, seed }) {
  const print = (kind, bytes, part) => `exec node ${JSON.stringify(program)} ${kind} ${Math.ceil(bytes)} ${seed} "$CHAOS_OUT/${part}-${kind}"`;
  const jobs = (all, part) => Object.entries(all).map(([kind, bytes]) => job(kind, print(kind, bytes, part))).join('');
  return `
hooks:
  worktree-post-create:
    background: true
    jobs:
${jobs(sizes, 'background')}${job('late', '(while [ ! -e "$CHAOS_OUT/background-lines" ]; do sleep 0.1; done; echo late; : >"$CHAOS_OUT/late") & echo early')}${job(evilName, `printf '\\033]0;owned\\007\\033[2Jlast words'; exit 7`)}  worktree-pre-create:
    jobs:
${jobs(inFrontSizes(sizes), 'foreground')}`;
}

function job(name, command) {
  return `      - ${JSON.stringify({ name, run: command })}\n`;
}

/** Compares each log with what its job says to have printed; returns the bytes of all. */
async function judgeLogs(world, records, { sizes, part, violation }) {
  let total = 0;
  for (const [kind, bytes] of Object.entries(sizes)) {
    const record = records.get(kind);
    if (record?.status !== 'completed') violation(`${kind} is ${record?.status}, in the ${part}`);
    const path = join(record.directory, 'output.log');
    total += statSync(path).size;
    // In front, output is kept by lines, the last of which is ended.
    const hash = await hashOf(createReadStream(path, { end: Math.ceil(bytes) - 1 }));
    if (hash !== readIfThere(join(world.root, `${part}-${kind}`))) violation(`the log of ${kind}, in the ${part}, is not what it printed`);
    const rest = readFileTail(path, Math.ceil(bytes));
    if (rest !== '' && !(part === 'foreground' && rest === '\n')) violation(`the log of ${kind}, in the ${part}, has ${JSON.stringify(rest.slice(0, 40))} at its end`);
  }
  const late = records.get('late');
  if (late !== undefined) {
    const log = readFileSync(join(late.directory, 'output.log'), 'utf8');
    if (log !== 'early\nlate\n') violation(`what was printed after the end of the leader: ${JSON.stringify(log)}`);
  }
  return total;
}

async function lookAt(stage, records, { hasTerminal, violation }) {
  const evil = records.get(evilName);
  if (evil?.status !== 'failed' || evil.exit_code !== 7) violation(`the job with the evil name is ${evil?.status}`);
  const [invocation] = stage.world.invocations();
  const bytes = [...records.values()].reduce((sum, { directory }) => sum + statSync(join(directory, 'output.log')).size, 0);

  const looks = [...records.values()].map((record) => () => lookAtLog(stage, record, { hasTerminal, violation }));
  looks.push(async () => {
    const whole = await stage.daft(['hooks', 'jobs', 'logs', basename(invocation)]);
    if (whole.code !== 0 || whole.bytes < bytes) violation(`the whole invocation: exit code ${whole.code}, ${whole.bytes} bytes`);
  });
  if (hasTerminal) {
    for (const options of [['--all'], ['--failed'], ['--format', 'json'], ['--format', 'csv'], ['--template', '{% for job in items %}{{ job.name }} {% endfor %}']]) {
      looks.push(async () => {
        const { code } = await stage.daft(['hooks', 'jobs', ...options], { tty: true });
        if (code !== 0) violation(`hooks jobs ${options.join(' ')} exited with ${code}`);
      });
    }
    looks.push(() => stage.daft(['hooks', 'jobs', 'logs', basename(invocation)], { tty: true, pager: 'head -c 300000' }));
    looks.push(() => stage.daft(['hooks', 'jobs', 'logs', 'nothing'], { tty: true })); // the names there are
  }
  await inPairs(looks);
}

/** Does all of it, two at a time: a command is mostly its own start. */
async function inPairs(tasks) {
  const queue = tasks.values();
  const work = async () => {
    for (const task of queue) await task();
  };
  await Promise.all([work(), work()]);
}

async function lookAtLog(stage, record, { hasTerminal, violation }) {
  const path = join(record.directory, 'output.log');
  const plain = await hashOf(createReadStream(path));
  const address = [basename(join(record.directory, '..')).slice(0, 8), record.name].join(':');
  for (const options of [[], ['--follow']]) {
    const shown = await stage.daft(['hooks', 'jobs', 'logs', ...options, address], { logBytes: statSync(path).size });
    const code = options.length > 0 && record.status !== 'completed' ? 1 : 0;
    if (shown.code !== code) violation(`logs ${options.join(' ')} of ${JSON.stringify(record.name)} exited with ${shown.code}`);
    if (shown.logHash !== plain) violation(`logs ${options.join(' ')} of ${JSON.stringify(record.name)} in a pipe is not its log`);
  }
  // A terminal is slow: of what is large, a pager sees the beginning.
  if (!hasTerminal) return;
  const large = statSync(path).size > largestOnTerminal;
  for (const options of large ? [[]] : [[], ['--follow']]) {
    const shown = await stage.daft(['hooks', 'jobs', 'logs', ...options, address], { tty: true, pager: large ? 'head -c 300000' : 'cat' });
    if (record.name === 'commands' && !shown.coloured) violation(`logs ${options.join(' ')} shows no colours on a terminal`);
  }
}

/** Runs commands, in a pipe or on a terminal, and looks at what comes of them as it comes. */
function openStage(world, violation) {
  const peakFile = join(world.root, 'peaks');
  const env = { ...world.env, CHAOS_OUT: world.root, CHAOS_PEAKS: peakFile, NODE_OPTIONS: `--require ${preloaded}`, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
  return {
    world,
    peaks: () => readFileSync(peakFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line)),
    /** @param options.logBytes so many bytes behind the line that announces a log are hashed */
    async daft(args, { tty = false, live = false, pager = 'cat', logBytes = 0 } = {}) {
      const line = [process.execPath, launcher, ...args].map((word) => `'${word}'`).join(' ');
      const child = tty
        ? spawn('script', ['--quiet', '--return', '--command', `stty cols 100 rows 30; exec ${line}`, '/dev/null'], { cwd: world.repository, env: { ...env, PAGER: pager, SHELL: '/bin/sh' }, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn(process.execPath, [launcher, ...args], { cwd: world.repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const reader = tty ? new TerminalWatch(live) : new LogReader(logBytes);
      child.stdout.on('data', (chunk) => reader.take(chunk));
      child.stderr.resume();
      const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
      reader.end?.();
      for (const found of reader.found ?? []) violation(`daft ${JSON.stringify(args.join(' '))} lets ${JSON.stringify(found)} reach the terminal`);
      return { code, bytes: reader.bytes, logHash: reader.hash?.digest('hex'), coloured: reader.coloured };
    },
  };
}

const announcement = '--- output ---\n';

/** Takes apart what `logs` prints: the header, and so many bytes of a log. */
class LogReader {
  bytes = 0;
  hash = createHash('sha256');
  #head = Buffer.alloc(0);
  #left;

  constructor(logBytes) {
    this.#left = logBytes;
  }

  take(chunk) {
    this.bytes += chunk.length;
    if (this.#left === 0) return;
    let log = chunk;
    if (this.#head !== undefined) {
      this.#head = Buffer.concat([this.#head, chunk]);
      const at = this.#head.indexOf(announcement);
      if (at === -1) return;
      log = this.#head.subarray(at + announcement.length);
      this.#head = undefined;
    }
    this.hash.update(log.subarray(0, this.#left));
    this.#left -= Math.min(this.#left, log.length);
  }
}

/** Looks for anything that a terminal would obey, but colours and, in front of a live region, what that draws with. */
class TerminalWatch {
  bytes = 0;
  found = [];
  coloured = false;
  #rest = '';
  #forbidden;

  constructor(live) {
    const allowed = live ? String.raw`\[[\d;:]*m|\[\?2026[hl]|\[\?7[hl]|\[[KJ]|\[2K|\[\d+A` : String.raw`\[[\d;:]*m`;
    this.#forbidden = new RegExp(String.raw`\x1B(?!${allowed})[^]{0,10}|\xC2[\x80-\x9F]|[\x00-\x08\x0B\x0C\x0E-\x1A\x1C-\x1F\x7F]${live ? '' : String.raw`|\r(?![\r\n])`}`, 'g');
  }

  take(chunk) {
    this.bytes += chunk.length;
    const text = this.#rest + chunk.toString('latin1');
    const cut = Math.max(0, text.length - 32);
    this.#look(text, cut);
    this.#rest = text.slice(cut);
  }

  end() {
    this.#look(this.#rest, this.#rest.length);
  }

  /** At all that begins before `cut`. */
  #look(text, cut) {
    this.coloured ||= text.includes('\u001B[31m');
    for (const { 0: found, index } of text.matchAll(this.#forbidden)) if (index < cut && this.found.length < 3) this.found.push(found);
  }
}

async function hashOf(stream) {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

function readFileTail(path, from) {
  if (!existsSync(path)) return '(no log)';
  return statSync(path).size - from > 1000 ? 'more' : readFileSync(path).subarray(from).toString('latin1');
}
