/** The file operations that must not be half done: atomic publish, exclusive creation, locks, trash, whole copies. Sync on purpose. */
export { copyWhole, type CopyOptions } from './copy-whole';
export { isErrno, isSystemError, isUnreadable, lstatIfExists, lstatIfReachable, realPathIfExists, statIfExists, unlessForbidden, unlessMissing } from './errno';
export { makePrivateDirectory, readTextIfExists, removeFile } from './files';
export { type LockHolder, LockTimeout, withFileLock } from './lock';
export { measureTree, newestChange } from './measure';
export { isOurs, openPlainFile, readPlainTextIfExists } from './plain-file';
export { randomBytes } from './random';
export { sha256 } from './sha256';
export { clearPlace, moveToTrash, moveToTrashAndRemove, removeTrash } from './trash';
export { type Content, createExclusive, isTemporaryName, publishExclusive, type WriteOptions, writeFileAtomic } from './write-atomic';
