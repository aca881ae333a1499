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

/** The header of a journal with this text. Throws DaftError where it is none that we write. */
export function parseHeader(text: string, commonDir: string): JournalHeader {
  const header = parseObject(text.split('\n', 1)[0] ?? '');
  const { version, holder, command, commonDir: from } = header ?? {};
  if (version !== 1 || typeof holder !== 'string' || typeof command !== 'string' || typeof from !== 'string') throw unreadableJournal(commonDir);
  return { version, holder, command, commonDir: from };
}

/** A later version may have written it, or a disk has lost it: what is not understood is not followed, and not forgotten. */
export function unreadableJournal(commonDir: string): DaftError {
  return new DaftError('A transform of this repository was interrupted, and its journal cannot be read', {
    hint: `Give the command to the version of daft that wrote it. If it is damaged, put the worktrees right by hand, then remove ${journalDirectory(commonDir)}`,
  });
}

/** Undefined where the text is no JSON, or no object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Throws DaftError while a transform is under way, or one has been killed and not yet been taken back. */
export function refuseHalfWay(commonDir: string): void {
  const text = readTextIfExists(join(journalDirectory(commonDir), journalName));
  if (text === undefined) return;
  const { command } = parseHeader(text, commonDir);
  throw new DaftError('A transform of this repository is under way, or was interrupted', {
    hint: `If none is running, give the command again, which first takes back what was done: ${command}`,
  });
}
