import { basename } from 'node:path';
import type { Repository } from '../git';
import { fireHook } from './fire';
import type { Firing } from './firing';
import type { HookServices } from './services';
import type { HookName } from './types';

/** A worktree that gets another path, branch, or both. */
export interface Move {
  command: 'rename' | 'layout-transform' | 'adopt';
  /** Before the move, for the hooks before it. */
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
  await fireBeforeMove(move, services);
  const repository = await act();
  await fireAfterMove({ ...move, repository }, services);
  return repository;
}

/** The first half of {@link moveWithHooks}, where other moves come in between. */
export async function fireBeforeMove(move: Move, services: HookServices): Promise<void> {
  for (const hook of ['worktree-pre-remove', 'worktree-post-remove'] as const) {
    await firePhase(hook, { ...move, changed: changedBy(move), at: move.from }, services);
    services.signal.throwIfAborted();
  }
}

/** The second half; `move.repository` is the one after the move. */
export async function fireAfterMove(move: Move, services: HookServices): Promise<void> {
  for (const hook of ['worktree-pre-create', 'worktree-post-create'] as const) {
    if (services.signal.aborted) break;
    await firePhase(hook, { ...move, changed: changedBy(move), at: move.to }, services);
  }
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
