import { mkdirSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { DaftError } from '../daft-error';
import { isErrno, lstatIfExists } from '../fs';

/** Symlink-free path of the directory a command was started in. Throws DaftError if it is gone. */
export function existingDirectory(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new DaftError(`The current directory does not exist any more: '${cwd}'`);
    throw error;
  }
}

/** Throws DaftError if there is something where a repository is to be. */
export function requireNothingAt(path: string): void {
  if (lstatIfExists(path) !== undefined) throw targetExists(path);
}

/** What is there by now belongs to somebody else, who may be a second command: only what we make ourselves is ours to take back. */
export function claimDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw targetExists(path);
    throw error;
  }
}

function targetExists(path: string): DaftError {
  return new DaftError(`Target path './${basename(path)}' already exists.`);
}
