import { fault } from '../fault';
import { writeFinalRecord, type Invocation, type JobRecord } from '../logstore';
import type { Surroundings } from './surroundings';

/** Writes the end of a job. If even that fails, the record stays `running`, and whoever reconciles finds the marks. */
export function recordFinally(
  { store, log }: Surroundings,
  invocation: Invocation,
  { dir, record, output }: { dir: string; record: JobRecord; output?: { appendLine: string } | 'remove' | undefined },
): void {
  try {
    writeFinalRecord(store, invocation, dir, record, output);
  } catch (error) {
    log.error({ err: error, job: record.name, invocation: invocation.id }, 'record left for reconciliation');
  }
  if (DAFT_FAULTS) fault('job: final recorded');
}
