import type { CommandContext } from './context';

/** One entry of the command table. It feeds the parser, the help, completion and the reference pages. */
export interface CommandSpec {
  /** Unique, e.g. `checkout`, `go`, `hooks jobs logs`. */
  id: string;
  /** Words after `daft` that select it, each a spelling: `['clone', 'worktree-clone']`, `['hooks jobs logs']`. */
  words: readonly string[];
  /** Executables that are this command. */
  executables: readonly string[];
  /** As the usage line shows it: `git-worktree-clone`, `daft go`, `daft hooks jobs logs`. */
  usageName: string;
  /** One line for overviews. */
  summary: string;
  /** Paragraphs of `--help`. */
  description: string;
  arguments: readonly ArgumentSpec[];
  options: readonly OptionSpec[];
  hidden?: boolean;
  /** Default command of a group, run when no subcommand word follows: the id of another entry, or of this one. */
  load: () => Promise<CommandModule>;
}

export interface ArgumentSpec {
  /** Upper case: `BRANCH`. */
  name: string;
  required: boolean;
  variadic?: boolean;
  description: string;
  /** What completes it: a `__complete` context, directories, or a fixed set. */
  completes?: { context: string } | { choices: readonly string[] } | 'directories' | 'files' | undefined;
}

export interface OptionSpec {
  /** Without dashes: `branch`. */
  long: string;
  /** One character: `b`, `@`. */
  short?: string | undefined;
  description: string;
  /** Absent: a switch. */
  value?: {
    /** Upper case: `FORMAT`. */
    name: string;
    choices?: readonly string[] | undefined;
    /** Repeatable: the parsed value is an array. */
    repeatable?: boolean | undefined;
    completes?: { context: string } | { choices: readonly string[] } | 'directories' | 'files' | undefined;
  };
  /** A switch that counts: `-vv` is 2. */
  counts?: boolean | undefined;
  /** Long names that exclude this one (exit 2). */
  conflictsWith?: readonly string[] | undefined;
  /** Long names that must be there too (exit 2). */
  requires?: readonly string[] | undefined;
  hidden?: boolean | undefined;
}

/** By long option name and by argument name in lower case; the table decides the types, the accessors check them. */
export interface ParsedArguments {
  flag(long: string): boolean;
  count(long: string): number;
  text(long: string): string | undefined;
  texts(long: string): readonly string[];
  argument(name: string): string | undefined;
  variadic(name: string): readonly string[];
}

export interface CommandModule {
  /** Returns the exit code; throws DaftError for what the user is to be told. */
  run(context: CommandContext, parsed: ParsedArguments): Promise<number>;
}
