import { dirname } from 'node:path';
import { isWithin } from '../place';
import type { Goal, Premises, Site } from './types';

/**
 * Whether a linked worktree is where the repository's own ones are. Others were put somewhere on purpose, and come along
 * only where that is asked for (worktrees-create.md 11.3).
 */
export function isConforming({ path, branch }: Site & { branch: string }, { layoutRoot, currentPlace }: Premises, { include }: Goal): boolean {
  switch (include.kind) {
    case 'none': return false;
    case 'all': return true;
    case 'branches':
      return (
        include.branches.has(branch) ||
        path === currentPlace?.(branch) ||
        isWithin(path, layoutRoot) ||
        dirname(path) === dirname(layoutRoot)
      );
  }
}
