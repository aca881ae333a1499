import { temporaryDirectory } from '../fs/temporary';
import { createInvocation, openStore, type Invocation, type RepoId, type Store } from '../../src/logstore';

export const repoId = '01890a5d-ac96-774b-bcce-b302099a8057' as RepoId;

export function temporaryStore(): { readonly store: Store } & Disposable {
  const temp = temporaryDirectory();
  return { store: openStore(temp.path, repoId), [Symbol.dispose]: () => temp[Symbol.dispose]() };
}

export function newInvocation(store: Store, fields: Partial<Omit<Invocation, 'id'>> = {}): Invocation {
  return createInvocation(store, {
    trigger: 'worktree-post-create',
    hookType: 'worktree-post-create',
    worktree: 'feature/x',
    createdAt: new Date('2026-04-28T19:24:48.123Z'),
    ...fields,
  });
}
