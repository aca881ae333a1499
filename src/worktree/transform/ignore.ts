import { statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfExists } from '../../fs';
import type { Git, Repository } from '../../git';
import { ignoreEntryFor, keepEntries } from '../ignore-entry';
import type { Narrator } from '../worktree-services';
import { writeInPlace } from './write-in-place';

/** Where a layout has the worktrees of a repository. */
export interface IgnoreSide {
  bare: boolean;
  /** The main working tree, or where it would be. */
  projectRoot: string;
  place: ((branch: string) => string) | undefined;
}

export interface IgnoreChange {
  before: IgnoreSide;
  after: IgnoreSide & Pick<Repository, 'commonDir'>;
  branches: readonly string[];
  /** Where the main working tree is now, or the worktree that it became. */
  mainNow: string | undefined;
  /** Paths of all worktrees now. */
  worktrees: readonly string[];
}

/** Takes the entry of the old layout out of `.gitignore`, and adds that of the new one (worktrees-create.md 11.7). */
export async function adjustIgnoreEntries({ before, after, branches, mainNow, worktrees }: IgnoreChange, git: Git, narrator: Narrator): Promise<void> {
  const wanted = entriesOf(after, branches);
  const stillNeeded = new Set(worktrees.flatMap((path) => (mainNow === undefined ? [] : (ignoreEntryFor(path, { bare: false, projectRoot: mainNow }) ?? []))));
  const outdated = [...entriesOf(before, branches)].filter((entry) => !wanted.has(entry) && !stillNeeded.has(entry));
  try {
    if (mainNow !== undefined) for (const entry of outdated) await removeEntry(entry, mainNow, git);
  } catch (error) { // no permission, a full disk: the worktrees have moved all the same
    if (!(error instanceof Error)) throw error;
    narrator.warning(`Could not update .gitignore: ${error.message}`);
  }
  await keepEntries([...wanted], after, narrator);
}

/** The entry that a layout has for all branches alike, and those of the branches there are. */
function entriesOf({ place, ...root }: IgnoreSide, branches: readonly string[]): ReadonlySet<string> {
  if (!place) return new Set();
  const entryOf = (branch: string) => ignoreEntryFor(place(branch), root);
  const common = entryOf('one') === entryOf('other') ? [entryOf('one')] : [];
  return new Set([...common, ...branches.map(entryOf)].filter((entry) => entry !== undefined));
}

async function removeEntry(entry: string, workingTree: string, git: Git): Promise<void> {
  const path = join(workingTree, '.gitignore');
  const text = readTextIfExists(path);
  const lines = text?.split('\n') ?? [];
  const line = lines.lastIndexOf(entry);
  if (line < 0) return;
  lines.splice(line, 1);
  const without = lines.join('\n');
  const staged = await git.ask(workingTree, ['show', ':./.gitignore']);
  // A last line without an end was given one for the sake of our entry.
  const restored = staged.exitCode === 0 && staged.stdout !== '' && `${staged.stdout}\n` === without ? staged.stdout : without;
  if (restored === '') unlinkSync(path);
  else writeInPlace(path, restored, statSync(path).mode & 0o7777);
  const tracked = await git.ask(workingTree, ['ls-files', '--error-unmatch', '--', '.gitignore']);
  if (tracked.exitCode === 0) await git.run(workingTree, ['add', '--update', '--', '.gitignore'], 'Failed to stage .gitignore');
}
