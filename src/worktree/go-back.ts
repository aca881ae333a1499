import { statSync } from 'node:fs';
import { DaftError } from '../daft-error';
import { isErrno } from '../fs';
import type { Survey } from '../git';
import { readPreviousWorktree, recordPreviousWorktree } from './previous-worktree';

/** `go -`: leads to the worktree the user came from, which changes places with the one they are in. */
export function goBack({ repository, worktrees }: Survey): { path: string; label: string } {
  const path = readPreviousWorktree(repository.commonDir);
  if (path === undefined) throw new DaftError('No previous worktree to switch to');
  if (!isDirectory(path)) throw new DaftError(`Previous worktree no longer exists: '${path}'`);
  const { worktreeRoot, commonDir } = repository;
  if (worktreeRoot !== undefined && worktreeRoot !== path) recordPreviousWorktree(commonDir, worktreeRoot);
  return { path, label: worktrees.find((worktree) => worktree.path === path)?.branch ?? path };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
}
