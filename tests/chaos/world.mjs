// A home, a repository with a hook, and eyes for every process that comes from here. Written for plain node: chaos runs
// where the program is, without a test runner.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const launcher = join(dirname(fileURLToPath(import.meta.url)), '../../dist-test/bin/daft.js');
const tagVariable = 'DAFT_TEST_TAG';

export function openWorld() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'daft-chaos-')));
  const repository = join(root, 'repository');
  const state = join(root, 'state');
  const tag = randomUUID();
  mkdirSync(repository);
  mkdirSync(join(root, 'home'));
  const env = {
    PATH: process.env.PATH,
    HOME: join(root, 'home'),
    DAFT_STATE_DIR: state,
    DAFT_NO_LOG_CLEAN: '1',
    DAFT_NO_TRUST_PRUNE: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    [tagVariable]: tag,
  };
  const git = (...args) => {
    const ran = spawnSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: repository, env, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };

  /** Living processes that were started from here, by anything that was. */
  const processes = () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readProc(pid, 'environ').includes(`${tagVariable}=${tag}\0`))
      .filter((pid) => !/^[ZX]/.test(readProc(pid, 'stat').replace(/^.*\) /s, '')))
      .map((pid) => ({
        pid: Number(pid),
        parent: Number(readProc(pid, 'stat').replace(/^.*\) /s, '').split(' ')[1]),
        commandLine: readProc(pid, 'cmdline').split('\0').join(' ').trim(),
      }));
  const coordinators = () => {
    const found = processes().filter(({ commandLine }) => / __coordinator /.test(commandLine));
    // Between fork and exec a job's wrapper looks like its coordinator. Killed a moment later, it would be the job that dies.
    return found.filter(({ parent }) => !found.some(({ pid }) => pid === parent));
  };

  return {
    root,
    repository,
    state,
    /** Of everything that is started here. */
    env,
    processes,
    coordinators,
    /** Runs git in the repository and returns what it prints. */
    git,
    /** Commits a daft.yml. */
    setUp(daftYml) {
      git('init', '--quiet', '--initial-branch=main');
      writeFileSync(join(repository, 'daft.yml'), daftYml);
      git('add', '.');
      git('commit', '--quiet', '--message=hooks');
    },
    /**
     * Starts `daft <args>` in the repository; killed after a minute (`withinMs`): nothing of daft's takes so long by itself.
     *
     * @param through a command that runs another one, and what comes before that: `['nsenter', '--target', '77']`
     * @param script launcher of the package to use
     */
    start(args, more = {}, { through = [], script = launcher, withinMs = 60_000 } = {}) {
      const [program, ...before] = [...through, process.execPath];
      const child = spawn(program, [...before, script, ...args], { cwd: repository, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'], timeout: withinMs, killSignal: 'SIGKILL' });
      const ended = new Promise((resolve, reject) => {
        let output = '';
        let stdout = '';
        child.stdout.setEncoding('utf8');
        child.stderr.setEncoding('utf8');
        child.stdout.on('data', (chunk) => (output += chunk, stdout += chunk));
        child.stderr.on('data', (chunk) => (output += chunk));
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code: code ?? signal, output, stdout }));
      });
      return { pid: child.pid, ended };
    },
    /** Runs `daft <args>` to its end, as `start` does. */
    daft(args, more = {}, through = []) {
      return this.start(args, more, { through }).ended;
    },
    /** Starts a coordinator as commands do, but as a child of ours. The repository has an identity by then. */
    startCoordinator(more = {}) {
      const child = spawn(process.execPath, [launcher, '__coordinator', this.repoId()], { cwd: state, env: { ...env, ...more }, stdio: 'ignore', detached: true });
      const ended = new Promise((resolve) => {
        child.on('exit', (code, signal) => resolve(code ?? signal));
      });
      return { pid: child.pid, ended };
    },
    repoId: () => readFileSync(join(repository, '.git/daft-id'), 'utf8').trim(),
    /** Where its coordinator listens. */
    socket() {
      return join(state, `coordinator-${this.repoId()}.sock`);
    },
    /** Kills every coordinator; returns how many. */
    killCoordinators() {
      return coordinators().filter(({ pid }) => signal(pid, 'SIGKILL')).length;
    },
    /** Records of one invocation by job name. */
    records(invocation) {
      const directory = join(invocation);
      const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
      return new Map(entries.flatMap(({ name }) => {
        const text = readIfThere(join(directory, name, 'meta.json'));
        if (text === undefined) return [];
        const record = JSON.parse(text);
        const log = join(directory, name, 'output.log');
        // Read when it is asked for: some are a gigabyte.
        return [[record.name, { ...record, directory: join(directory, name), get log() { return readIfThere(log); } }]];
      }));
    },
    /** Directories of all invocations. */
    invocations() {
      const jobs = join(state, 'jobs');
      return visible(jobs).flatMap((repo) => visible(join(jobs, repo)).map((id) => join(jobs, repo, id))).filter((path) => readIfThere(join(path, 'invocation.json')) !== undefined);
    },
    /** What is still there when everything should have ended: processes, marks, sockets. Temporary files of the dead are the clean-up's. */
    async leftovers() {
      await until(() => processes().length === 0, 8_000);
      const running = processes().map(({ pid, commandLine }) => `process ${pid}: ${commandLine}`);
      for (const { pid } of processes()) signal(pid, 'SIGKILL');
      const files = (existsSync(state) ? readdirSync(state, { recursive: true }) : []).filter((path) => /(^|\/)(exit|pid|cancel|adopted|env\.json|coordinator-[^/]*\.(sock|pid)|\.active\/.+)$/.test(path));
      return [...running, ...files.map((path) => `file ${path}`)];
    },
    /** Ends what still runs, if the trial was broken off. */
    close() {
      for (const { pid } of processes()) signal(pid, 'SIGKILL');
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Waits until `holds`; false if it does not within `ms`. */
export async function until(holds, ms, { everyMs = 10 } = {}) {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) return false;
    await pause(everyMs);
  }
  return true;
}

/** False if there is nobody any more to get it. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Whether a process has been stopped, by a fault point or by us. */
export function isStopped(pid) {
  return readProc(pid, 'stat').replace(/^.*\) /s, '').startsWith('T');
}

export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function visible(path) {
  try {
    return readdirSync(path).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
}
