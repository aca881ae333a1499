/** What a command says by the way: each kind has its stream, its look, and its answer to `-q` and `-v`. */

import { createPalette } from './colour';
import { createSpinner, type Spinner } from './spinner';

export interface Messages {
  /** The one or two lines that say what happened. */
  result(text: string): void;
  success(text: string): void;
  info(text: string): void;
  detail(key: string, value: string): void;
  item(text: string): void;
  /** Narration of progress: the text of a running spinner, else a line with `-v`, else nothing. */
  step(text: string): void;
  debug(text: string): void;
  warning(text: string): void;
  /** For an error that the command survives; what ends it is thrown. */
  error(text: string): void;
  /** Structured data and other output that `-q` does not hide; written as it stands. */
  raw(text: string): void;
  /** On stderr, and never in the way of the messages above. */
  readonly spinner: Spinner;
  /** Keeps all of the above back: something else is on the terminal. */
  hold(): void;
  /** Prints what was kept back; again does nothing. */
  release(): void;
}

export interface MessagesOptions {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { columns?: number };
  colour: { stdout: boolean; stderr: boolean };
  quiet: boolean;
  verbose: number;
  /** Whether a spinner may be drawn: stderr is a terminal, and this is no test. Quiet switches it off by itself. */
  spinner?: boolean;
}

/** Binds the message kinds to the streams, verbosity and colours of one command. */
export function createMessages({ stdout, stderr, colour, quiet, verbose, spinner: drawn = false }: MessagesOptions): Messages {
  const out = createPalette(colour.stdout);
  const err = createPalette(colour.stderr);
  const spinner = createSpinner({ stream: stderr, drawn: drawn && !quiet, colour: colour.stderr });

  let held: (() => void)[] | undefined;
  const write = (work: () => void): void => {
    if (held === undefined) spinner.aside(work);
    else held.push(work);
  };

  const print = (text: string): void => write(() => stdout.write(`${text}\n`));
  const unlessQuiet = (text: string): void => {
    if (!quiet) print(text);
  };
  const complain = (text: string): void => write(() => stderr.write(`${text}\n`));

  return {
    result: (text) => unlessQuiet(out.bold(text)),
    success: (text) => unlessQuiet(out.success(text)),
    info: (text) => unlessQuiet(text),
    detail: (key, value) => unlessQuiet(`  ${out.bold(`${key}:`)} ${value}`),
    item: (text) => unlessQuiet(` - ${text}`),
    step(text) {
      if (spinner.spinning && drawn) spinner.update(text);
      else if (verbose > 0) unlessQuiet(out.dim(text));
    },
    debug(text) {
      if (verbose > 0) print(out.dim(`debug: ${text}`));
    },
    warning: (text) => complain(`${err.warning('warning:')} ${text}`),
    error: (text) => complain(`${err.error('error:')} ${text}`),
    raw: (text) => write(() => stdout.write(text)),
    spinner,
    hold: () => (held ??= []),
    release() {
      const kept = held ?? [];
      held = undefined;
      for (const work of kept) write(work);
    },
  };
}
