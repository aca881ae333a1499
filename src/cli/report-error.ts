/** How an error that ended the program is told to the user. Pure. */

import { inspect } from 'node:util';
import { DaftError } from '../daft-error';
import { isSystemError } from '../fs';
import type { CommandSpec } from './spec';
import { UsageError } from './usage-error';
import { usageLine } from './usage-line';

export interface Report {
  text: string;
  exitCode: number;
}

export interface Asked {
  /** Undefined if the error came before a command was found. */
  spec: CommandSpec | undefined;
  table: readonly CommandSpec[];
  /** Paints the word `error:`. */
  paintError: (text: string) => string;
}

export function reportError(error: unknown, { spec, table, paintError }: Asked): Report {
  if (error instanceof UsageError) {
    const usage = spec ? ['', usageLine(spec, table)] : [];
    const lines = [`${paintError('error:')} ${error.message}`, ...error.details, ...usage, '', "For more information, try '--help'."];
    return { text: lines.join('\n'), exitCode: error.exitCode };
  }
  if (error instanceof DaftError) {
    const lines = [`${prefixOf(error, paintError)}${error.message}`, ...(error.hint === undefined ? [] : [error.hint]), ...causes(error)];
    return { text: lines.join('\n'), exitCode: error.exitCode };
  }
  if (isSystemError(error)) return { text: [`Error: ${refusal(error)}`, ...causes(error)].join('\n'), exitCode: 1 };
  return { text: `Error: this is a defect of daft, please report it\n\n${inspect(error)}`, exitCode: 1 };
}

function prefixOf(error: DaftError, paintError: (text: string) => string): string {
  switch (error.prefix) {
    case 'Error':
      return 'Error: ';
    case 'error':
      return `${paintError('error:')} `;
    case 'none':
      return '';
  }
}

function causes(error: Error): readonly string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>([error]);
  for (let cause = error.cause; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    lines.push(...cause.message.split('\n').map((line) => `    ${line}`));
  }
  return lines.length === 0 ? [] : ['', 'Caused by:', ...lines];
}

/** What the operating system refused, and why: a stack would say nothing more. Messages of another form than `EACCES: permission denied, open '/x'` stay as they are. */
function refusal({ message, code, syscall, path, dest }: NodeJS.ErrnoException & { dest?: string }): string {
  const reason = /^[A-Z\d]+: (.+?), /s.exec(message)?.[1];
  if (reason === undefined) return message;
  const what = [syscall, ...(path === undefined ? [] : [`'${path}'`]), ...(dest === undefined ? [] : [`to '${dest}'`])];
  return `Cannot ${what.join(' ')}: ${reason} (${code})`;
}
