import { fault } from '../fault';
import { writeFinalRecord, type Invocation, type JobRecord } from '../logstore';
import type { Surroundings } from './surroundings';

/**
 * Writes the end of a job. If even that fails, the record stays `running`, and whoever reconciles finds the marks.
 *
 * @returns 'already-ended' if somebody else was first: what he wrote is the end
 */
export function recordFinally(
  { store, log }: Surroundings,
  invocation: Invocation,
  { dir, record, output }: { dir: string; record: JobRecord; output?: { appendLine: string } | 'remove' | undefined },
): 'written' | 'already-ended' | 'failed' {
  try {
    const written = writeFinalRecord(store, invocation, dir, record, output);
    if (DAFT_FAULTS) fault('job: final recorded');
    return written;
  } catch (error) {
    log.error({ err: error, job: record.name, invocation: invocation.id }, 'record left for reconciliation');
    return 'failed';
  }
}
