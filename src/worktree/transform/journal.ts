import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crash, fault } from '../../fault';
import { isErrno, isTemporaryName, publishExclusive, randomBytes, readTextIfExists, removeTrash } from '../../fs';
import { lockHolder } from '../../process';
import { journalDirectory, journalName, parseHeader, type JournalHeader } from '../half-way';
import type { RegistryState } from './registry';

/**
 * What brings back the state before a step, noted before the step is made. Each can be followed whether or not its step
 * was made, wholly or in part, and again after it has been followed.
 */
export type Undo =
  | { undo: 'rename'; moves: readonly (readonly [from: string, to: string])[] }
  | { undo: 'make-directory'; path: string }
  | { undo: 'remove-directory'; path: string; mode: number }
  | { undo: 'write'; path: string; before: string | null; mode: number }
  | { undo: 'move-worktree'; from: string; to: string; registration: string; gitdir: string; link: string }
  | { undo: 'move-git'; from: string; to: string }
  | { undo: 'config'; file: string; key: string; before: string | null }
  /** One value of several. */
  | { undo: 'config-added'; file: string; key: string; value: string }
  | { undo: 'stash'; worktree: string; message: string }
  /** Changes that are back are put aside once more, to come back where they came from: files that git brings are in no other note. */
  | { undo: 'unstash'; worktree: string; message: string }
  | ({ undo: 'registry'; from: string; to: string } & RegistryState)
  | ({ undo: 'trust'; commonDir: string } & RegistryState);

/** A note, or the word that the note of this number has been followed. */
type Line = Undo | { taken: number };

/**
 * The notes of one transform, on disk before each step is made. It lies in the git directory and moves with it. As long
 * as it is there the transform is not over: whoever finds one whose writer is dead takes everything back.
 */
export class Journal {
  private readonly undos: Undo[] = [];
  private readonly taken = new Set<number>();
  private fd: number | undefined;

  /** @param commonDir where the git directory is now */
  private constructor(public commonDir: string) {}

  /** Undefined where there is one already, or was until this moment. */
  static begin(commonDir: string, command: string): Journal | undefined {
    const directory = journalDirectory(commonDir);
    const header: JournalHeader = { version: 1, holder: lockHolder().text, command, commonDir };
    const text = `${JSON.stringify(header)}\n`;
    const journal = new Journal(commonDir);
    try {
      // Not with all that leads there: the git directory may just have been moved away.
      makeDirectory(dirname(directory));
      makeDirectory(directory);
      if (publishExclusive(join(directory, journalName), text, { fsync: true }) === 'exists') return undefined;
      removeRemains(directory);
      return journal;
    } catch (error) {
      if (readTextIfExists(join(directory, journalName)) === text) journal.finish();
      else if (isErrno(error, 'ENOENT')) return undefined; // somebody's end has taken it from under us
      throw error;
    }
  }

  /** One that a dead process left. */
  static resume(commonDir: string, lines: readonly Line[]): Journal {
    const journal = new Journal(commonDir);
    for (const line of lines) {
      if ('taken' in line) journal.taken.add(line.taken);
      else journal.undos.push(line);
    }
    return journal;
  }

  /** Besides the journal itself, for things that are set aside: they may be taken back until it is gone. */
  get directory(): string {
    return journalDirectory(this.commonDir);
  }

  note(undo: Undo): void {
    this.append(undo);
    this.undos.push(undo);
    if (DAFT_FAULTS) fault('transform: noted');
  }

  /**
   * What is still to be followed, the last note first. Each is crossed out once the next one is asked for after it was
   * `followed`: a note speaks of places as they were at its time, and must not be followed after earlier ones.
   */
  async takeBack(follow: (undo: Undo) => Promise<'followed' | 'failed'>): Promise<'all' | 'in part'> {
    let result: 'all' | 'in part' = 'all';
    for (const [number, undo] of [...this.undos.entries()].toReversed()) {
      if (this.taken.has(number)) continue;
      if ((await follow(undo)) === 'failed') {
        result = 'in part';
        continue;
      }
      if (undo.undo === 'move-git') this.moveTo(undo.from);
      this.append({ taken: number });
      this.taken.add(number);
      if (DAFT_FAULTS) fault('transform: taken back');
    }
    return result;
  }

  /** The git directory has another place, and this file with it. */
  moveTo(commonDir: string): void {
    this.commonDir = commonDir;
  }

  /** From here on nothing is taken back. */
  finish(): void {
    this.close();
    if (DAFT_FAULTS) fault('transform: before the journal goes');
    // In one move, journal and all: who begins in this moment must not lose his own to our clearing up.
    const over = `${this.directory}${overMark}${randomBytes(6).toString('hex')}`;
    renameSync(this.directory, over);
    if (DAFT_FAULTS) crash('transform: journal gone');
    removeTrash(over); // what stays of it, the next transform removes
  }

  /** Leaves it for the next command. */
  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private append(line: Line): void {
    this.fd ??= openSync(join(this.directory, journalName), 'a');
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written);
    fsyncSync(this.fd);
  }
}

const overMark = '-over-';

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** Of transforms that are over. Temp files are of those who come too late, and find the journal in a moment. */
function removeRemains(directory: string): void {
  const inside = readdirSync(directory).filter((name) => name !== journalName && !isTemporaryName(name));
  const beside = readdirSync(dirname(directory)).filter((name) => name.startsWith(`${basename(directory)}${overMark}`));
  for (const path of [...inside.map((name) => join(directory, name)), ...beside.map((name) => join(dirname(directory), name))]) rmSync(path, { recursive: true, force: true });
}

export type FoundJournal = { kind: 'none' } | { kind: 'alive' } | { kind: 'dead'; command: string; journal: Journal };

/** The journal of a transform that is under way, or was when its process died. */
export function findJournal(commonDir: string): FoundJournal {
  const text = readTextIfExists(join(journalDirectory(commonDir), journalName));
  if (text === undefined) return { kind: 'none' };
  // A last line without an end was being written: its step has not been made.
  const [first = '', ...lines] = text.split('\n').slice(0, -1);
  const header = parseHeader(first);
  if (!lockHolder().isDead(header.holder)) return { kind: 'alive' };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above, whole lines only
  return { kind: 'dead', command: header.command, journal: Journal.resume(commonDir, lines.map((line) => JSON.parse(line) as Line)) };
}
