/** The process table: Linux through /proc, everything else through ps(1). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { isErrno, statIfExists } from '../fs';

export interface ProcessEntry {
  pid: number;
  pgid: number;
  /** Session id; null where unknown. */
  session: number | null;
  /** Dead, though its parent has not looked yet. */
  zombie: boolean;
  /** Start token, comparable with tokens of the same boot only. */
  start: string;
}

/** One process, zombies included; undefined if there is none. */
export function readProcess(pid: number): ProcessEntry | undefined {
  return process.platform === 'linux' ? readProcStat(pid) : ps(['-p', String(pid)])[0];
}

/** Every process there is. */
export function* allProcesses(): Iterable<ProcessEntry> {
  if (process.platform !== 'linux') {
    yield* ps(['-A']);
    return;
  }
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    const entry = readProcStat(Number(name));
    if (entry !== undefined) yield entry;
  }
}

/** Wall-clock time at which a process started, or up to a second before: the boot, from which it is counted, is known in whole seconds. */
export function startedAt(entry: ProcessEntry): Date | undefined {
  if (process.platform !== 'linux') {
    const at = new Date(`${entry.start} UTC`);
    return Number.isNaN(at.getTime()) ? undefined : at;
  }
  const boot = /^btime (\d+)$/m.exec(readProcFile('/proc/stat') ?? '')?.[1];
  return boot === undefined ? undefined : new Date((Number(boot) + Number(entry.start) / ticksPerSecond) * 1000);
}

/** How long a process has been running, by a clock that nobody sets; undefined where that cannot be told. */
export function runningMs({ start }: ProcessEntry): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const ms = (Number(readProcFile('/proc/uptime')?.split(' ')[0]) - Number(start) / ticksPerSecond) * 1000;
  return ms >= 0 ? ms : undefined; // a container may be shown an uptime of its own
}

/** Whether `argument` is one of the arguments a process was started with; undefined where that cannot be seen. */
export function hasArgument(pid: number, argument: string): boolean | undefined {
  if (process.platform === 'linux') return readProcFile(`/proc/${pid}/cmdline`, 'utf8')?.split('\0').includes(argument);
  return runPs(['-ww', '-p', String(pid), '-o', 'command='])?.includes(argument);
}

/** What every process was started with, as ps(1) has it; for where there is no /proc. */
export function commandLines(): readonly string[] {
  return (runPs(['-A', '-ww', '-o', 'command=']) ?? '').split('\n');
}

/** Whether a process has this very file for its output; false where that cannot be seen. */
export function writesTo(pid: number, path: string): boolean {
  if (process.platform !== 'linux') return false;
  const file = statIfExists(path);
  if (file?.isFile() !== true) return false; // not a device, which is everybody's
  return [1, 2].some((fd) => {
    const output = statOfProcFile(`/proc/${pid}/fd/${fd}`);
    return output !== undefined && output.dev === file.dev && output.ino === file.ino;
  });
}

/** Whether a process was started with all of these variables in its environment; false where that cannot be seen. */
export function hasEnvironment(pid: number, env: Readonly<Record<string, string>>): boolean {
  if (process.platform !== 'linux') return false;
  const entries = new Set(readProcFile(`/proc/${pid}/environ`, 'utf8')?.split('\0'));
  return Object.entries(env).every(([name, value]) => entries.has(`${name}=${value}`));
}

/** USER_HZ: what the kernel shows to programs is scaled to this on every architecture Node runs on. */
const ticksPerSecond = 100;

function readProcStat(pid: number): ProcessEntry | undefined {
  const text = readProcFile(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // "pid (name) state ppid pgrp session ... starttime ...": the name may hold blanks and parentheses, so count from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 20);
  const [state, , pgrp, session] = fields;
  return {
    pid,
    pgid: Number(pgrp),
    session: Number(session),
    zombie: state === 'Z' || state === 'X',
    start: fields[19] ?? '',
  };
}

/** A file of /proc; undefined if its process is gone. ESRCH: it went between open and read. */
export function readProcFile(path: string, encoding: 'latin1' | 'utf8' = 'latin1'): string | undefined {
  return unlessOutOfSight(() => readFileSync(path, encoding));
}

function statOfProcFile(path: string): Stats | undefined {
  return unlessOutOfSight(() => statSync(path));
}

function unlessOutOfSight<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

function ps(selection: readonly string[]): ProcessEntry[] {
  const text = runPs([...selection, '-o', 'pid=,pgid=,state=,lstart=']) ?? '';
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(line);
    if (match === null) return [];
    const [, pid, pgid, state = '', start = ''] = match;
    return [{ pid: Number(pid), pgid: Number(pgid), session: null, zombie: state.startsWith('Z'), start }];
  });
}

function runPs(args: readonly string[]): string | undefined {
  try {
    // lstart is a local time in the caller's language: pin both, or the same process would get two tokens.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined; // no such process
    throw error;
  }
}
