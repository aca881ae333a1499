/** commander, fed from the command table: it splits a command line, while names, forms and rules stay ours. */

import { Command, CommanderError, Option } from 'commander';
import type { OptionValue, SplitCommandLine, Splitter } from './command-line';
import type { OptionSpec } from './spec';
import { displayOption, missingValue } from './usage-error';

export const commanderSplitter: Splitter = { split, takeLeading };

function split(options: readonly OptionSpec[], argv: readonly string[]): SplitCommandLine {
  const command = createCommand(options);
  try {
    const { operands, unknown } = command.parseOptions([...argv]);
    const values = new Map<string, OptionValue>(Object.entries(command.opts<Record<string, OptionValue>>()));
    return { values, operands, unknown: unknown[0] };
  } catch (error) {
    // Only the last word can lack its value: any other is followed by one.
    const last = argv.at(-1) ?? '';
    const option = options.find(({ long, short }) => last === `--${long}` || (!last.startsWith('--') && last.at(-1) === short));
    if (lacksValue(error) && option) throw missingValue(option);
    throw error;
  }
}

function takeLeading(options: readonly OptionSpec[], argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const optional = end === -1 ? argv : argv.slice(0, end);
  const command = createCommand(options).enablePositionalOptions().passThroughOptions();
  try {
    // Passing through, commander leaves everything from the first operand on untouched, so what it took is in front.
    const { operands, unknown } = command.parseOptions([...optional]);
    return optional.slice(0, optional.length - operands.length - unknown.length);
  } catch (error) {
    if (lacksValue(error)) return optional; // the parser of whoever gets these words complains
    throw error;
  }
}

function createCommand(options: readonly OptionSpec[]): Command {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} }).helpOption(false);
  for (const option of options) command.addOption(new TableOption(option));
  return command;
}

function lacksValue(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.optionMissingArgument';
}

/** commander would read `--no-cd` as the opposite of `--cd`; here each is an option of its own. */
class TableOption extends Option {
  readonly #long: string;

  constructor(spec: OptionSpec) {
    super(`${spec.short === undefined ? '' : `-${spec.short}, `}${displayOption(spec)}`);
    this.#long = spec.long;
    this.negate = false;
    if (spec.value?.implied !== undefined) this.preset(spec.value.implied);
    if (spec.value?.repeatable) this.argParser<string[] | undefined>((value, before) => [...(before ?? []), value]);
    if (spec.counts) this.argParser<number | undefined>((_, before) => (before ?? 0) + 1);
  }

  override attributeName(): string {
    return this.#long;
  }
}
