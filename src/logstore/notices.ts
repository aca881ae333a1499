import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno, isUnreadable, lstatIfExists, makePrivateDirectory, moveToTrashAndRemove, readPlainTextIfExists, unlessMissing, writeFileAtomic } from '../fs';
import { isAlive, type ProcessIdentity } from '../process';
import { asText, formatJson, parseFields } from './fields';
import { readRecord } from './read-record';
import { formatIdentity, identityOf } from './record-file';
import { invocationPath, isHidden, type Store } from './store';
import type { InvocationId, JobRecord, RepoId } from './types';

/**
 * What no terminal could be told when it happened: `<state>/.notices/<repo-id>/<invocation-id>-<job-dir>`, each holding the
 * line. Not in the store, whose directories are counted by scripts. The directories come with their first notice and go
 * with the last, so that nobody looks further who finds none. With a dot in front: what somebody is about to tell.
 */
const root = (stateDir: string): string => join(stateDir, '.notices');

export interface NoticeToLeave {
  id: InvocationId;
  dir: string;
  line: string;
}

/** Keeps a line about a job for the next command that somebody watches. */
export function leaveNotice(store: Store, { id, dir, line }: NoticeToLeave): void {
  write(store, `${id}-${dir}`, line);
  withdrawNotice(store, { id, dir });
}

/**
 * Keeps a line in case its teller dies between the record of the job and the telling: to be called before that record is
 * written. What follows is `withdrawNotice`, once it is told, or `leaveNotice`.
 */
export function announceNotice(store: Store, { id, dir, line }: NoticeToLeave, teller: ProcessIdentity): void {
  write(store, `.${id}-${dir}`, formatJson({ teller: formatIdentity(teller), line }));
}

/** Takes back what was announced. */
export function withdrawNotice(store: Store, { id, dir }: { id: InvocationId; dir: string }): void {
  const directory = join(root(store.stateDir), store.repoId);
  if (isElsewhere(store.stateDir, directory)) return;
  remove(join(directory, `.${id}-${dir}`));
  removeEmpty(directory);
}

function write(store: Store, name: string, text: string): void {
  const directory = join(root(store.stateDir), store.repoId);
  for (;;) {
    if (isElsewhere(store.stateDir, directory)) throw Object.assign(new Error(`ELOOP: a link, '${directory}'`), { code: 'ELOOP', path: directory, syscall: 'open' });
    makePrivateDirectory(directory);
    try {
      writeFileAtomic(join(directory, name), text);
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error; // somebody took the last one, and the directory with it
    }
  }
}

/** The lines that were left for this repository, oldest first. Each is given to one caller only; those of removed invocations to none. */
export function takeNotices(store: Store): string[] {
  const directory = join(root(store.stateDir), store.repoId);
  if (isElsewhere(store.stateDir, directory)) return [];
  const lines = noticesIn(directory).flatMap((notice) => {
    const { path, id } = notice;
    const text = readLine(path);
    const line = notice.isAnnounced ? overdueLine(store, notice, text) : text;
    if (line === 'to come') return [];
    const isOurs = remove(path);
    return isOurs && line !== undefined && lstatIfExists(invocationPath(store, id)) !== undefined ? [line] : [];
  });
  removeEmpty(directory);
  return lines;
}

/** Drops what was left about jobs of this repository that the user has meanwhile seen. */
export function dropNotices(store: Store, isSeen: (job: { id: InvocationId; dir: string }) => boolean): void {
  const directory = join(root(store.stateDir), store.repoId);
  if (isElsewhere(store.stateDir, directory)) return;
  const found = noticesIn(directory).filter(isSeen);
  if (found.length === 0) return;
  for (const { path } of found) remove(path);
  removeEmpty(directory);
}

/** Removes notices of all repositories that are older than this: nobody came to read them. */
export function sweepNotices(stateDir: string, olderThan: Date): void {
  for (const repo of namesIn(root(stateDir)).filter((name) => !isHidden(name)) as RepoId[]) {
    const directory = join(root(stateDir), repo);
    if (isElsewhere(stateDir, directory)) continue;
    for (const { path, leftAt } of noticesIn(directory)) if (leftAt < olderThan.getTime()) remove(path);
    removeEmpty(directory);
  }
}

/** What a dead teller did not come to say; undefined if it has become untrue, 'to come' if somebody else still may say it. */
function overdueLine(store: Store, { id, dir }: Notice, text: string | undefined): string | undefined {
  if (lstatIfExists(invocationPath(store, id)) === undefined) return undefined;
  const announced = parseFields(text ?? '');
  const teller = identityOf(announced?.['teller']);
  if (teller !== null && isAlive(teller)) return 'to come';
  const status: JobRecord['status'] = readRecord(store, id, dir).record?.status ?? 'running';
  if (status === 'running') return 'to come'; // by whoever finds out how it ended
  return status === 'failed' || status === 'crashed' ? asText(announced?.['line']) : undefined;
}

interface Notice {
  path: string;
  isAnnounced: boolean;
  id: InvocationId;
  dir: string;
  leftAt: number;
}

function noticesIn(directory: string): Notice[] {
  const found = namesIn(directory).flatMap((name): Notice[] => {
    const [, dot, id, dir] = /^(\.?)([0-9a-f]{16})-(.+)$/s.exec(name) ?? [];
    const path = join(directory, name);
    const stats = lstatIfExists(path);
    return id === undefined || dir === undefined || stats === undefined ? [] : [{ path, isAnnounced: dot === '.', id: id as InvocationId, dir, leftAt: stats.mtimeMs }];
  });
  return found.toSorted((a, b) => a.leftAt - b.leftAt);
}

/** Undefined for what is no notice, whoever put it there. */
function readLine(path: string): string | undefined {
  try {
    return readPlainTextIfExists(path);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Whether a link leads out of the state directory, to files that are not ours to read and to remove. */
function isElsewhere(stateDir: string, directory: string): boolean {
  return [root(stateDir), directory].some((path) => lstatIfExists(path)?.isSymbolicLink() === true);
}

function namesIn(directory: string): string[] {
  if (lstatIfExists(directory)?.isDirectory() !== true) return []; // whoever follows a link removes somebody's files
  return unlessMissing(() => readdirSync(directory)) ?? [];
}

/** Whether it was us who removed it. Where nothing can be removed, nothing is told either: it would be told for ever. */
function remove(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EISDIR')) moveToTrashAndRemove(path);
    else if (!isErrno(error, 'ENOENT', 'ENOTDIR', ...untouchable)) throw error;
    return false;
  }
}

function removeEmpty(directory: string): void {
  for (const path of [directory, dirname(directory)]) {
    if (lstatIfExists(path)?.isDirectory() !== true) return;
    try {
      rmdirSync(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', ...untouchable)) throw error;
    }
  }
}

const untouchable = ['EACCES', 'EPERM', 'EROFS'];
