/** Whether a repository is between two layouts: nothing is created, moved or removed in it then. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../../daft-error';

/** Where a transform notes its steps. */
export function journalDirectory(commonDir: string): string {
  return join(commonDir, '.daft', 'transform');
}

export const journalName = 'journal';

/** Throws DaftError while a transform is under way, or one has been killed and not yet been taken back. */
export function refuseHalfWay(commonDir: string, exe: string): void {
  if (!existsSync(join(journalDirectory(commonDir), journalName))) return;
  throw new DaftError('A transform of this repository is under way, or was interrupted', {
    hint: `If none is running, the next one takes back what it did before anything else: ${exe} layout transform <LAYOUT>`,
  });
}
