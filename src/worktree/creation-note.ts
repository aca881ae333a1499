import { join } from 'node:path';
import { isErrno, readTextIfExists, removeFile, writeFileAtomic } from '../fs';
import { lockHolder } from '../process';
import { numberOf } from './place-lock';

/** What ties the branch of a new worktree to a remote: an existing branch gets an upstream, a new one is pushed. */
export type Tie = { kind: 'upstream'; remote: string } | { kind: 'push'; remote: string } | { kind: 'none' };

/**
 * What a creation is about, on disk from before its first step until its worktree has all it is to have. Of a creation that
 * was killed the note stays, and tells the next command for the branch what is to be completed, or taken back.
 */
export interface CreationNote {
  path: string;
  branch: string;
  /** Where the branch is made, if it is. */
  startPoint: string | undefined;
  /** The user asked for a new branch, from this base. */
  isNewBranch: boolean;
  baseBranch: string | undefined;
  tie: Tie;
  /** Commit of the stash entry with the changes that are to be applied. */
  stash: string | undefined;
}

export type FoundNote = { kind: 'none' } | { kind: 'alive'; path: string } | { kind: 'dead'; note: CreationNote };

/** There must be no other note of the branch by now, but for one that is taken over. */
export function writeNote(commonDir: string, note: CreationNote): void {
  writeFileAtomic(placeOfNote(commonDir, note.branch), `${lockHolder().text}\n${JSON.stringify(note)}\n`);
}

/** Nothing is left to be done of the creation, or nothing is left of it. */
export function strikeOut(commonDir: string, branch: string): void {
  try {
    removeFile(placeOfNote(commonDir, branch));
  } catch (error) { // a disk that refuses: what was made is whole all the same, and making it so once more does no harm
    if (!isErrno(error, 'EIO', 'ENOSPC', 'EROFS', 'EACCES', 'EPERM')) throw error;
  }
}

export function findNote(commonDir: string, branch: string): FoundNote {
  const [holder = '', text = ''] = (readTextIfExists(placeOfNote(commonDir, branch)) ?? '').split('\n');
  if (text === '') return { kind: 'none' };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above, in one piece
  const note = JSON.parse(text) as CreationNote;
  if (note.branch !== branch) return { kind: 'none' }; // another name with the same number
  return lockHolder().isDead(holder) ? { kind: 'dead', note } : { kind: 'alive', path: note.path };
}

function placeOfNote(commonDir: string, branch: string): string {
  return join(commonDir, '.daft', `making-${numberOf(branch)}`);
}
