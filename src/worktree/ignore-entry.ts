import { appendFileSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isErrno, readTextIfExists, withFileLock } from '../fs';
import type { Repository } from '../git';
import { isWithin } from '../layout';
import { lockHolder } from '../process';
import type { Narrator } from './worktree-services';

/** Line that keeps a worktree out of the sight of the working tree it lies in; undefined if it lies in none. */
export function ignoreEntryFor(worktree: string, { projectRoot, bare }: Pick<Repository, 'projectRoot' | 'bare'>): string | undefined {
  if (bare || worktree === projectRoot || !isWithin(worktree, projectRoot)) return undefined;
  return `${relative(projectRoot, worktree).split(sep)[0] ?? ''}/`;
}

/** Entries of these worktrees that may stand in the `.gitignore` of one of them: only the main working tree has any. */
export function ownEntriesOf({ main }: { main: boolean }, worktrees: readonly string[], repository: Pick<Repository, 'projectRoot' | 'bare'>): Set<string> {
  return new Set(main ? worktrees.flatMap((path) => ignoreEntryFor(path, repository) ?? []) : []);
}

/** Gives a new worktree its entry if it needs one. A failure is a warning: the worktree is there all the same. */
export async function keepOutOfSight(worktree: string, repository: Repository, narrator: Narrator): Promise<void> {
  const entry = ignoreEntryFor(worktree, repository);
  if (entry !== undefined) await keepEntries([entry], repository, narrator);
}

/** Sees to it that these entries are there. */
export async function keepEntries(entries: readonly string[], repository: Pick<Repository, 'projectRoot' | 'commonDir'>, narrator: Narrator): Promise<void> {
  try {
    for (const entry of entries) await addIgnoreEntry(entry, repository);
  } catch (error) { // no permission, a directory of that name, a lock that is never released
    if (!(error instanceof Error)) throw error;
    narrator.warning(`Could not update .gitignore: ${error.message}`);
  }
}

/** Appends a line to the `.gitignore` of the project root unless it is there. Throws what the system says. */
async function addIgnoreEntry(entry: string, { projectRoot, commonDir }: Pick<Repository, 'projectRoot' | 'commonDir'>): Promise<void> {
  const path = join(projectRoot, '.gitignore');
  if (hasLine(readTextIfExists(path), entry)) return;
  mkdirSync(join(commonDir, '.daft'), { recursive: true });
  await withFileLock(join(commonDir, '.daft', 'gitignore.lock'), lockHolder(), () => {
    const text = readTextIfExists(path);
    if (hasLine(text, entry)) return;
    const isOpenEnded = text !== undefined && text !== '' && !text.endsWith('\n');
    appendFileSync(path, `${isOpenEnded ? '\n' : ''}${entry}\n`);
  });
}

/** Which of these entries stand in the `.gitignore` of a working tree. */
export function entriesIn(workingTree: string, entries: ReadonlySet<string>): string[] {
  const text = readIgnoreFile(workingTree);
  return [...entries].filter((entry) => hasLine(text, entry));
}

/** Undefined also where it is no file, or not for us to read: it has no entry of ours then. */
function readIgnoreFile(workingTree: string): string | undefined {
  try {
    return readTextIfExists(join(workingTree, '.gitignore'));
  } catch (error) {
    if (isErrno(error, 'EISDIR', 'EACCES', 'ELOOP')) return undefined;
    throw error;
  }
}

function hasLine(text: string | undefined, line: string): boolean {
  return text !== undefined && text.split('\n').some((candidate) => candidate.trim() === line);
}

/** Whether a `.gitignore` differs from its committed state by nothing but lines that daft appended. Pure. */
export function differsByEntriesOnly(committed: string, present: string, entries: ReadonlySet<string>): boolean {
  if (!present.startsWith(committed.replace(/\n$/, ''))) return false;
  const appended = present.slice(committed.replace(/\n$/, '').length);
  if (committed !== '' && appended !== '' && !appended.startsWith('\n')) return false;
  return appended.split('\n').every((line) => line.trim() === '' || entries.has(line.trim()));
}
