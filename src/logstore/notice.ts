import { isErrno, lstatIfExists } from '../fs';
import { markActive } from './active';
import { linesBackwards, openIndex, placeOf } from './index-lines';
import { refreshIndex } from './index-refresh';
import { seenOf } from './index-row';
import { unusable } from './index-stamp';
import { metaPath, readRecord } from './read-record';
import type { Store } from './store';

/** As many of the last rows as can be compared with their records in a millisecond or two. */
const lastRows = 100;
/** As much of the index as holds them, if nobody's commands are very long. */
const lastBytes = 1 << 17;

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
  const { size } = index.stats;
  let looked = 0;
  // Where it begins within a line, that one is torn, and says nothing.
  for (const { bytes: line } of linesBackwards(index, Math.max(0, size - lastBytes), size)) {
    if (looked === lastRows) return;
    const place = placeOf(line);
    if (place === undefined) continue;
    looked += 1;
    const { id, dir, seen } = place;
    const meta = lstatIfExists(metaPath(store, id, dir));
    if (meta !== undefined && seenOf(meta) !== seen && readRecord(store, id, dir).record?.status === 'running') markActive(store, id);
  }
}
