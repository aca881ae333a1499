import { readdirSync } from 'node:fs';
import { lstatIfExists, moveToTrash } from '../fs';
import { invocationPath, isJobDir, jobDirPath, type Store } from './store';
import type { InvocationId } from './types';

/** What has been made invisible and is to be deleted. */
export interface Trash {
  path: string;
  /** Names of the job directories that went with it. */
  jobDirs: readonly string[];
}

/**
 * Takes an invocation out of everybody's sight; undefined if somebody else was first. Index and mark
 * go on naming it until they are mended.
 *
 * @param known what was in it at a time of its directory: looked for again only if that has changed
 */
export function trashInvocation(store: Store, id: InvocationId, known: { jobDirs: readonly string[]; modifiedMs: number }): Trash | undefined {
  const path = moveToTrash(invocationPath(store, id));
  if (path === undefined) return undefined;
  // rename(2) leaves the time of the directory that is renamed alone; whoever adds or removes a job in it does not.
  if (lstatIfExists(path)?.mtimeMs === known.modifiedMs) return { path, jobDirs: known.jobDirs };
  return { path, jobDirs: readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && isJobDir(entry.name) ? [entry.name] : [])) };
}

/** The same for one job; undefined if somebody else was first. */
export function trashJob(store: Store, id: InvocationId, dir: string): Trash | undefined {
  const path = moveToTrash(jobDirPath(store, id, dir));
  return path === undefined ? undefined : { path, jobDirs: [dir] };
}
