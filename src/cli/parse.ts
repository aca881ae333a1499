/** A command line against one entry of the command table: what was asked for, or a UsageError. Pure. */

import { helpOption, type OptionValue, type Splitter, versionOption } from './command-line';
import type { ArgumentSpec, CommandModule, CommandSpec, OptionSpec, ParsedArguments } from './spec';
import {
  cannotBeUsedWith,
  displayOption,
  missingArguments,
  unexpectedArgument,
  unrecognizedSubcommand,
  valueOutsideChoices,
} from './usage-error';

export type Request =
  | { kind: 'run'; load: () => Promise<CommandModule>; parsed: ParsedArguments }
  | { kind: 'help'; length: 'short' | 'full' }
  | { kind: 'version' };

/**
 * @param subcommands whether other entries lie below this one: then a word too many was meant as one of them
 * @throws UsageError
 */
export function parse(spec: CommandSpec, argv: readonly string[], { subcommands, splitter }: { subcommands: boolean; splitter: Splitter }): Request {
  const split = splitter.split(optionsOf(spec), argv);
  if (split.values.has(helpOption.long)) return { kind: 'help', length: argv.includes('--help') ? 'full' : 'short' };
  if (split.values.has(versionOption.long)) return { kind: 'version' };
  if (split.unknown !== undefined) throw unexpectedArgument(withoutForeignValue(spec, split.unknown));
  const positionals = assignOperands(spec, split.operands, subcommands);
  if (!spec.load) return { kind: 'help', length: 'short' };
  checkChoices(spec, split.values, positionals);
  checkConflicts(spec, split.values, positionals);
  checkPresence(spec, split.values, positionals);
  return { kind: 'run', load: spec.load, parsed: parsedArguments(spec, split.values, positionals) };
}

/** What the command line may contain: the options of the table, and those that everybody has. */
export function optionsOf(spec: CommandSpec): readonly OptionSpec[] {
  return spec.load ? [...spec.options, helpOption, versionOption] : [...spec.options, helpOption];
}

export function displayArgument({ name, required, variadic }: ArgumentSpec): string {
  return `${required ? `<${name}>` : `[${name}]`}${variadic ? '...' : ''}`;
}

/** `--colour=red` is reported as `--colour` if there is no such option, and whole if it takes no value. */
function withoutForeignValue(spec: CommandSpec, argument: string): string {
  const name = /^--([^=]+)=/.exec(argument)?.[1];
  return name === undefined || optionsOf(spec).some(({ long }) => long === name) ? argument : `--${name}`;
}

function assignOperands(spec: CommandSpec, operands: readonly string[], subcommands: boolean): ReadonlyMap<string, readonly string[]> {
  const rest = [...operands];
  const assigned = spec.arguments.map(({ name, variadic }) => [name, rest.splice(0, variadic ? rest.length : 1)] as const);
  const [surplus] = rest;
  if (surplus !== undefined) throw subcommands && spec.arguments.length === 0 ? unrecognizedSubcommand(surplus) : unexpectedArgument(surplus);
  return new Map(assigned);
}

function checkChoices(spec: CommandSpec, values: ReadonlyMap<string, OptionValue>, positionals: ReadonlyMap<string, readonly string[]>): void {
  const given = [
    ...spec.options.map((option) => ({ text: displayOption(option), choices: option.value?.choices, given: [values.get(option.long) ?? []].flat() })),
    ...spec.arguments.map((argument) => ({ text: displayArgument(argument), choices: argument.choices, given: positionals.get(argument.name) ?? [] })),
  ];
  for (const { text, choices, given: candidates } of given) {
    const wrong = choices && candidates.find((value) => typeof value === 'string' && !choices.includes(value));
    if (typeof wrong === 'string') throw valueOutsideChoices(text, wrong, choices ?? []);
  }
}

function checkConflicts(spec: CommandSpec, values: ReadonlyMap<string, OptionValue>, positionals: ReadonlyMap<string, readonly string[]>): void {
  const given = [
    ...spec.options.filter(({ long }) => values.has(long)).map((option) => ({ key: option.long, text: displayOption(option), not: option.conflictsWith ?? [] })),
    ...spec.arguments
      .filter(({ name }) => (positionals.get(name)?.length ?? 0) > 0)
      .map((argument) => ({ key: argument.name, text: displayArgument(argument), not: [] as readonly string[] })),
  ];
  for (const [index, one] of given.entries()) {
    const other = given.slice(index + 1).find((later) => one.not.includes(later.key) || later.not.includes(one.key));
    if (other) throw cannotBeUsedWith(one.text, other.text);
  }
}

function checkPresence(spec: CommandSpec, values: ReadonlyMap<string, OptionValue>, positionals: ReadonlyMap<string, readonly string[]>): void {
  const companions = spec.options
    .filter(({ long }) => values.has(long))
    .flatMap((option) => option.requires ?? [])
    .filter((long) => !values.has(long));
  const missing = [
    ...spec.options.filter(({ long, required }) => companions.includes(long) || (required && !values.has(long))).map(displayOption),
    ...spec.arguments.filter(({ name, required }) => required && positionals.get(name)?.length === 0).map(displayArgument),
  ];
  if (missing.length > 0) throw missingArguments(missing);
}

function parsedArguments(
  spec: CommandSpec,
  values: ReadonlyMap<string, OptionValue>,
  positionals: ReadonlyMap<string, readonly string[]>,
): ParsedArguments {
  function option(long: string, fits: (option: OptionSpec) => boolean | undefined): OptionValue | undefined {
    const known = spec.options.find((candidate) => candidate.long === long);
    if (!known || !fits(known)) throw new TypeError(`the table has no such option of ${spec.id}: --${long}`);
    return values.get(long);
  }
  function operands(name: string, fits: (argument: ArgumentSpec) => boolean | undefined): readonly string[] {
    const known = spec.arguments.find((candidate) => candidate.name.toLowerCase() === name);
    if (!known || !fits(known)) throw new TypeError(`the table has no such argument of ${spec.id}: ${name}`);
    return positionals.get(known.name) ?? [];
  }
  return {
    flag: (long) => option(long, ({ value, counts }) => !value && !counts) === true,
    count: (long) => Number(option(long, ({ counts }) => counts) ?? 0),
    text: (long) => option(long, ({ value }) => value && !value.repeatable) as string | undefined,
    texts: (long) => (option(long, ({ value }) => value?.repeatable) ?? []) as readonly string[],
    argument: (name) => operands(name, ({ variadic }) => !variadic)[0],
    variadic: (name) => operands(name, ({ variadic }) => variadic),
  };
}
