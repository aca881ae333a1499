import { fault } from '../fault';
import type { Failure } from '../jobs/reconcile';
import { writeFinalRecord, type Invocation, type JobRecord } from '../logstore';
import type { Fire, Surroundings } from './surroundings';

export interface JobEnd {
  dir: string;
  record: JobRecord;
  /** What becomes of the log before. */
  output?: { appendLine: string } | 'remove' | undefined;
}

/**
 * Writes the end of a job, and tells of its failure: once, even if we die in between. If it cannot be written, the record
 * stays `running`, and whoever reconciles finds the marks.
 *
 * @returns 'already-ended' if somebody else was first: what he wrote is the end, and his to tell
 */
export function recordAndTell(surroundings: Surroundings, { invocation, notice }: Fire, end: JobEnd, failure: Failure | undefined): 'written' | 'already-ended' | 'failed' {
  if (failure !== undefined) notice.announce(failure);
  const recorded = recordFinally(surroundings, invocation, end);
  if (failure === undefined) return recorded;
  if (recorded === 'already-ended') notice.withdraw(failure);
  else notice.failed(failure);
  return recorded;
}

function recordFinally(surroundings: Surroundings, invocation: Invocation, end: JobEnd): 'written' | 'already-ended' | 'failed' {
  try {
    return write(surroundings, invocation, end);
  } catch (error) {
    surroundings.log.error({ err: error, job: end.record.name, invocation: invocation.id }, 'record left for later');
    return 'failed';
  }
}

const tryEveryMs = 1_000;
const tryForMs = 3_600_000;

/**
 * Tries again to write an end that the disk refused: where the wrapper could not leave its mark either, we are the only
 * one who knows it. Silent, as the failure was told. Disposed of, it tries no more.
 *
 * @param settled called once it is written, somebody else was first, or an hour has passed
 */
export function recordLater(surroundings: Surroundings, invocation: Invocation, end: JobEnd, settled: () => void): Disposable {
  const deadline = performance.now() + tryForMs;
  const timer = setInterval(() => {
    try {
      write(surroundings, invocation, end);
    } catch {
      if (performance.now() < deadline) return; // the same as before, or another face of the same disk
    }
    clearInterval(timer);
    settled();
  }, tryEveryMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function write({ store }: Surroundings, invocation: Invocation, { dir, record, output }: JobEnd): 'written' | 'already-ended' {
  const written = writeFinalRecord(store, invocation, dir, record, output);
  if (DAFT_FAULTS) fault('job: final recorded');
  return written;
}
