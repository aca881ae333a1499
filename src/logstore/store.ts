import { join } from 'node:path';
import type { InvocationId, RepoId } from './types';

/** Where one repository's records are. */
export interface Store {
  readonly stateDir: string;
  readonly repoId: RepoId;
  /** `<state>/jobs/<repo-id>` */
  readonly dir: string;
}

/** Touches nothing. */
export function openStore(stateDir: string, repoId: RepoId): Store {
  return { stateDir, repoId, dir: join(stateDir, 'jobs', repoId) };
}

export function invocationPath(store: Store, id: InvocationId): string {
  return join(store.dir, id);
}

export function jobDirPath(store: Store, id: InvocationId, dir: string): string {
  return join(store.dir, id, dir);
}

export function outputLogPath(store: Store, id: InvocationId, dir: string): string {
  return join(store.dir, id, dir, 'output.log');
}

/** Names starting with a dot are never records: trash, records in the making, temp files, the index. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}
