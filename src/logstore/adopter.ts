import { join } from 'node:path';
import { writeFileAtomic } from '../fs';
import type { ProcessIdentity } from '../process';
import { formatJson, parseFields } from './fields';
import { readMark } from './marks';
import { formatIdentity, identityOf } from './record-file';
import { jobDirPath, type Store } from './store';
import type { InvocationId } from './types';

/**
 * Notes who answers for a running job whose owner is dead. Beside the record, not in it: to rewrite that could undo an end
 * that somebody else records in the same moment. Of two who adopt a job the last one counts.
 */
export function noteAdopter(store: Store, id: InvocationId, dir: string, adopter: ProcessIdentity): void {
  writeFileAtomic(adopterPath(store, id, dir), formatJson(formatIdentity(adopter)));
}

/** Who has adopted a job last; null if nobody did, or none can be read. */
export function readAdopter(store: Store, id: InvocationId, dir: string): ProcessIdentity | null {
  return identityOf(parseFields(readMark(adopterPath(store, id, dir))?.text ?? ''));
}

function adopterPath(store: Store, id: InvocationId, dir: string): string {
  return join(jobDirPath(store, id, dir), 'adopted');
}
