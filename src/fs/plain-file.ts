import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { unlessMissing } from './errno';
import { longestBytes } from './files';

/**
 * Opens a file that nobody but us has a reason to make: only a regular one, nothing behind a link, and never waiting for the
 * other end of a FIFO. Throws the system error, of a link ELOOP, of whatever else is no file EINVAL.
 *
 * @param flags of open(2), as `constants.O_RDONLY`
 */
export function openPlainFile(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw refusal('EINVAL', 'not a regular file', path);
}

/**
 * Content of a plain file as UTF-8, see {@link openPlainFile}; undefined if there is none. Throws EFBIG for more than 64 MiB.
 *
 * @param options.by 'us': EACCES for the file of another user, whoever may write here
 */
export function readPlainTextIfExists(path: string, { by }: { by: 'anybody' | 'us' } = { by: 'anybody' }): string | undefined {
  const fd = unlessMissing(() => openPlainFile(path, constants.O_RDONLY));
  if (fd === undefined) return undefined;
  try {
    const found = fstatSync(fd);
    if (found.size > longestBytes) throw refusal('EFBIG', 'too large', path);
    if (by === 'us' && !isOurs(found)) throw refusal('EACCES', 'belongs to somebody else', path);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** Whether a file belongs to the user we act for. */
export function isOurs({ uid }: Pick<Stats, 'uid'>): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}

function refusal(code: string, reason: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${reason}, open '${path}'`), { code, path, syscall: 'open' });
}
