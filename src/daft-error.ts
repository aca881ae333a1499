export interface DaftErrorOptions {
  /** What the user can do next; printed on lines of its own after the message. */
  hint?: string | undefined;
  /** 1 for refusals and failures, 2 for usage errors. */
  exitCode?: number | undefined;
  /**
   * `Error` for fatal errors (shell.md 1.7), `error` for usage errors and messages quoted with that prefix, `none` for
   * messages that are printed as they stand.
   */
  prefix?: 'Error' | 'error' | 'none' | undefined;
  cause?: unknown;
}

/**
 * A failure that was expected to be possible, told to the user once, by `src/cli/main.ts`, without a stack.
 * Whatever else reaches `main` is a defect.
 */
export class DaftError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly prefix: 'Error' | 'error' | 'none';

  constructor(message: string, options: DaftErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DaftError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
    this.prefix = options.prefix ?? 'Error';
  }
}
