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

/** What is not an invocation beside the invocations, not even where it is a directory. */
export const policyFile = 'repo-policy.json';

/** What lies beside the jobs: no job gets a directory of such a name. */
export const invocationFiles: readonly string[] = ['invocation.json', 'plan.json', 'env.json'];

/** Whether a directory of this name in an invocation can be a job's. */
export function isJobDir(name: string): boolean {
  return !isHidden(name) && !invocationFiles.includes(name);
}

/** Names starting with a dot are never records: trash, records in the making, temp files, the index. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}
