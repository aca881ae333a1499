import { closeSync, constants, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { isErrno, lstatIfReachable, openPlainFile } from '../fs';
import { formatRow, seenOf } from './index-row';
import { endsWhole, indexPath, stampIndex, unusable } from './index-stamp';
import { metaPath, readLogSize } from './read-record';
import { invocationPath, type Store } from './store';
import type { Invocation, JobRecord } from './types';

/** Adds the line of an invocation; whether the index is whole and has it now. */
export function indexInvocation(store: Store, invocation: Invocation): boolean {
  return append(store, invocationLine(store, invocation));
}

/** Adds the line of a job that has ended. */
export function indexJob(store: Store, invocation: Invocation, dir: string, record: JobRecord): void {
  const line = jobLine(store, invocation, dir, record);
  if (line !== undefined) append(store, line);
}

export function invocationLine(store: Store, invocation: Invocation): string {
  const file = lstatIfReachable(join(invocationPath(store, invocation.id), 'invocation.json'));
  return formatRow(invocation, null, file === undefined ? '' : seenOf(file));
}

/** Undefined if the record is gone already. */
export function jobLine(store: Store, invocation: Invocation, dir: string, record: JobRecord): string | undefined {
  const file = lstatIfReachable(metaPath(store, invocation.id, dir));
  if (file === undefined) return undefined;
  return formatRow(invocation, { dir, record, logSizeBytes: readLogSize(store, invocation.id, dir) }, seenOf(file));
}

/** Appends with a single write, so that lines of several writers never mix. */
function append(store: Store, line: string): boolean {
  try {
    const fd = openPlainFile(indexPath(store), constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
    try {
      if (DAFT_FAULTS) fault('index: append');
      // A line that was torn by a full disk or a power loss must not take ours along.
      const torn = !endsWhole(fd);
      const bytes = Buffer.from(torn ? `\n${line}` : line);
      if (torn) stampIndex(store, 0n); // nobody knows what else was lost with it
      return writeSync(fd, bytes) === bytes.length && !torn;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isErrno(error, ...unusable)) return false; // derived: the records say the same
    throw error;
  }
}
