import type { CommandContext } from './context';

/** One entry of the command table. It feeds the parser, the help, completion and the reference pages. */
export interface CommandSpec {
  /** Unique, e.g. `checkout`, `go`, `hooks jobs logs`. */
  id: string;
  /**
   * Words after `daft` that select it, each a spelling: `['clone', 'worktree-clone']`, `['hooks jobs', 'hooks jobs list']`.
   * An entry whose words continue those of another is a subcommand of it; what continues no entry's words is the
   * business of the longest one that matches: its positionals, or an unrecognized subcommand.
   */
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
  /** In no help, completion or suggestion. */
  hidden?: boolean;
  /** In a group: options may precede the word of the subcommand, which then gets them (`hooks jobs --all prune`). */
  optionsBeforeSubcommand?: boolean;
  /** Absent in a pure group, which has no view of its own and shows its help. */
  load?: () => Promise<CommandModule>;
}

export interface ArgumentSpec {
  /** Upper case: `BRANCH`. */
  name: string;
  required: boolean;
  variadic?: boolean;
  description: string;
  /** Anything else is a usage error; also what completes it. */
  choices?: readonly string[] | undefined;
  completes?: Completes | undefined;
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
    /** The value may be left out, which means this one: `--last` is `--last 1`. */
    implied?: string | undefined;
    /** Anything else is a usage error. */
    choices?: readonly string[] | undefined;
    /** Repeatable: the parsed value is an array. */
    repeatable?: boolean | undefined;
    completes?: Completes | undefined;
  };
  /** A switch that counts: `-vv` is 2. */
  counts?: boolean | undefined;
  /** Long names of options, or names of arguments (`TARGET`), that exclude this one (exit 2). Saying it on one side is enough. */
  conflictsWith?: readonly string[] | undefined;
  /** Must be given (exit 2). */
  required?: boolean | undefined;
  /** Long names that must be there too (exit 2). */
  requires?: readonly string[] | undefined;
  hidden?: boolean | undefined;
}

/** What completes a value: a `__complete` context, a set of words that other values may follow too, or paths. */
export type Completes = { context: string } | { choices: readonly string[] } | 'directories' | 'files';

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
  /** Returns the exit code; throws DaftError for what the user is to be told, UsageError for a misuse found late. */
  run(context: CommandContext, parsed: ParsedArguments): Promise<number>;
}
