import { basename } from 'node:path';
import type { Repository } from '../git';
import { fireHook } from './fire';
import type { Firing } from './firing';
import type { HookServices } from './services';
import type { HookName } from './types';

/** A worktree that gets another path, branch, or both. */
export interface Move {
  command: 'rename' | 'layout-transform' | 'adopt';
  /** Before the move. */
  repository: Repository;
  sourceWorktree: string;
  from: MovingWorktree;
  to: MovingWorktree;
}

export interface MovingWorktree {
  path: string;
  /** Undefined when detached. */
  branch: string | undefined;
}

/**
 * Makes a move between its hooks: the old worktree is torn down, the new one set up, as far as jobs track what changes
 * (hooks.md 13). What a hook does only warns; the move is made all the same. Interruption before the move is thrown.
 *
 * @param act makes the move and returns the repository as it is found afterwards; if it throws, nothing more is fired
 */
export async function moveWithHooks(move: Move, services: HookServices, act: () => Promise<Repository>): Promise<Repository> {
  const changed = changedBy(move);
  for (const hook of ['worktree-pre-remove', 'worktree-post-remove'] as const) {
    await firePhase(hook, { ...move, changed, at: move.from }, services);
    services.signal.throwIfAborted();
  }
  const repository = await act();
  for (const hook of ['worktree-pre-create', 'worktree-post-create'] as const) {
    if (services.signal.aborted) break;
    await firePhase(hook, { ...move, repository, changed, at: move.to }, services);
  }
  return repository;
}

function changedBy({ from, to }: Move): ReadonlySet<'path' | 'branch'> {
  return new Set([...(from.path === to.path ? [] : (['path'] as const)), ...(from.branch === to.branch ? [] : (['branch'] as const))]);
}

async function firePhase(
  hook: HookName,
  { command, repository, sourceWorktree, from, at, changed }: Move & { at: MovingWorktree; changed: ReadonlySet<'path' | 'branch'> },
  services: HookServices,
): Promise<void> {
  const firing: Firing = {
    hook,
    command,
    repository,
    sourceWorktree,
    targetWorktree: at.path,
    branch: at.branch ?? 'HEAD',
    worktreeLabel: at.branch ?? basename(at.path),
    isNewBranch: false,
    move: { oldPath: from.path, oldBranch: from.branch ?? 'HEAD', changed },
  };
  const result = await fireHook(firing, services);
  if (result.kind !== 'failed') return;
  services.tell({ type: 'warning', text: `Move ${hook} hook failed: ${hook} hook failed with exit code ${result.exitCode}` });
}
