/** Presenters: words, glyphs, widths and colours of what the operations tell; knows their types and nothing else. */

/** Message kinds of shell.md 2.1, bound to the streams, verbosity and colours of one command. */
export interface Messages {
  result(text: string): void;
  success(text: string): void;
  info(text: string): void;
  detail(key: string, value: string): void;
  item(text: string): void;
  /** Only with `-v`; becomes the text of a running spinner. */
  step(text: string): void;
  debug(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /** Structured data and other output that `-q` does not hide. */
  raw(text: string): void;
}
export declare function createMessages(options: {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  colour: { stdout: boolean; stderr: boolean };
  quiet: boolean;
  verbose: number;
}): Messages;
