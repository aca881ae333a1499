/** A world of its own for one test: home, state, git configuration, programs; found empty of processes at the end. */

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { describeProcesses, findTagged, tagVariable, type FoundProcess } from './processes';
import { runProgram, runOnTerminal, startProgram, type Ran, type RunOptions, type Running, type TerminalOptions } from './run';
import { waitFor } from './wait';

export const checkout = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface TemporaryHome extends AsyncDisposable {
  /** Above everything else here; symlink-free. */
  readonly root: string;
  /** Where tests put repositories; the default working directory. */
  readonly work: string;
  readonly home: string;
  readonly config: string;
  readonly state: string;
  readonly data: string;
  readonly cache: string;
  /** The whole environment of everything that is started here: nothing else comes from the caller but PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly tag: string;

  /** Runs `daft <args>` to its end, as installed: through a link, from the build that has fault points. */
  daft(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs any program to its end. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs git and throws unless it succeeds; returns stdout without its final newline. */
  git(cwd: string, ...args: string[]): Promise<string>;
  /** Starts a program and goes on. */
  start(program: string, args: readonly string[], options?: RunOptions): Running;
  /** Runs a shell command line with a terminal as stdin, stdout and stderr (which arrive as one). */
  onTerminal(commandLine: string, options?: TerminalOptions): Promise<Ran>;

  /** Living processes that were started from here, directly or by anything that was. */
  processes(): FoundProcess[];
  /** Waits until no process is left but coordinators; they may finish in their own time. */
  waitForQuiet(): Promise<void>;
}

/** Of the package that `npm run build -- --test` makes: the same as the shipped one, with fault points. */
export const launcher = join(checkout, 'dist-test/bin/daft.js');

/** Executables of package.json, each linked as npm would. */
const executables = Object.keys(
  z.object({ bin: z.record(z.string(), z.string()) }).parse(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))).bin,
);

/**
 * Makes a home. At its end every process that was started in it must be gone, or the test fails with their names; only
 * coordinators, which linger by design, are asked to leave (SIGTERM) before that is judged.
 */
export async function temporaryHome(): Promise<TemporaryHome> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'daft-')));
  const home = join(root, 'home');
  const work = join(root, 'work');
  const bin = join(root, 'bin');
  const tag = randomUUID();
  for (const directory of [home, work, bin, join(root, 'tmp'), join(root, 'remotes')]) mkdirSync(directory, { recursive: true });
  linkCompiledCode(join(home, '.cache/daft/code'));
  for (const name of executables) symlinkSync(launcher, join(bin, name));
  // By itself: the directory it is in may have another git than the one that PATH has first.
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(
    join(home, '.gitconfig'),
    // git's own upkeep would go on beside the test, and change what it looks at.
    ['[user]', 'name = Ada Lovelace', 'email = ada@example.com', '[init]', 'defaultBranch = main', '[protocol "file"]', 'allow = always']
      .concat('[maintenance]', 'auto = false', '[receive]', 'autogc = false', '')
      .join('\n'),
  );

  const env: Record<string, string> = {
    PATH: `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    TMPDIR: join(root, 'tmp'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    // The daily helpers would make each test's process list depend on whether it is the first of its home.
    DAFT_NO_LOG_CLEAN: '1',
    DAFT_NO_TRUST_PRUNE: '1',
    [tagVariable]: tag,
  };
  const options = (given: RunOptions | undefined) => ({ ...given, cwd: given?.cwd ?? work, env: { ...env, ...given?.env } });
  const processes = () => findTagged(tag);
  const others = () => processes().filter((found) => !isCoordinator(found));

  return {
    root,
    work,
    home,
    config: join(home, '.config/daft'),
    state: join(home, '.local/state/daft'),
    data: join(home, '.local/share/daft'),
    cache: join(home, '.cache/daft'),
    env,
    tag,
    daft: (args, given) => runProgram(join(bin, 'daft'), args, options(given)),
    run: (program, args, given) => runProgram(program, args, options(given)),
    start: (program, args, given) => startProgram(program, args, options(given)),
    onTerminal: (commandLine, given) => runOnTerminal(commandLine, { ...given, ...options(given) }),
    async git(cwd, ...args) {
      const ran = await runProgram('git', args, options({ cwd }));
      if (ran.exitCode !== 0) throw new Error(`git ${args.join(' ')} in ${cwd} failed (${ran.exitCode}): ${ran.stderr}`);
      return ran.stdout.replace(/\n$/, '');
    },
    processes,
    async waitForQuiet() {
      await waitFor('all processes but coordinators to end', () => others().length === 0, { instead: () => describeProcesses(others()) });
    },
    async [Symbol.asyncDispose]() {
      // A command that has just been answered may still be on its way out; a job that was forgotten stays.
      await gone(others, 1_000);
      const left = others();
      for (const { pid } of left) kill(pid, 'SIGKILL');
      for (const coordinator of processes().filter((found) => isCoordinator(found))) kill(coordinator.pid, 'SIGTERM');
      // A shut-down coordinator walks the termination ladder over its jobs first: 5 s of grace, 2 s after the kill.
      await gone(processes, 9_000);
      const stubborn = processes();
      for (const { pid } of stubborn) kill(pid, 'SIGKILL');
      await gone(processes, 2_000);
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
      const accused = left.length > 0 ? left : stubborn;
      if (accused.length > 0) throw new Error(`left behind by this test:\n${describeProcesses(accused)}`);
    },
  };
}

/**
 * Gives a home the code that the build has let V8 compile of daft, which is a third of what a first start costs. Links cost
 * no copies, and are safe: the launcher replaces files and writes into none. Where there is none, or it is in another file
 * system, daft compiles by itself.
 */
function linkCompiledCode(code: string): void {
  const compiled = join(checkout, 'dist-test/cache/daft/code');
  mkdirSync(code, { recursive: true, mode: 0o700 });
  try {
    const files = readdirSync(compiled, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) linkSync(join(compiled, name), join(code, name));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EXDEV' || error.code === 'ENOENT'))) throw error;
  }
}

export function isCoordinator({ commandLine }: FoundProcess): boolean {
  return / __coordinator /.test(commandLine);
}

async function gone(list: () => readonly FoundProcess[], within: number): Promise<boolean> {
  try {
    return await waitFor('processes to go', () => list().length === 0, { within });
  } catch {
    return false; // who is still there is the caller's to judge, and to name
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
    if (signal === 'SIGTERM') process.kill(pid, 'SIGCONT'); // a stopped one acts on nothing else
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
