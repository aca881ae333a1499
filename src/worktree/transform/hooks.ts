import type { HookServices } from '../../hooks';
import { fireAfterMove, fireBeforeMove } from '../../hooks';
import type { Repository } from '../../git';
import type { Relocation } from '../../layout/transform';
import { repositoryOf } from '../checkout-context';

export interface MoveFiring {
  command: 'layout-transform' | 'adopt';
  relocations: readonly Relocation[];
}

/**
 * Tears down what is set up for the old places, of all worktrees before the first of them moves: what a hook does to a
 * working tree is then part of what is moved, and of what comes back if that fails.
 */
export async function tearDown({ command, relocations }: MoveFiring, repository: Repository, hooks: HookServices): Promise<void> {
  for (const { branch, from, to } of relocations) {
    const seen = repositoryOf(from, repository);
    await fireBeforeMove({ command, repository: seen, sourceWorktree: repository.projectRoot, from: { path: from, branch }, to: { path: to, branch } }, hooks);
  }
}

/** Sets up the new places, once nothing can be taken back any more. */
export async function setUp({ command, relocations }: MoveFiring, repository: Repository, hooks: HookServices): Promise<void> {
  for (const { branch, from, to } of relocations) {
    const seen = repositoryOf(to, repository);
    await fireAfterMove({ command, repository: seen, sourceWorktree: repository.projectRoot, from: { path: from, branch }, to: { path: to, branch } }, hooks);
  }
}
