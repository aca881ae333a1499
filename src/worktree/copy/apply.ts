import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyWhole, isErrno, removeTrash, withFileLock } from '../../fs';
import { privateGitDir, type Repository, type Worktree } from '../../git';
import { lockHolder } from '../../process';
import { nameOf } from '../carry';
import type { Narrator } from '../worktree-services';
import { isWorktree, stagingName } from './ignored';
import type { PlannedCopy } from './plan';

export interface CopyFailure extends PlannedCopy {
  reason: string;
}

export interface CopyResult {
  copied: readonly PlannedCopy[];
  failed: readonly CopyFailure[];
}

/**
 * One at a time for a worktree, which makes what lies in the staging directory the remains of somebody who was killed: they
 * are removed. Waits for a neighbour for up to ten minutes.
 */
export async function withStaging<T>(target: Worktree, repository: Repository, work: (staging: string) => Promise<T>): Promise<T> {
  const lock = join(privateGitDir(target, repository), 'daft-copy.lock');
  return withFileLock(
    lock,
    lockHolder(),
    async () => {
      const staging = join(target.path, stagingName);
      if (existsSync(staging)) removeTrash(staging);
      try {
        return await work(staging);
      } finally {
        removeTrash(staging);
      }
    },
    { timeoutMs: 600_000 },
  );
}

/** Copies what is planned, one after the other. What fails is left out as a whole, and the others go on. */
export async function applyCopies(
  copies: readonly PlannedCopy[],
  { target, staging, worktrees, signal, narrator }: { target: Worktree; staging: string; worktrees: readonly Worktree[]; signal: AbortSignal; narrator: Pick<Narrator, 'step'> },
): Promise<CopyResult> {
  const copied: PlannedCopy[] = [];
  const failed: CopyFailure[] = [];
  if (copies.length === 0) return { copied, failed };
  const places = new Set(worktrees.map(({ path }) => path));
  mkdirSync(staging);
  writeFileSync(join(staging, '.gitignore'), '*\n'); // for git there is nothing here
  for (const copy of copies) {
    narrator.step(`Copying '${copy.path}' from '${nameOf(copy.source)}'`);
    try {
      const outcome = await copyWhole(join(copy.source.path, copy.path), join(target.path, copy.path), {
        staging,
        leaveOut: (directory, entries) => isWorktree(directory, entries, places),
        signal,
      });
      if (outcome === 'copied') copied.push(copy);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error && 'code' in error)) throw error;
      failed.push({ ...copy, reason: error.message });
      if (isErrno(error, 'ENOSPC', 'EDQUOT')) break; // the others would fill the disk again, only to fail
    }
  }
  return { copied, failed };
}
