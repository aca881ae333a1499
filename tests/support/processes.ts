/** Finds the processes of a test by the tag in their environment, wherever they have detached themselves to. Linux. */

import { readdirSync, readFileSync } from 'node:fs';

/** The variable that everything started by a test inherits; its value is unique to one temporary home. */
export const tagVariable = 'DAFT_TEST_TAG';

export interface FoundProcess {
  pid: number;
  /** Process group. */
  group: number;
  commandLine: string;
}

/** Living processes with this tag, in order of pid; zombies do not count, nor do we. */
export function findTagged(tag: string): FoundProcess[] {
  const needle = `${tagVariable}=${tag}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').includes(needle))
    .flatMap((pid) => {
      const found = inspect(Number(pid));
      return found === undefined ? [] : [found];
    })
    .toSorted((a, b) => a.pid - b.pid);
}

/** Living members of a process group. */
export function findGroup(group: number): FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const found = inspect(Number(pid));
      return found === undefined || found.group !== group ? [] : [found];
    });
}

/** Undefined if there is no such process or it is a zombie. */
export function inspect(pid: number): FoundProcess | undefined {
  const stat = readProc(String(pid), 'stat');
  // The second field is the name in parentheses and may hold anything, parentheses included.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || group === undefined || state === 'Z' || state === 'X') return undefined;
  const commandLine = readProc(String(pid), 'cmdline').split('\0').join(' ').trim();
  return { pid, group: Number(group), commandLine };
}

export function describeProcesses(processes: readonly FoundProcess[]): string {
  return processes.map(({ pid, group, commandLine }) => `  pid ${pid}, group ${group}: ${commandLine}`).join('\n');
}

/** Empty when the process has gone, or is somebody else's. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return '';
    throw error;
  }
}
