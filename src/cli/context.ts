import type { Environment } from '../config';
import type { Launcher } from '../coordinator/client';

/** A stream as a command sees it. */
export interface Terminal {
  stream: NodeJS.WriteStream;
  isTTY: boolean;
  /** Columns of the terminal; undefined if it is none. */
  columns: number | undefined;
  /** Decided per stream: NO_COLOR, CLICOLOR_FORCE, terminal (shell.md 2.3). */
  colour: boolean;
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
  /** Aborted by the first SIGINT or SIGTERM once a command asks for it. */
  interruptible: () => AbortSignal;
}
