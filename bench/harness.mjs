// Measures commands side by side. Variants of one comparison are run in turns, so that a busy moment of the machine hits
// all of them, and the middle of the runs is taken. Everything happens in one temporary home.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');

export function openHome() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'daft-bench-')));
  const home = join(root, 'home');
  for (const directory of [home, join(root, 'bin'), join(root, 'tmp'), join(root, 'work')]) mkdirSync(directory);
  symlinkSync(join(checkout, 'bin/daft.js'), join(root, 'bin/daft'));
  writeFileSync(join(home, '.gitconfig'), '[user]\n  name = Bench\n  email = bench@example.com\n[init]\n  defaultBranch = main\n[gc]\n  auto = 0\n');
  // NODE_EXTRA_CA_CERTS is not among these: it costs every start of Node 50-80 ms.
  const env = {
    PATH: `${join(root, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: home,
    TMPDIR: join(root, 'tmp'),
    LANG: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    DAFT_NO_LOG_CLEAN: '1',
    DAFT_NO_TRUST_PRUNE: '1',
    DAFT_BENCH_TAG: root,
  };
  const tag = `DAFT_BENCH_TAG=${root}`;
  const peaks = join(root, 'peaks');
  const witness = join(root, 'witness.cjs');
  writeFileSync(witness, witnessOfMemory);

  const world = {
    root,
    work: join(root, 'work'),
    state: join(home, '.local/state/daft'),
    env,
    /** Runs to the end of all output; throws unless it exits with 0 (or `exitCode`). */
    run(cwd, program, args, { exitCode = 0, extra = {} } = {}) {
      const ran = spawnSync(program, args, { cwd, env: { ...env, ...extra }, encoding: 'utf8', maxBuffer: 1 << 30, timeout: 120_000 });
      if (ran.status !== exitCode) throw new Error(`${program} ${args.join(' ')} ended with ${ran.status ?? ran.signal ?? String(ran.error)}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    },
    daft: (cwd, ...args) => world.run(cwd, 'daft', args),
    git: (cwd, ...args) => world.run(cwd, 'git', args),
    shell: (cwd, line) => world.run(cwd, 'sh', ['-c', line]),
    /** Runs to its end; the most memory that the program had, what it started and left behind not included. */
    peakMb(cwd, program, args) {
      rmSync(peaks, { recursive: true, force: true });
      mkdirSync(peaks);
      world.run(cwd, program, args, { extra: { NODE_OPTIONS: `--require=${witness}`, DAFT_BENCH_PEAKS: peaks } });
      return world.peakMbOf(({ argv }) => argv[0] !== '__finish-prune');
    },
    /** The same of another process that has come and gone since then. */
    peakMbOf(isMeant) {
      const found = list(peaks).map((name) => JSON.parse(readFileSync(join(peaks, name), 'utf8')));
      return found.find(isMeant).kilobytes / 1024;
    },
    start: (cwd, program, args) => spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] }),
    /** A repository with one commit, trusted by nobody, hooks as given; its records are under `state`. */
    repository(name, daftYml) {
      const path = join(world.work, name);
      world.git(world.work, 'init', '--quiet', path);
      if (daftYml !== undefined) writeFileSync(join(path, 'daft.yml'), daftYml);
      writeFileSync(join(path, 'README.md'), `${name}\n`);
      world.git(path, 'add', '.');
      world.git(path, 'commit', '--quiet', '-m', 'first');
      return path;
    },
    /** Living processes started from here; the coordinators among them with `coordinators`. */
    processes() {
      return readdirSync('/proc').flatMap((pid) => {
        if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
        try {
          if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(tag)) return [];
          return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
        } catch {
          return []; // it went while we looked
        }
      });
    },
    coordinators: () => world.processes().filter(({ command }) => / __coordinator /.test(command)),
    helpers: () => world.processes().filter(({ command }) => / __finish-prune /.test(command)),
    /** Ends coordinators, so that the next dispatch is a cold one. */
    async cold() {
      for (const { pid } of world.coordinators()) kill(pid, 'SIGTERM');
      await until('coordinators to go', () => world.coordinators().length === 0);
    },
    /** Waits until no job runs or waits: no invocation is marked active. */
    async idle() {
      await until('all jobs to end', () => activeMarks(world.state) === 0, { everyMs: 10, withinMs: 120_000 });
    },
    async close() {
      for (const { pid } of world.processes()) kill(pid, 'SIGKILL');
      await until('processes to go', () => world.processes().length === 0);
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return world;
}

// Not from rusage: there a child begins with the size of who started it.
const witnessOfMemory = `'use strict';
process.once('exit', () => {
  const { readFileSync, writeFileSync } = require('node:fs');
  const [, kilobytes] = /^VmHWM:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const argv = process.argv.slice(2);
  writeFileSync(process.env.DAFT_BENCH_PEAKS + '/' + process.pid, JSON.stringify({ argv, kilobytes: Number(kilobytes) }));
});
`;

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return []; // a store without active jobs has no such directory
  }
}

function activeMarks(state) {
  return list(join(state, 'jobs')).reduce((sum, repository) => sum + list(join(state, 'jobs', repository, '.active')).length, 0);
}

export async function until(what, holds, { withinMs = 20_000, everyMs = 5 } = {}) {
  for (const end = performance.now() + withinMs; !holds(); await pause(everyMs)) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
  }
}

/**
 * Runs each variant `runs` times, in turns, after one round that does not count.
 *
 * @param {Record<string, () => unknown>} variants name -> function that is timed, or that returns (a promise of) milliseconds it has measured itself
 * @param {{ runs?: number, before?: (name: string) => Promise<void> }} options `before` is done before each run, outside the clock
 * @returns {Promise<Record<string, number[]>>} name -> milliseconds, turn by turn
 */
export async function interleave(variants, { runs = 15, before = async () => {} } = {}) {
  const samples = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round <= runs; round += 1) {
    for (const [name, variant] of Object.entries(variants)) {
      await before(name);
      const begun = performance.now();
      const own = await variant();
      const ms = typeof own === 'number' ? own : performance.now() - begun;
      if (round > 0) samples[name].push(ms);
    }
  }
  return samples;
}

export const median = (numbers) => quantile(numbers, 0.5);
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function number(value, unit) {
  return value === undefined ? '' : `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)}${unit}`;
}

/** Collects rows `{ what, floor, ours, target, unit }` and prints them at once, so that a slow benchmark is seen to move. */
export function openTable(write) {
  const line = (cells) => write(`${cells.map((cell, index) => (index === 0 ? cell.padEnd(64) : cell.padStart(index === 4 ? 14 : 11))).join(' ')}\n`);
  const misses = [];
  line(['', 'floor', 'ours', 'difference', 'target', '']);
  const table = {
    misses,
    heading: (text) => write(`${text}\n`),
    /**
     * @param floor a figure, or one for each turn; the same goes for `ours`. Of turns the differences are taken one by one,
     *   and the middle one counts: a machine that is slower for a while is so for both sides of a turn
     * @param most limit of the difference (`over: 'floor'`) or of our own figure (`over: 'nothing'`), or with `least` a
     *   lower limit of our own figure
     */
    row({ what, floor: floors, ours: all, unit = ' ms', most, least, over = 'floor' }) {
      const [floor, ours] = [floors, all].map((figures) => (Array.isArray(figures) ? median(figures) : figures));
      const inTurns = Array.isArray(floors) && Array.isArray(all);
      const difference = floor === undefined ? undefined : inTurns ? median(all.map((figure, turn) => figure - floors[turn])) : ours - floor;
      const judged = over === 'floor' && difference !== undefined ? difference : ours;
      const met = (most === undefined || judged <= most) && (least === undefined || ours >= least);
      const target = most !== undefined ? `${over === 'floor' && floor !== undefined ? '+ ' : '≤ '}${most}${unit}` : least !== undefined ? `≥ ${least}${unit}` : '';
      if (!met) misses.push(what);
      line([`  ${what}`, number(floor, unit), number(ours, unit), number(difference, unit), target, target === '' ? '' : met ? '✓' : 'missed']);
    },
    /** Peak of a command, beside that of bare node. */
    memory: ({ what, floor, ours }) => table.row({ what: `memory of ${what}`, floor, ours, unit: ' MB', most: 80, over: 'nothing' }),
  };
  return table;
}
