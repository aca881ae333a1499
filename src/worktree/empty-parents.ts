import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../fs';
import { isWithin } from '../layout';

/** Removes the empty directories above what was removed: upwards to the first that is not empty, and never the project root itself. */
export function removeEmptyParents(removed: string, projectRoot: string): void {
  for (let path = dirname(removed); path !== projectRoot && isWithin(path, projectRoot); path = dirname(path)) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue; // somebody else tidied it
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM', 'EBUSY')) return;
      throw error;
    }
  }
}
