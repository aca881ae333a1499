import { isUnreadable, lstatIfReachable, readPlainTextIfExists } from '../fs';
import { parseFields, type Fields } from './fields';
import { recordOf } from './record-file';
import { jobDirPath, outputLogPath, type Store } from './store';
import type { InvocationId, JobRecord } from './types';

/** The record of one job; undefined if there is none that can be read. Never throws for what lies in its place, but where nothing can be read now. */
export function readRecord(store: Store, id: InvocationId, dir: string): { record: JobRecord | undefined; file: Fields | undefined } {
  try {
    const text = readPlainTextIfExists(metaPath(store, id, dir));
    const file = text === undefined ? undefined : parseFields(text);
    return { record: file === undefined ? undefined : recordOf(file), file };
  } catch (error) {
    if (isUnreadable(error)) return { record: undefined, file: undefined };
    throw error;
  }
}

export function metaPath(store: Store, id: InvocationId, dir: string): string {
  return `${jobDirPath(store, id, dir)}/meta.json`;
}

/** Size of `output.log`; null where there is none. */
export function readLogSize(store: Store, id: InvocationId, dir: string): number | null {
  const log = lstatIfReachable(outputLogPath(store, id, dir));
  return log?.isFile() === true ? log.size : null;
}
