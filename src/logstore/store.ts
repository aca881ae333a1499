import { join } from 'node:path';
import { lstatIfExists } from '../fs';
import type { InvocationId, RepoId } from './types';

/** Where one repository's records are. */
export interface Store {
  readonly stateDir: string;
  readonly repoId: RepoId;
  /** `<state>/jobs/<repo-id>` */
  readonly dir: string;
}

/**
 * Touches nothing. Where a link lies in the place of the directory, there is no store, and none can be made: what is behind it
 * is not ours to write, nor to believe.
 */
export function openStore(stateDir: string, repoId: RepoId): Store {
  const dir = join(stateDir, 'jobs', repoId);
  return { stateDir, repoId, dir: lstatIfExists(dir)?.isSymbolicLink() === true ? nowhere : dir };
}

/** Nothing can be found or made below it. */
const nowhere = '/dev/null/daft';

/** Whether there is no store because of a link. */
export function isLinkedStore({ dir }: Store): boolean {
  return dir === nowhere;
}

/** Throws ELOOP if it is one. */
export function refuseLinkedStore(store: Store): void {
  if (!isLinkedStore(store)) return;
  const { stateDir, repoId } = store;
  const path = join(stateDir, 'jobs', repoId);
  throw Object.assign(new Error(`ELOOP: a link, '${path}'`), { code: 'ELOOP', path, syscall: 'mkdir' });
}

// Not joined: `join` looks at each character for what is not in these names, a hundred thousand times in one clean-up.

export function invocationPath(store: Store, id: InvocationId): string {
  return `${store.dir}/${id}`;
}

export function jobDirPath(store: Store, id: InvocationId, dir: string): string {
  return `${store.dir}/${id}/${dir}`;
}

export function outputLogPath(store: Store, id: InvocationId, dir: string): string {
  return `${store.dir}/${id}/${dir}/output.log`;
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
