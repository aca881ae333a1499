import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';

/** Whether `error` is a system error with one of these codes, e.g. `isErrno(error, 'ENOENT')`. */
export function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** Whether the system refused something: a full disk, a missing permission. The message names the call, and mostly the path. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/**
 * Whether a read failed for what lies there: a directory, a loop, no permission, far too large. Where it failed for want of
 * descriptors or memory, nothing is known of the file, and to take it for missing would be a mistake.
 */
export function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && !isErrno(error, 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN');
}

/** What lies under `path`, links followed; undefined if nothing does (ENOENT, ENOTDIR, ELOOP). Other errors are thrown. */
export function statIfExists(path: string): Stats | undefined {
  return unlessLoop(() => statSync(path, { throwIfNoEntry: false }));
}

/** As {@link statIfExists}, of a symbolic link itself. */
export function lstatIfExists(path: string): Stats | undefined {
  return unlessLoop(() => lstatSync(path, { throwIfNoEntry: false }));
}

/** As {@link lstatIfExists}; undefined, too, behind a directory that we may not enter. */
export function lstatIfReachable(path: string): Stats | undefined {
  return unlessForbidden(() => lstatIfExists(path));
}

/** The result of `look`, or undefined where we have no permission. */
export function unlessForbidden<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, 'EACCES')) return undefined;
    throw error;
  }
}

/** Symlink-free; undefined where nothing is, or nothing that we can get at. */
export function realPathIfExists(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG')) return undefined;
    throw error;
  }
}

/** At the end of links that lead around in a circle there is nothing. */
function unlessLoop<T>(look: () => T): T | undefined {
  try {
    return unlessMissing(look);
  } catch (error) {
    if (isErrno(error, 'ELOOP')) return undefined;
    throw error;
  }
}

/** The result of `look`, or undefined where there is no such file. */
export function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
