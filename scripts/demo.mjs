// Shows the main job of daft for real: `npm run demo`. A repository, a clone, a branch that sets itself up, jobs that go
// on after the prompt is back. Everything happens in a temporary directory with a home of its own, and nothing is left.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');
const daftYml = `hooks:
  worktree-post-create:
    jobs:
      - name: install
        run: echo "installing packages"; sleep 0.5; echo "packages of $DAFT_BRANCH_NAME are there"
      - name: compile
        background: true
        needs: [install]
        run: for part in core net ui; do echo "compiling $part"; sleep 1; done
      - name: unit-tests
        background: true
        needs: [compile]
        run: echo "42 tests, all good"
      - name: warm-cache
        description: slow the first time, quick afterwards
        background: true
        run: test -e .cache || { touch .cache; echo "filling the cache, this takes an hour"; exec sleep 3600; }
`;

const root = realpathSync(mkdtempSync(join(tmpdir(), 'daft-demo-')));
const home = join(root, 'home');
const tag = `DAFT_DEMO_TAG=${root}`;
const env = {
  PATH: `${join(root, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
  HOME: home,
  TMPDIR: join(root, 'tmp'),
  LANG: process.env.LANG ?? 'C.UTF-8',
  GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  ...(process.stdout.isTTY ? { CLICOLOR_FORCE: '1' } : {}),
  DAFT_DEMO_TAG: root,
};
let cwd = root;

const say = (text) => process.stdout.write(`${text}\n`);
const chapter = (text) => say(`\n# ${text}`);

/** What the demo promises at this point; anything else ends it. */
function check(promise, isTrue, instead) {
  if (!isTrue) throw new Error(`it should be true now that ${promise}${instead === undefined ? '' : `, but:\n${instead}`}`);
  say(`  ✓ ${promise}`);
}

/** Runs a line as a user types it, showing it and what it prints. Waits like a shell: for the end of all its output. */
async function type(line, { exitCode = 0, show = true } = {}) {
  if (show) say(`$ ${line}`);
  const ran = await runLine(line, show);
  if (ran.exitCode !== exitCode) throw new Error(`\`${line}\` should have ended with exit code ${exitCode}, but did with ${ran.exitCode}\n${ran.output}`);
  return ran;
}

function runLine(line, show) {
  return new Promise((done, fail) => {
    const begun = performance.now();
    const child = spawn('bash', ['--noprofile', '--norc', '-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    // Both streams go to our stdout: in a terminal they arrive in one place too, and in a file the order stays.
    const take = (text) => {
      output += text;
      if (show) process.stdout.write(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`\`${line}\` did not end within 30 s`));
    }, 30_000);
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ exitCode: code ?? 1, output, stdout, ms: Math.round(performance.now() - begun) });
    });
  });
}

function changeDirectory(path) {
  say(`$ cd ${path}`);
  cwd = resolve(cwd, path);
}

async function statuses() {
  const { stdout } = await type('daft hooks jobs --all --format json', { show: false });
  return new Map(JSON.parse(stdout).map(({ name, status }) => [name, status])); // newest last: a retry counts
}

/** Living processes of the demo: by the tag in their environment, wherever they have detached themselves to. */
function processes() {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(tag)) return [];
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch {
      return []; // it went while we looked, or is none of ours
    }
  });
}

async function allGone(withinMs) {
  for (const end = performance.now() + withinMs; processes().length > 0; await pause(50)) if (performance.now() > end) return false;
  return true;
}

function furnish() {
  for (const directory of [home, join(root, 'bin'), env.TMPDIR]) mkdirSync(directory);
  symlinkSync(join(checkout, 'bin/daft.js'), join(root, 'bin/daft'));
  chmodSync(join(checkout, 'bin/daft.js'), 0o755);
  writeFileSync(env.GIT_CONFIG_GLOBAL, '[user]\n  name = Demo\n  email = demo@example.com\n[init]\n  defaultBranch = main\n[advice]\n  detachedHead = false\n');
}

async function perform() {
  say(`A tour of daft in ${root}, with a home of its own.`);

  chapter('A small project with a remote, and in it a daft.yml: what a new worktree needs.');
  await type('git init --quiet --bare remote/shop.git');
  await type('git clone --quiet remote/shop.git seed 2>/dev/null');
  changeDirectory('seed');
  writeFileSync(join(cwd, 'daft.yml'), daftYml);
  await type('cat daft.yml');
  await type("printf 'A shop.\\n' > README.md; printf '.cache\\n' > .gitignore");
  await type("git add . && git commit --quiet -m 'A shop' && git push --quiet origin main");
  changeDirectory('..');

  chapter('Clone it, so that each branch gets a directory of its own.');
  await type(`daft clone --layout contained ${root}/remote/shop.git`);
  check('the worktree of main is in shop/main', existsSync(join(root, 'shop/main/README.md')));
  changeDirectory('shop/main');

  chapter('Nothing of a repository runs before you trust it.');
  await type('daft hooks status');
  await type('daft hooks trust --force');

  chapter('Start a branch: install in front of you, the rest behind your back.');
  const start = await type('daft start feat/basket');
  check('the worktree is there', existsSync(join(root, 'shop/feat/basket/README.md')));
  check('install has run', start.output.includes('packages of feat/basket are there'));
  const then = await statuses();
  const list = [...then].map(([name, status]) => `${name}: ${status}`).join(', ');
  const busy = ['compile', 'unit-tests', 'warm-cache'].every((name) => ['running', 'pending'].includes(then.get(name)));
  check(`the prompt is back after ${start.ms} ms, while work goes on (${list})`, busy);
  changeDirectory('../feat/basket');

  chapter('What is going on here?');
  await type('daft hooks jobs');
  await type('daft list');

  chapter('Follow a job until it ends, wait for another.');
  const follow = await type('daft hooks jobs logs --follow compile');
  check('all of its output came by', ['core', 'net', 'ui'].every((part) => follow.output.includes(`compiling ${part}`)), follow.output);
  await type('daft hooks jobs wait unit-tests');
  check('the tests ran after the compilation', (await statuses()).get('unit-tests') === 'completed');

  chapter('An hour for a cache? Cancel it, and retry: the second time it is quick.');
  await type('daft hooks jobs cancel warm-cache');
  await type('daft hooks jobs wait warm-cache', { exitCode: 1 });
  check('it is cancelled', (await statuses()).get('warm-cache') === 'cancelled');
  check('nothing of it runs any more', !processes().some(({ command }) => command.includes('sleep 3600')));
  await type('daft hooks jobs retry warm-cache');
  await type('daft hooks jobs wait warm-cache');
  check('the retry has completed', (await statuses()).get('warm-cache') === 'completed');

  chapter('Done with the branch: worktree and branch go, the history stays.');
  changeDirectory('../../main');
  await type('daft remove feat/basket');
  check('the directory is gone', !existsSync(join(root, 'shop/feat/basket')));
  check('the branch is gone', (await type('git branch --list feat/basket', { show: false })).stdout === '');
  const history = await type('daft hooks jobs --worktree feat/basket');
  check('its jobs can still be looked up', ['install', 'compile', 'unit-tests', 'warm-cache'].every((name) => history.stdout.includes(name)), history.stdout);

  chapter('Behind the scenes: the coordinator leaves when there is nothing left to do.');
  check('no process is left', await allGone(8_000), processes().map(({ pid, command }) => `${pid} ${command}`).join('\n'));
}

const begun = performance.now();
try {
  furnish();
  await perform();
  say(`\nThat was all real, and took ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
} catch (error) {
  process.stderr.write(`\nThe demo has failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const { pid } of processes()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone by itself meanwhile
    }
  }
  await allGone(2_000);
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}
