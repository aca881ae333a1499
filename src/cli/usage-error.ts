import { DaftError } from '../daft-error';
import type { OptionSpec } from './spec';

/**
 * A command line that cannot be meant. Told as `error: <message>`, the details, the usage line of the command and where
 * to read more; exit 2. `main` knows the command and adds the last two.
 */
export class UsageError extends DaftError {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message, { exitCode: 2, prefix: 'error' });
    this.name = 'UsageError';
    this.details = details;
  }
}

/** `--format <FORMAT>`, `--last [N]` or, for a switch, `--all`. */
export function displayOption({ long, value }: OptionSpec): string {
  if (value === undefined) return `--${long}`;
  return value.implied === undefined ? `--${long} <${value.name}>` : `--${long} [${value.name}]`;
}

export function unexpectedArgument(argument: string): UsageError {
  return new UsageError(`unexpected argument '${argument}' found`);
}

export function unrecognizedSubcommand(word: string): UsageError {
  return new UsageError(`unrecognized subcommand '${word}'`);
}

/** For a value outside a fixed set. @param of the option or argument as the user writes it */
export function valueOutsideChoices(of: string, value: string, choices: readonly string[]): UsageError {
  return new UsageError(`invalid value '${value}' for '${of}'`, [possibleValues(choices)]);
}

/** For a value that does not parse; `why` is a phrase without final stop. */
export function invalidValue(option: OptionSpec, value: string, why: string): UsageError {
  return new UsageError(`invalid value '${value}' for '${displayOption(option)}': ${why}`);
}

export function missingValue(option: OptionSpec): UsageError {
  const choices = option.value?.choices;
  return new UsageError(`a value is required for '${displayOption(option)}' but none was provided`, choices ? [possibleValues(choices)] : []);
}

/** `one` and `other` as the user writes them: `--format <FORMAT>`, `[TARGET]...`. */
export function cannotBeUsedWith(one: string, other: string): UsageError {
  return new UsageError(`the argument '${one}' cannot be used with '${other}'`);
}

export function missingArguments(missing: readonly string[]): UsageError {
  return new UsageError(
    'the following required arguments were not provided:',
    missing.map((argument) => `  ${argument}`),
  );
}

function possibleValues(choices: readonly string[]): string {
  return `  [possible values: ${choices.join(', ')}]`;
}
