import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno, readTextIfExists, writeFileAtomic } from '../fs';

/** Where `go -` leads: the worktree the last go or start was started in; undefined if there is no record. */
export function readPreviousWorktree(commonDir: string): string | undefined {
  return readTextIfExists(recordPath(commonDir))?.trim() || undefined;
}

/** A record that cannot be written is a convenience lost, and no reason to fail. */
export function recordPreviousWorktree(commonDir: string, worktree: string): void {
  try {
    mkdirSync(dirname(recordPath(commonDir)), { recursive: true });
    writeFileAtomic(recordPath(commonDir), `${worktree}\n`);
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'EIO')) throw error;
  }
}

function recordPath(commonDir: string): string {
  return join(commonDir, '.daft', 'previous-worktree');
}
