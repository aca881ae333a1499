import { mkdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { clearPlace, createExclusive, isErrno, isUnreadable, lstatIfExists, publishExclusive, readPlainTextIfExists } from '../fs';
import { parseExitMark, parsePidMark } from '../process';
import { parseExcess } from './excess';
import { ensureJobDir } from './invocations';
import { jobDirPath, type Store } from './store';
import type { Invocation, InvocationId, JobMarks } from './types';

/** The marks of a job; what is unreadable counts as missing. */
export function readMarks(store: Store, id: InvocationId, dir: string): JobMarks {
  const path = jobDirPath(store, id, dir);
  if (lookAt(path) === undefined) return noMarks; // what is there but cannot be looked at cannot be looked into either
  const pid = readMark(join(path, 'pid'));
  const exit = readMark(join(path, 'exit'));
  const pgid = parsePidMark(pid?.text);
  const exitCode = parseExitMark(exit?.text);
  const started = lookAt(join(path, 'started'));
  return {
    startedAt: started?.mtime ?? null,
    purpose: started === undefined || started.size === 0 ? '' : (readMark(join(path, 'started'))?.text ?? ''),
    pid: pgid ?? null,
    pidMarkedAt: pid === undefined || pgid === undefined ? null : pid.at,
    exit: exit === undefined || exitCode === undefined ? null : { exitCode, at: exit.at },
    cancelRequested: lookAt(join(path, 'cancel')) !== undefined,
    excess: parseExcess(readMark(join(path, 'because'))?.text) ?? null,
  };
}

const noMarks: JobMarks = { startedAt: null, purpose: '', pid: null, pidMarkedAt: null, exit: null, cancelRequested: false, excess: null };

/**
 * Takes the claim `started`; whoever records a planned job as not run takes it first.
 *
 * @param purpose what is about to be recorded instead, in one atomic step with the claim: should the claimant die, whoever
 *   reconciles finishes for him. Without one the claim is a wrapper's, or not worth finishing.
 */
export function claimJob(store: Store, invocation: Invocation, dir: string, purpose = ''): 'claimed' | 'taken' {
  ensureJobDir(store, invocation, dir);
  const claimed = claim(join(jobDirPath(store, invocation.id, dir), 'started'), purpose);
  if (DAFT_FAULTS) fault('job: claimed');
  return claimed ? 'claimed' : 'taken';
}

/** On a full disk an empty claim would fit where its purpose does not, and look like one of a wrapper that died: rather none. */
function claim(path: string, purpose: string): boolean {
  return purpose === '' ? createExclusive(path) === 'created' : publishExclusive(path, purpose) === 'published';
}

/** Writes the durable `cancel` mark. An invocation that is gone is left alone: nothing of it can be cancelled. */
export function requestCancel(store: Store, invocation: Invocation, dir: string): void {
  const path = jobDirPath(store, invocation.id, dir);
  try {
    if (DAFT_FAULTS) fault('fs: before directory');
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    if (!isErrno(error, 'EEXIST')) throw error;
    if (lstatIfExists(path)?.isDirectory() !== true) return; // a link, that would lead somewhere else
  }
  createExclusive(join(path, 'cancel'));
  if (DAFT_FAULTS) fault('job: cancel requested');
}

/** Removes the marks that end with the record; the claim stays, for a coordinator that was stopped meanwhile. */
export function removeEndedMarks(store: Store, id: InvocationId, dir: string): void {
  const path = jobDirPath(store, id, dir);
  if (lstatIfExists(path)?.isDirectory() !== true) return; // through a link, they would be somebody's files
  for (const mark of ['pid', 'exit', 'cancel', 'because', 'adopted']) clearPlace(join(path, mark));
}

export function readMark(path: string): { text: string; at: Date } | undefined {
  try {
    const text = readPlainTextIfExists(path);
    const file = text === undefined ? undefined : lstatIfExists(path);
    return text === undefined || file === undefined ? undefined : { text, at: file.mtime };
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatIfExists(path);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
