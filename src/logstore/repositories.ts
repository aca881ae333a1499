import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../fs';
import { parseRepoId } from './repo-id';
import type { RepoId } from './types';

/**
 * Ids of the repositories that have a store below a state directory, those that exist no more included; whatever else lies
 * there is ignored. Undefined where nothing was ever recorded. Throws the system error where that cannot be told.
 */
export function listRepositories(stateDir: string): RepoId[] | undefined {
  try {
    return readdirSync(join(stateDir, 'jobs'), { withFileTypes: true }).flatMap((entry) => {
      const id = entry.isDirectory() ? parseRepoId(entry.name) : undefined;
      return id === undefined ? [] : [id];
    });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
