import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../fault';
import { isUnreadable, lstatIfExists } from './errno';
import { readTextIfExists, removeFile } from './files';
import { randomBytes } from './random';
import { sha256 } from './sha256';
import { clearPlace } from './trash';
import { publishExclusive } from './write-atomic';

/** Who holds a lock, as its file says. What makes a process known, and how its death is told, is the caller's. */
export interface LockHolder {
  /** One line that tells this process from all others. */
  readonly text: string;
  /** Whether the holder named by such a line is dead for certain; what nobody can have written counts as dead. */
  isDead(text: string): boolean;
}

/**
 * Runs `change` while holding the lock file `path` (exclusive creation, content: the holder); a holder that is dead is
 * succeeded. Waits up to `timeoutMs` (default 10 s, monotonic), then throws {@link LockTimeout}.
 */
export async function withFileLock<T>(
  path: string,
  holder: LockHolder,
  change: () => T | Promise<T>,
  options: { timeoutMs?: number } = {},
): Promise<T> {
  const mine = `${holder.text}\n${randomBytes(8).toString('hex')}\n`;
  let deadline: number | undefined; // for those who have to wait: the clock takes a millisecond to load
  for (let pauseMs = 2; !take(path, mine, holder); pauseMs = Math.min(pauseMs * 2, 50)) {
    deadline ??= performance.now() + (options.timeoutMs ?? 10_000);
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new LockTimeout(path);
    await delay(Math.min(pauseMs * (0.5 + Math.random()), leftMs));
  }
  try {
    if (DAFT_FAULTS) fault('fs: locked');
    return await change();
  } finally {
    release(path, mine);
  }
}

/** The lock was held by somebody else, or could not be told to be free, for the whole time. */
export class LockTimeout extends Error {
  constructor(readonly path: string) {
    super(`Timed out waiting for the lock file ${path}`);
    this.name = 'LockTimeout';
  }
}

/**
 * One try. A dead holder's file is removed under a lock of its own, named after its content: of several who see the same
 * dead holder one removes it, once, and nobody can remove the lock that the winner takes next. Should that one die in
 * between, it is succeeded in the same way.
 */
function take(path: string, mine: string, holder: LockHolder): boolean {
  const found = contentOf(path);
  if (found === undefined) return publishExclusive(path, mine) === 'published';
  if (!holder.isDead(found.split('\n', 1)[0] ?? '')) return false;

  const succession = `${path}.${sha256(found).slice(0, 12)}`;
  if (!take(succession, mine, holder)) return false;
  try {
    if (DAFT_FAULTS) fault('fs: lock of a dead holder found');
    if (contentOf(path) === found) clearPlace(path);
  } finally {
    release(succession, mine);
  }
  return publishExclusive(path, mine) === 'published';
}

/** Empty, as nobody writes it, for what is not a file that can be read. */
function contentOf(path: string): string | undefined {
  try {
    return readTextIfExists(path) ?? (lstatIfExists(path) === undefined ? undefined : '');
  } catch (error) {
    if (isUnreadable(error) && lstatIfExists(path)?.isFile() === false) return '';
    throw error;
  }
}

function release(path: string, mine: string): void {
  if (contentOf(path) === mine) removeFile(path);
}
