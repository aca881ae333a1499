import type { Environment } from '../config';
import type { Launcher } from '../coordinator/client';
import type { CommandSpec } from './spec';

/** A stream as a command sees it. */
export interface Terminal {
  stream: NodeJS.WriteStream;
  isTTY: boolean;
  /** Columns of the terminal; undefined if it is none. */
  columns: number | undefined;
  /** Decided per stream: NO_COLOR, CLICOLOR_FORCE, terminal (shell.md 2.3). */
  colour: boolean;
  /** Aborted when the reader of the pipe has gone, or nothing more can be written. Writing goes on without an error; what has no other purpose may end. */
  readerGone: AbortSignal;
}

/** All that a command may know of the world; only `main.ts` makes one, and only it looks at `process`. */
export interface CommandContext {
  env: Environment;
  /** Absolute; may have been deleted. */
  cwd: string;
  now: () => Date;
  stdin: NodeJS.ReadStream;
  stdout: Terminal;
  stderr: Terminal;
  /** Name of the command as its usage line shows it, e.g. `git-worktree-list`, `daft go`. */
  commandName: string;
  /** Spelling of the program in hints: `daft` or `git daft`. */
  exe: 'daft' | 'git daft';
  launcher: Launcher;
  /** For what speaks about commands: completion, reference pages. */
  table: readonly CommandSpec[];
  /**
   * Aborted by the first SIGINT or SIGTERM once a command asks for it, with an `Interrupted` as its reason: thrown on, it
   * ends the program with 130 or 143 and without a word. The second signal kills as if nobody had asked.
   */
  interruptible: () => AbortSignal;
  /** While `work` lasts, Ctrl-C belongs to a child that has the terminal (a pager, a command of the user's) and is nothing to us. */
  whileChildHasTerminal: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called before a signal kills the process: for what would stay behind on the terminal. */
  beforeDying: (clean: () => void) => void;
}

/** The user, or the system, asked the program to stop. */
export class Interrupted extends Error {
  /** Whichever signal it was: jobs and git have been stopped in good order, and that is all there is to say. */
  readonly exitCode = 130;

  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}
