import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../fs';

/** Where the main configuration may be, relative to the root of a worktree; the first that exists wins. */
export const configCandidates = [
  'daft.yml',
  'daft.yaml',
  '.daft.yml',
  '.daft.yaml',
  '.config/daft.yml',
  '.config/daft.yaml',
] as const;

/** The candidate that exists as a regular file below `root`, relative to it. Loads neither yaml nor zod. */
export function findConfigFile(root: string): string | undefined {
  return configCandidates.find((candidate) => isRegularFile(join(root, candidate)));
}

export function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG')) return false;
    throw error;
  }
}
