import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../fault';
import { removeFile, unlessMissing } from '../fs';
import { jobDirPath, writeFinalRecord, type Invocation, type JobRecord } from '../logstore';
import type { Surroundings } from './surroundings';

/**
 * Writes the end of a job. On a full disk once more after making room; if that fails too, the record stays `running` and
 * whoever reconciles next finds the exit mark.
 */
export function recordFinally(
  { store, log }: Surroundings,
  invocation: Invocation,
  { dir, record, output }: { dir: string; record: JobRecord; output?: { appendLine: string } | 'remove' | undefined },
): void {
  try {
    try {
      writeFinalRecord(store, invocation, dir, record, output);
    } catch (error) {
      removeTemporaryFiles(jobDirPath(store, invocation.id, dir));
      log.warn({ err: error, job: record.name }, 'record could not be written, trying once more');
      writeFinalRecord(store, invocation, dir, record, output);
    }
  } catch (error) {
    log.error({ err: error, job: record.name, invocation: invocation.id }, 'record left for reconciliation');
  }
  if (DAFT_FAULTS) fault('job: final recorded');
}

function removeTemporaryFiles(directory: string): void {
  const names = unlessMissing(() => readdirSync(directory)) ?? [];
  for (const name of names) if (name.startsWith('.tmp-')) removeFile(join(directory, name));
}
