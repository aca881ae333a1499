/** Whether a repository is between two layouts: nothing is created, moved or removed in it then. */
import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { readTextIfExists } from '../../fs';

/** Where a transform notes its steps. */
export function journalDirectory(commonDir: string): string {
  return join(commonDir, '.daft', 'transform');
}

export const journalName = 'journal';

/** First line of a journal. */
export interface JournalHeader {
  version: 1;
  holder: string;
  /** What was under way, as its command line has it. */
  command: string;
  /** Where the git directory was, and is again after all is undone. */
  commonDir: string;
}

/** @param line written by us, as a whole */
export function parseHeader(line: string): JournalHeader {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return JSON.parse(line) as JournalHeader;
}

/** Throws DaftError while a transform is under way, or one has been killed and not yet been taken back. */
export function refuseHalfWay(commonDir: string): void {
  const text = readTextIfExists(join(journalDirectory(commonDir), journalName));
  if (text === undefined) return;
  const { command } = parseHeader(text.split('\n', 1)[0] ?? '');
  throw new DaftError('A transform of this repository is under way, or was interrupted', {
    hint: `If none is running, give the command again, which first takes back what was done: ${command}`,
  });
}
