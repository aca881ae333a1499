import { isErrno, lstatIfExists } from '../fs';
import { markActive } from './active';
import { linesBackwards, openIndex } from './index-lines';
import { refreshIndex } from './index-refresh';
import { parseRow, seenOf } from './index-row';
import { rangesOf, readSegments } from './index-segments';
import { unusable } from './index-stamp';
import { metaPath, readRecord } from './read-record';
import type { Store } from './store';

/** As many of the last rows as can be compared with their records in a millisecond. */
const lastRows = 300;

/**
 * Gives the mark of an active invocation to those that other programs brought with a running job, or whose record they
 * set back to running: the latter among the jobs that ended last, the rest is for the clean-up, which looks everywhere.
 */
export function noticeActive(store: Store): void {
  try {
    if (refreshIndex(store) === 'complete') markLastRunning(store);
  } catch (error) {
    if (!isErrno(error, ...unusable)) throw error; // where no mark can be made, nothing could be recorded either
  }
}

function markLastRunning(store: Store): void {
  using index = openIndex(store);
  if (index === undefined) return;
  let looked = 0;
  for (const { from, to } of rangesOf(readSegments(store, index), undefined)) {
    for (const line of linesBackwards(index, from, to)) {
      if (looked === lastRows) return;
      const row = parseRow(line.toString());
      if (row?.job == null) continue;
      looked += 1;
      const { id } = row.invocation;
      const meta = lstatIfExists(metaPath(store, id, row.job.dir));
      if (meta !== undefined && seenOf(meta) !== row.seen && readRecord(store, id, row.job.dir).record?.status === 'running') markActive(store, id);
    }
  }
}
