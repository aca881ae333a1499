import { DaftError } from '../../daft-error';
import { LockTimeout } from '../../fs';
import { listWorktrees, type Repository } from '../../git';
import { canonicalPath } from '../canonical-path';
import { nameOf } from '../carry';
import type { WorktreeServices } from '../worktree-services';
import { applyCopies, withStaging, type CopyFailure } from './apply';
import { planCopies } from './plan';
import { sourcesFor } from './sources';
import { readWanted } from './wanted';

export interface Origin {
  /** Branch that the new one starts from. */
  base?: string | undefined;
  /** Worktree that the command was given in, or that was there first. */
  worktree: string | undefined;
}

/**
 * Gives a new worktree copies of what its `daft.yml` or `.worktreeinclude`, or those of its origin, name. Whatever goes
 * wrong is a warning: the worktree is there all the same.
 */
export async function copyIntoNewWorktree(place: string, { base, worktree: origin }: Origin, repository: Repository, services: WorktreeServices): Promise<void> {
  const { git, settings, directories, narrator, signal } = services;
  if (!settings.copyEnabled) return;
  const path = canonicalPath(place);
  // A daft.yml that is broken is told by the hook that fires next.
  const patterns = await readWanted(origin === undefined ? [path] : [origin, path], { directories, complain: narrator.step });
  if (patterns.length === 0) return;
  try {
    const worktrees = await listWorktrees(git, repository);
    const target = worktrees.find((worktree) => worktree.path === path);
    if (target === undefined) throw new DaftError(`'${path}' is no worktree`);
    const first = base === undefined ? undefined : worktrees.find(({ branch }) => branch === base)?.path;
    const sources = sourcesFor(target, worktrees, { first, second: origin }, { git, repository, remote: settings.remote });
    const { failed } = await withStaging(target, repository, async (staging) => {
      const { copies } = await planCopies(path, patterns, { sources, worktrees, git });
      return applyCopies(copies, { target, staging, worktrees, signal, narrator });
    });
    for (const failure of failed) narrator.warning(describeFailure(failure));
  } catch (error) {
    if (signal.aborted) {
      narrator.warning(`Copying was interrupted; the worktree was created and kept at '${place}'\nTo copy what is missing, there: ${services.exe} warm`);
      throw signal.reason;
    }
    // git that refuses, a lock that is never released, a disk on which nothing can be written.
    if (!(error instanceof DaftError || error instanceof LockTimeout || (error instanceof Error && 'code' in error))) throw error;
    narrator.warning(`Nothing was copied into the worktree: ${error.message}`);
  }
}

export function describeFailure({ path, source, reason }: CopyFailure): string {
  return `Could not copy '${path}' from '${nameOf(source)}': ${reason}`;
}
