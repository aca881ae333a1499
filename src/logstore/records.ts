import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { isErrno, lstatIfExists, openPlainFile, publishExclusive, removeFile, writeFileAtomic } from '../fs';
import { indexJob } from './index-append';
import { ensureJobDir, withInvocation } from './invocations';
import { removeEndedMarks } from './marks';
import { replaceFile } from './places';
import { metaPath, readRecord } from './read-record';
import { formatRecord, isTerminal } from './record-file';
import { invocationPath, jobDirPath, type Store } from './store';
import type { Invocation, JobRecord } from './types';

/**
 * Writes the `running` record of a job that has none (jobs.md 6.4).
 *
 * @returns 'already-there' if somebody else has written one meanwhile: he answers for the job, or has recorded its end
 */
export function writeRunningRecord(store: Store, invocation: Invocation, dir: string, record: JobRecord): 'written' | 'already-there' {
  return put(store, invocation, dir, record, () => false) === 'written' ? 'written' : 'already-there';
}

/**
 * Writes the terminal record, its index line, and removes `pid`, `exit` and `cancel`. `log` replaces `output.log`, is
 * appended as last line, or removes it *before* the record is written (silent and completed).
 *
 * @returns 'already-ended', and touches nothing, if there is a terminal record: it is never overwritten
 */
export function writeFinalRecord(
  store: Store,
  invocation: Invocation,
  dir: string,
  record: JobRecord,
  log?: { replaceBy: string } | { appendLine: string } | 'remove',
): 'written' | 'already-ended' {
  const { record: before } = readRecord(store, invocation.id, dir);
  if (before !== undefined && isTerminal(before)) return 'already-ended';
  ensureJobDir(store, invocation, dir);
  if (log !== undefined) changeLog(join(jobDirPath(store, invocation.id, dir), 'output.log'), log);
  if (DAFT_FAULTS) fault('record: log settled');
  if (putDespiteFullDisk(store, invocation, dir, record) === 'kept') return 'already-ended';
  if (DAFT_FAULTS) fault('record: final written');
  indexJob(store, invocation, dir, record);
  removeEndedMarks(store, invocation.id, dir);
  return 'written';
}

/** Rewrites a terminal record in place, keeping unknown fields: for the clean-up, which notes what it cut. */
export function rewriteRecord(store: Store, invocation: Invocation, dir: string, record: JobRecord): void {
  const { file } = readRecord(store, invocation.id, dir);
  if (file === undefined) return; // removed meanwhile
  writeFileAtomic(metaPath(store, invocation.id, dir), formatRecord(record, file));
  indexJob(store, invocation, dir, record);
}

/** A foreground record in the making: output is spooled to `.writing-<dir>/output.log`, then renamed with `meta.json`. */
export interface RecordInTheMaking {
  append(chunk: Buffer): void;
  /** Publishes the record and its index line. */
  publish(record: JobRecord): void;
  /** Removes what was spooled; harmless after `publish`. */
  discard(): void;
}

export function beginRecord(store: Store, invocation: Invocation, dir: string): RecordInTheMaking {
  const making = join(invocationPath(store, invocation.id), `.writing-${dir}`);
  rmSync(making, { recursive: true, force: true });
  if (DAFT_FAULTS) fault('record: before directory');
  withInvocation(store, invocation, () => mkdirSync(making, { mode: 0o700 }));
  // Open from the start: should the clean-up of somebody else take the directory, the job goes on without noticing.
  let log: number | undefined = openNew(join(making, 'output.log'), making);
  const close = (): void => {
    if (log !== undefined) closeSync(log);
    log = undefined;
  };
  return {
    append(chunk) {
      if (log === undefined) return;
      if (DAFT_FAULTS) fault('record: output');
      writeFileSync(log, chunk); // goes on after a short write
    },
    publish(record) {
      close();
      try {
        if (DAFT_FAULTS) fault('record: spooled');
        writeFileAtomic(join(making, 'meta.json'), formatRecord(record, undefined));
        rename(making, jobDirPath(store, invocation.id, dir));
      } catch (error) {
        rmSync(making, { recursive: true, force: true });
        throw error;
      }
      if (DAFT_FAULTS) fault('record: published');
      indexJob(store, invocation, dir, record);
    },
    discard() {
      close();
      rmSync(making, { recursive: true, force: true });
    },
  };
}

function openNew(path: string, making: string): number {
  try {
    if (DAFT_FAULTS) fault('record: before log');
    return openSync(path, 'ax', 0o600);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}

/** Gives the finished directory its name; where a claim has made it already, its files go there, the record last. */
function rename(making: string, target: string): void {
  try {
    renameSync(making, target);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    for (const name of ['output.log', 'meta.json']) renameSync(join(making, name), join(target, name));
    rmSync(making, { recursive: true, force: true });
  }
}

function isOpen(record: JobRecord): boolean {
  return !isTerminal(record);
}

/** On a full disk, what our own failed writes left behind is removed, and the end is tried once more. */
function putDespiteFullDisk(store: Store, invocation: Invocation, dir: string, record: JobRecord): 'written' | 'kept' {
  try {
    return put(store, invocation, dir, record, isOpen);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC', 'EDQUOT')) throw error;
    const path = jobDirPath(store, invocation.id, dir);
    for (const name of readdirSync(path)) if (name.startsWith('.tmp-')) removeFile(join(path, name));
    return put(store, invocation, dir, record, isOpen);
  }
}

/** Writes `meta.json` unless one is there that may not be replaced. The first record of a job is published: of two, one comes second. */
function put(store: Store, invocation: Invocation, dir: string, record: JobRecord, mayReplace: (before: JobRecord) => boolean): 'written' | 'kept' {
  const path = metaPath(store, invocation.id, dir);
  ensureJobDir(store, invocation, dir);
  for (;;) {
    // Looked for before it is read: what comes about in between is nothing damaged, to be replaced, but has to be read.
    const isThere = lstatIfExists(path) !== undefined;
    const { record: before, file } = readRecord(store, invocation.id, dir);
    if (before !== undefined && !mayReplace(before)) return 'kept';
    if (DAFT_FAULTS) fault('record: read');
    if (isThere) {
      replaceFile(path, formatRecord(record, file));
      return 'written';
    }
    if (publishExclusive(path, formatRecord(record, undefined)) === 'published') return 'written';
  }
}

function changeLog(path: string, log: { replaceBy: string } | { appendLine: string } | 'remove'): void {
  if (DAFT_FAULTS) fault('record: before log');
  const found = lstatIfExists(path);
  if (found !== undefined && !found.isFile()) return; // no log, whoever put it there: the end is recorded all the same
  if (log === 'remove') removeFile(path);
  else if ('replaceBy' in log) writeFileAtomic(path, log.replaceBy);
  else appendLastLine(path, log.appendLine);
}

/** All of it or nothing, and once: an end that could not be written is tried again, with its line. */
function appendLastLine(path: string, text: string): void {
  const fd = openPlainFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
  try {
    const line = `${text}\n`;
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, Buffer.byteLength(line) + 1));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const end = size === buffer.length ? `\n${buffer.toString()}` : buffer.toString(); // a log begins where a line does
    if (end.endsWith(`\n${line}`)) return;
    try {
      writeFileSync(fd, end.endsWith('\n') ? line : `\n${line}`);
    } catch (error) {
      ftruncateSync(fd, size); // a full disk may have taken half of it
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}
