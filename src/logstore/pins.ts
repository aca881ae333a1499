import { join } from 'node:path';
import { clearPlace, createExclusive, isErrno, lstatIfExists } from '../fs';
import { invocationPath, type Store } from './store';
import type { InvocationId } from './types';

const pinFile = '.pinned';

/** Marks an invocation as one that the clean-up leaves alone, whatever its age and size. */
export function pinInvocation(store: Store, id: InvocationId): 'pinned' | 'was-pinned' | 'gone' {
  try {
    return createExclusive(pinPath(store, id)) === 'created' ? 'pinned' : 'was-pinned';
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'gone';
    throw error;
  }
}

export function unpinInvocation(store: Store, id: InvocationId): 'unpinned' | 'was-not-pinned' {
  if (!isPinned(store, id)) return 'was-not-pinned';
  clearPlace(pinPath(store, id));
  return 'unpinned';
}

export function isPinned(store: Store, id: InvocationId): boolean {
  return holdsPin(invocationPath(store, id));
}

/** Whether this directory is one of a pinned invocation, whatever its name is now. */
export function holdsPin(path: string): boolean {
  return lstatIfExists(join(path, pinFile)) !== undefined;
}

function pinPath(store: Store, id: InvocationId): string {
  return join(invocationPath(store, id), pinFile);
}
