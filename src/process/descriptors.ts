import { closeSync, openSync, readdirSync } from 'node:fs';
import { readProcFile } from './table';

const closeOnExec = 0o2000000;
/** Up to this one Node marks what it inherits close-on-exec at its own start. */
const lastGuarded = 15;

/**
 * Descriptors above 2 that children of ours would inherit (no FD_CLOEXEC), ascending. All of them were inherited in
 * turn: what Node opens is close-on-exec.
 */
export function leakedDescriptors(): readonly number[] {
  leaked ??= findLeaks();
  return leaked;
}

let leaked: readonly number[] | undefined;

function findLeaks(): readonly number[] {
  if (process.platform === 'linux') return openDescriptors('/proc/self/fd').filter((fd) => fd > 2 && isInheritable(fd));
  // The flag cannot be seen here. Node's own among these are close-on-exec: covering them in a child harms nobody.
  return openDescriptors('/dev/fd').filter((fd) => fd > lastGuarded);
}

/**
 * Closes what {@link leakedDescriptors} lists, so that no child needs guarding any more. Only for a process that owes its
 * inherited descriptors to nobody: the coordinator. Linux; elsewhere Node's own could not be told from inherited ones.
 */
export function closeLeakedDescriptors(): void {
  if (process.platform !== 'linux') return;
  for (const fd of leakedDescriptors()) closeSync(fd);
  leaked = [];
}

/** Soft limit of open files of our parent process (ours was raised by Node); null where unknown or unlimited. */
export function inheritedDescriptorLimit(): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(readProcFile(`/proc/${process.ppid}/limits`) ?? '')?.[1];
  return soft === undefined ? null : Number(soft);
}

/**
 * `stdio` of a child in which every leaked descriptor is covered by the null device: 'ignore' would not close those
 * beyond 2. Call `release` after the spawn.
 */
export function coverLeaks<Entry>(stdio: readonly (Entry | number)[]): { stdio: (Entry | number | 'ignore')[]; release: () => void } {
  const covered: (Entry | number | 'ignore')[] = [...stdio];
  const leaks = leakedDescriptors().filter((fd) => fd >= stdio.length);
  if (leaks.length === 0) return { stdio: covered, release: () => {} };
  const nullDevice = openSync('/dev/null', 'r+');
  for (let fd = stdio.length; fd <= Math.max(...leaks); fd += 1) covered.push('ignore');
  for (const fd of leaks) covered[fd] = nullDevice;
  return { stdio: covered, release: () => closeSync(nullDevice) };
}

function openDescriptors(directory: string): number[] {
  return readdirSync(directory)
    .map(Number)
    .filter((fd) => Number.isInteger(fd))
    .toSorted((a, b) => a - b);
}

function isInheritable(fd: number): boolean {
  // The descriptor of the scan itself is in the list, and gone by now.
  const flags = /^flags:\s+([0-7]+)$/m.exec(readProcFile(`/proc/self/fdinfo/${fd}`) ?? '')?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
}
