import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { isErrno, isUnreadable, lstatIfExists, makePrivateDirectory, randomBytes, readPlainTextIfExists, removeTrash, unlessForbidden, unlessMissing, writeFileAtomic } from '../fs';
import { asDate, asText, formatJson, parseFields } from './fields';
import { indexInvocation } from './index-append';
import { isIndexComplete, stampIndex } from './index-stamp';
import { readRecord } from './read-record';
import { invocationPath, isHidden, isJobDir, jobDirPath, policyFile, refuseLinkedStore, type Store } from './store';
import type { Invocation, InvocationId } from './types';

/** Creates the directory exclusively (id redrawn on collision), writes `invocation.json` and its line in the index. */
export function createInvocation(store: Store, fields: Omit<Invocation, 'id'>): Invocation {
  for (;;) {
    const invocation: Invocation = { id: randomBytes(8).toString('hex') as InvocationId, ...fields };
    if (giveBirth(store, invocation) === 'born') return invocation;
  }
}

/** Whether a text that somebody sent is an id, and not a path that leads out of the store. */
export function isInvocationId(text: string): text is InvocationId {
  return /^[0-9a-f]{16}$/.test(text);
}

/** Directories that are invocations, unordered; hidden names are skipped. None where there is no store. */
export function listInvocationIds(store: Store): InvocationId[] {
  return directoriesIn(store.dir).filter((name) => name !== policyFile) as InvocationId[];
}

/**
 * 'gone' if the directory vanished. Without a readable `invocation.json`, hook, worktree and time come from the jobs,
 * and the trigger is `unknown` (jobs.md 12.4).
 */
export function readInvocation(store: Store, id: InvocationId): Invocation | 'gone' {
  const path = invocationPath(store, id);
  const directory = lstatIfExists(path);
  if (directory?.isDirectory() !== true) return 'gone';
  const file = readFields(join(path, 'invocation.json'));
  const hookType = asText(file?.['hook_type']);
  const worktree = asText(file?.['worktree']);
  const createdAt = asDate(file?.['created_at']);
  const trigger = asText(file?.['trigger_command']) ?? 'unknown';
  if (hookType !== undefined && worktree !== undefined && createdAt !== undefined) return { id, trigger, hookType, worktree, createdAt };

  const [first] = listJobDirs(store, id)
    .flatMap((dir) => {
      const { record } = readRecord(store, id, dir);
      return record === undefined ? [] : [record];
    })
    .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  return {
    id,
    trigger,
    hookType: hookType ?? first?.hookType ?? 'unknown',
    worktree: worktree ?? first?.worktree ?? 'unknown',
    createdAt: createdAt ?? first?.startedAt ?? directory.mtime,
  };
}

/** Directories that are jobs, unordered; none where we may not look. */
export function listJobDirs(store: Store, id: InvocationId): string[] {
  return (unlessForbidden(() => directoriesIn(invocationPath(store, id))) ?? []).filter(isJobDir);
}

/** Creates the job directory; re-creates a vanished invocation including `invocation.json` (jobs.md 3.1). */
export function ensureJobDir(store: Store, invocation: Invocation, dir: string): void {
  const path = jobDirPath(store, invocation.id, dir);
  for (;;) {
    try {
      if (DAFT_FAULTS) fault('fs: before directory');
      mkdirSync(path, { mode: 0o700 });
      return;
    } catch (error) {
      if (isErrno(error, 'EEXIST')) {
        if (lstatIfExists(path)?.isDirectory() === true) return;
        throw error;
      }
      if (!isErrno(error, 'ENOENT')) throw error;
      if (giveBirth(store, invocation) === 'exists' && lstatIfExists(invocationPath(store, invocation.id))?.isDirectory() === false) throw error;
    }
  }
}

/** Runs `write`, once more after the invocation was re-created if it turns out to be gone. */
export function withInvocation<T>(store: Store, invocation: Invocation, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || lstatIfExists(invocationPath(store, invocation.id)) !== undefined) throw error;
    giveBirth(store, invocation);
    return write();
  }
}

/** Nobody sees an invocation that does not say what it is: it gets its name as a whole, as a file does. */
function giveBirth(store: Store, invocation: Invocation): 'born' | 'exists' {
  refuseLinkedStore(store);
  const complete = isIndexComplete(store);
  const unborn = join(store.dir, `.writing-${invocation.id}-${randomBytes(4).toString('hex')}`);
  try {
    if (DAFT_FAULTS) fault('fs: before directory');
    mkdirSync(unborn, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    makePrivateDirectory(store.dir);
    mkdirSync(unborn, { mode: 0o700 });
  }
  try {
    writeFileAtomic(join(unborn, 'invocation.json'), formatInvocation(invocation));
    if (DAFT_FAULTS) fault('invocation: written');
    renameSync(unborn, invocationPath(store, invocation.id)); // takes the place of an empty directory, and of nothing else
    if (DAFT_FAULTS) fault('invocation: created');
  } catch (error) {
    removeTrash(unborn);
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return 'exists';
    throw error;
  }
  if (indexInvocation(store, invocation) && complete) stampIndex(store);
  return 'born';
}

function formatInvocation({ id, trigger, hookType, worktree, createdAt }: Invocation): string {
  return formatJson({
    invocation_id: id,
    trigger_command: trigger,
    hook_type: hookType,
    worktree,
    created_at: createdAt.toISOString(),
  });
}

function readFields(path: string): ReturnType<typeof parseFields> {
  try {
    const text = readPlainTextIfExists(path);
    return text === undefined ? undefined : parseFields(text);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function directoriesIn(path: string): string[] {
  const entries = unlessMissing(() => readdirSync(path, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => !isHidden(entry.name) && entry.isDirectory()).map((entry) => entry.name);
}
