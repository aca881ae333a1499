import { readdirSync, type Dirent } from 'node:fs';
import { isErrno, lstatIfExists, measureTree, newestChange } from '../fs';
import { invocationPath, isHidden, isJobDir, isLinkedStore, policyFile, type Store } from './store';
import type { InvocationId } from './types';

/** What lies in a directory of the store beside the records that readers see. */
export interface Holdings {
  /** Of all files, neither trash nor leftovers. */
  bytes: number;
  /** Paths of trash, and of what somebody began to write and will not finish any more. */
  leftovers: string[];
}

export interface InvocationHoldings extends Holdings {
  /** By job directory; not part of `bytes`. */
  jobBytes: ReadonlyMap<string, number>;
}

/** Nobody writes a temp file for so long, or runs a job in the foreground without a word. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * Of the repository directory without its invocations; undefined if there is none. Throws where it cannot be read.
 *
 * Nothing behind a link is ours to clean up: each directory there would count as an invocation, old and without a job.
 */
export function inspectRepository(store: Store, now: Date): Holdings | undefined {
  if (isLinkedStore(store) || lstatIfExists(store.dir)?.isSymbolicLink() === true) return undefined;
  const entries = readDirectory(store.dir);
  if (entries === undefined) return undefined;
  const holdings: Holdings = { bytes: 0, leftovers: [] };
  for (const entry of entries) {
    if (entry.isDirectory() && !isHidden(entry.name) && entry.name !== policyFile) continue;
    hold(`${store.dir}/${entry.name}`, entry, holdings, now);
  }
  return holdings;
}

/** Of an invocation; undefined if it is gone. */
export function inspectInvocation(store: Store, id: InvocationId, now: Date): InvocationHoldings | undefined {
  const path = invocationPath(store, id);
  const entries = lstatIfExists(path)?.isDirectory() === true ? readDirectory(path) : undefined;
  if (entries === undefined) return undefined;
  const holdings: Holdings = { bytes: 0, leftovers: [] };
  const jobBytes = new Map<string, number>();
  for (const entry of entries) {
    if (entry.isDirectory() && isJobDir(entry.name)) jobBytes.set(entry.name, inspectJob(`${path}/${entry.name}`, holdings, now));
    else hold(`${path}/${entry.name}`, entry, holdings, now);
  }
  return { ...holdings, jobBytes };
}

/** Bytes of a job directory without its leftovers. */
function inspectJob(path: string, { leftovers }: Holdings, now: Date): number {
  const inside: Holdings = { bytes: 0, leftovers };
  for (const entry of readDirectory(path) ?? []) hold(`${path}/${entry.name}`, entry, inside, now);
  return inside.bytes;
}

function hold(path: string, entry: Dirent, holdings: Holdings, now: Date): void {
  if (isLeftover(path, entry, now)) holdings.leftovers.push(path);
  else if (entry.isDirectory()) holdings.bytes += measureTree(path);
  else if (entry.isFile()) holdings.bytes += lstatIfExists(path)?.size ?? 0;
}

function isLeftover(path: string, { name }: Dirent, now: Date): boolean {
  if (name.startsWith('.deleting-')) return true;
  if (!name.startsWith('.writing-') && !name.startsWith('.tmp-')) return false;
  const found = lstatIfExists(path);
  if (found === undefined) return false;
  // A job that runs in the foreground writes to its log, which leaves the directory's own time alone.
  const changedMs = Math.max(found.mtimeMs, found.isDirectory() ? (newestChange([path]) ?? 0) * 1000 : 0);
  return now.getTime() - changedMs > abandonedAfterMs;
}

function readDirectory(path: string): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
