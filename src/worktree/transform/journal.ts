import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crash, fault } from '../../fault';
import { isErrno, isTemporaryName, publishExclusive, randomBytes, readTextIfExists, removeTrash } from '../../fs';
import type { Git } from '../../git';
import { identityOf, isAlive, lockHolder, type ProcessIdentity } from '../../process';
import { journalDirectory, journalName, parseHeader, parseObject, unreadableJournal, type JournalHeader } from '../half-way';
import { parseUndo } from './parse-undo';
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
  /** The file by its path below the git directory: should this fail, and be tried again, that may be back in its place. */
  | { undo: 'config'; file: string; key: string; before: string | null }
  /** One value of several, in a file named likewise. */
  | { undo: 'config-added'; file: string; key: string; value: string }
  | { undo: 'stash'; worktree: string; message: string }
  /** Changes that are back are put aside once more, to come back where they came from: files that git brings are in no other note. */
  | { undo: 'unstash'; worktree: string; message: string }
  | ({ undo: 'registry'; from: string; to: string } & RegistryState)
  | ({ undo: 'trust'; commonDir: string } & RegistryState);

/**
 * With these a line of the journal begins. Behind them is a note, or a git that was started. The mark of a note that has
 * been followed is written over the other.
 */
const marks = { open: ' ', followed: '-', git: '+' } as const;

interface Note {
  undo: Undo;
  /** Bytes before its line. */
  at: number;
  followed: boolean;
}

/**
 * The notes of one transform, on disk before each step is made. It lies in the git directory and moves with it. As long
 * as it is there the transform is not over: whoever finds one whose writer is dead takes everything back.
 */
export class Journal {
  private fd: number | undefined;

  /**
   * @param commonDir where the git directory is now
   * @param sizeBytes of the file, up to the end of its last whole line
   */
  private constructor(
    public commonDir: string,
    private sizeBytes: number,
    private readonly notes: Note[],
    /** The last git that was started and goes on if we are killed; it may have ended. */
    private lastGit: ProcessIdentity | undefined,
  ) {}

  /** Undefined where there is one already, or was until this moment. */
  static begin(commonDir: string, command: string): Journal | undefined {
    const directory = journalDirectory(commonDir);
    const header: JournalHeader = { version: 1, holder: lockHolder().text, command, commonDir };
    const text = `${JSON.stringify(header)}\n`;
    const journal = new Journal(commonDir, Buffer.byteLength(text), [], undefined);
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

  /** One that a dead process left: all of its text. Throws DaftError where it has a note that is none of ours. */
  static resume(commonDir: string, text: string): Journal {
    // A last line without an end was being written: its step has not been made.
    const [header = '', ...lines] = text.split('\n').slice(0, -1);
    const notes: Note[] = [];
    let lastGit: ProcessIdentity | undefined;
    let at = Buffer.byteLength(header) + 1;
    for (const line of lines) {
      if (line.startsWith(marks.git)) {
        lastGit = parseIdentity(line.slice(1));
        if (lastGit === undefined) throw unreadableJournal(commonDir);
      } else {
        const undo = parseUndo(line.slice(1));
        const followed = line.startsWith(marks.followed);
        if (undo === undefined || !(followed || line.startsWith(marks.open))) throw unreadableJournal(commonDir);
        notes.push({ undo, at, followed });
      }
      at += Buffer.byteLength(line) + 1;
    }
    return new Journal(commonDir, at, notes, lastGit);
  }

  /** Besides the journal itself, for things that are set aside: they may be taken back until it is gone. */
  get directory(): string {
    return journalDirectory(this.commonDir);
  }

  note(undo: Undo): void {
    const at = this.sizeBytes;
    this.append(`${marks.open}${JSON.stringify(undo)}\n`);
    this.notes.push({ undo, at, followed: false });
    if (DAFT_FAULTS) fault('transform: noted');
  }

  /** What of git is left to itself if we are killed is noted while it runs: until its end nothing must be taken back. */
  attended(git: Git): Git {
    return { ...git, ask: (cwd, args, options) => git.ask(cwd, args, options?.untilDone === true ? { ...options, started: (pid) => this.noteGit(pid) } : options) };
  }

  private noteGit(pid: number): void {
    this.lastGit = identityOf(pid);
    if (this.lastGit === undefined) return;
    try {
      this.append(`${marks.git}${JSON.stringify(this.lastGit)}\n`);
    } catch (error) { // a full disk: whoever comes next does not wait
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  /** The git that is at work without the process that has started it. */
  findAbandonedGit(): ProcessIdentity | undefined {
    return this.lastGit && isAlive(this.lastGit) ? this.lastGit : undefined;
  }

  /**
   * What is still to be followed, the last note first. Each is crossed out once the next one is asked for after it was
   * `followed`: a note speaks of places as they were at its time, and must not be followed after earlier ones.
   */
  async takeBack(follow: (undo: Undo) => Promise<'followed' | 'failed' | 'stop'>): Promise<'all' | 'in part'> {
    let result: 'all' | 'in part' = 'all';
    for (const note of this.notes.toReversed()) {
      if (note.followed) continue;
      const outcome = await follow(note.undo);
      if (outcome === 'stop') return 'in part';
      if (outcome === 'failed') {
        result = 'in part';
        continue;
      }
      if (note.undo.undo === 'move-git') this.moveTo(note.undo.from);
      this.write(Buffer.from(marks.followed), note.at); // in its place: that needs no room on a full disk
      note.followed = true;
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

  private append(line: string): void {
    const bytes = Buffer.from(line);
    this.write(bytes, this.sizeBytes);
    this.sizeBytes += bytes.length;
  }

  private write(bytes: Buffer, at: number): void {
    this.fd ??= openSync(join(this.directory, journalName), 'r+');
    for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written, bytes.length - written, at + written);
    fsyncSync(this.fd);
  }
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  const { pid, start, boot, host } = parseObject(text) ?? {};
  return typeof pid === 'number' && typeof start === 'string' && typeof boot === 'string' && typeof host === 'string' ? { pid, start, boot, host } : undefined;
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

export type FoundJournal = { kind: 'none' } | { kind: 'alive' } | { kind: 'dead'; command: string };

/** The journal of a transform that is under way, or was when its process died. */
export function findJournal(commonDir: string): FoundJournal {
  const text = readTextIfExists(join(journalDirectory(commonDir), journalName));
  if (text === undefined) return { kind: 'none' };
  const header = parseHeader(text, commonDir);
  return lockHolder().isDead(header.holder) ? { kind: 'dead', command: header.command } : { kind: 'alive' };
}

/**
 * Takes over the journal of a dead process, for as long as this one lives. Undefined where another process has, or has
 * just come to its end. Takers are numbered: whoever has the last number has the journal, and the next is free when he is dead.
 */
export function takeOver(commonDir: string): Journal | undefined {
  const directory = journalDirectory(commonDir);
  const takerOf = (number: number) => join(directory, `taker-${number}`);
  let number = 1;
  for (let holder = readTextIfExists(takerOf(number)); holder !== undefined; holder = readTextIfExists(takerOf(number))) {
    if (!lockHolder().isDead(holder)) return undefined;
    number += 1;
  }
  try {
    if (publishExclusive(takerOf(number), lockHolder().text) === 'exists') return undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined; // the directory has gone with the journal
    throw error;
  }
  // Read only now: the taker before us may have come further meanwhile, or to the end, and another transform may have begun.
  if (findJournal(commonDir).kind !== 'dead') return undefined;
  return Journal.resume(commonDir, readTextIfExists(join(directory, journalName)) ?? '');
}
