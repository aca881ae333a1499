import type { Operation } from './types';

/** One line: kind, branch, paths. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'stash': return `Stash changes of '${operation.branch}' in ${operation.path}`;
    case 'move': return `Move '${operation.branch}'${operation.temporary ? ' out of the way' : ''}: ${operation.from} -> ${operation.to}`;
    case 'unregister': return `Unregister '${operation.branch}' as linked worktree: ${operation.path}`;
    case 'collapse': return `Collapse files${of(operation.branch)} into the root: ${operation.from} -> ${operation.to}`;
    case 'nest': return `Nest files of '${operation.branch}': ${operation.from} -> ${operation.to}`;
    case 'move-git': return `Move git directory: ${operation.from} -> ${operation.to}`;
    case 'set-bare': return `Set core.bare to ${String(operation.bare)}`;
    case 'attach': return `Attach HEAD and index of '${operation.branch}' to the main working tree: ${operation.path}`;
    case 'register': return `Register '${operation.branch}' as linked worktree: ${operation.path}`;
    case 'check': return 'Check integrity';
    case 'restore': return `Restore changes of '${operation.branch}' in ${operation.path}`;
  }
}

function of(branch: string | undefined): string {
  return branch === undefined ? '' : ` of '${branch}'`;
}
