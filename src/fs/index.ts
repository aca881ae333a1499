/** The file operations that must not be half done: atomic publish, exclusive creation, locks, trash. Sync on purpose. */

/** Whether `error` is a system error with one of these codes, e.g. `isErrno(error, 'ENOENT')`. */
export declare function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException;

/**
 * Replaces `path` by `content` atomically: temp file `.tmp-*` in the same directory, mode 0600, whole write, rename.
 * The temp file is removed on failure. Throws the system error (ENOSPC, EIO, ENOENT of the directory, ...).
 */
export declare function writeFileAtomic(path: string, content: string | Buffer, options?: { fsync?: boolean }): void;

/**
 * Publishes `content` under `path` unless that exists: temp file, whole write, fsync if asked, link(2), unlink of the
 * temp name. A reader sees nothing or everything.
 */
export declare function publishExclusive(
  path: string,
  content: string | Buffer,
  options?: { fsync?: boolean },
): 'published' | 'exists';

/** Creates an empty file (mode 0600) that must not exist yet: the cheap atomic claim. */
export declare function createExclusive(path: string): 'created' | 'exists';

/** Content as UTF-8, or undefined if there is no such file (ENOENT, ENOTDIR). Other errors are thrown. */
export declare function readTextIfExists(path: string): string | undefined;

/** Creates a directory and its parents, new ones with mode 0700. */
export declare function makePrivateDirectory(path: string): void;

/** Removes a file; a missing one is fine. */
export declare function removeFile(path: string): void;

/**
 * Renames a directory to `.deleting-<name>` (unique suffix if taken) beside itself, then removes it recursively.
 *
 * @returns 'gone' if somebody else was first
 */
export declare function moveToTrashAndRemove(path: string): 'removed' | 'gone';

/**
 * Runs `change` while holding the lock file `path` (exclusive creation, content `<pid> <start token> <boot>`); a holder
 * that is dead is succeeded. Waits up to `timeoutMs` (default 10 s), then throws.
 */
export declare function withFileLock<T>(path: string, change: () => T, options?: { timeoutMs?: number }): Promise<T>;
