/** A command line taken apart into options and operands. */

import type { OptionSpec } from './spec';

/** Options that every command has, whatever the table says. */
export const helpOption: OptionSpec = { long: 'help', short: 'h', description: "Print help (short with '-h', whole with '--help')" };
export const versionOption: OptionSpec = { long: 'version', short: 'V', description: 'Print version' };

export type OptionValue = string | readonly string[] | number | true;

export interface SplitCommandLine {
  /** By long name; what was not given is absent. */
  values: ReadonlyMap<string, OptionValue>;
  /** Positionals, those after `--` included. */
  operands: readonly string[];
  /** The first option that the table does not know; operands behind it are not among `operands`. */
  unknown: string | undefined;
}

export interface Splitter {
  /** @throws UsageError if the last option lacks its value */
  split(options: readonly OptionSpec[], argv: readonly string[]): SplitCommandLine;
  /** The options, with their values, in front of the first operand, as far as they are known. Help and version are not. */
  takeLeading(options: readonly OptionSpec[], argv: readonly string[]): readonly string[];
}

/** What takes this command line apart: commander is loaded by the first word that could be an option. */
export async function splitterFor(argv: readonly string[]): Promise<Splitter> {
  if (!argv.some((word) => word.startsWith('-'))) return operandsOnly;
  return (await import('./commander-splitter')).commanderSplitter;
}

const operandsOnly: Splitter = {
  split: (_options, argv) => ({ values: new Map(), operands: argv, unknown: undefined }),
  takeLeading: () => [],
};
