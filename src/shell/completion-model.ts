/** What completion offers, taken from the command table: the same for every shell. Pure. */

import { optionsOf } from '../cli/parse';
import { wordsBelow } from '../cli/routing';
import { shortcuts } from '../cli/shortcuts';
import type { CommandSpec, Completes, OptionSpec } from '../cli/spec';

/** An executable of its own, e.g. `git-worktree-list`. */
export interface CompletedExecutable {
  name: string;
  spec: CommandSpec;
  /** Link names that run it. */
  shortcuts: readonly string[];
  /** The word after `git` that runs it. */
  gitWord: string | undefined;
}

/** Words after `daft`, e.g. `hooks jobs logs`, and what they select. */
export interface CompletedPath {
  words: string;
  spec: CommandSpec;
  subcommands: readonly { word: string; summary: string }[];
}

export interface CompletedOption {
  /** `--branch`, `-b`. */
  spellings: readonly string[];
  long: string;
  short: string | undefined;
  description: string;
  takesValue: boolean;
  completes: Completes | undefined;
}

export function completedExecutables(table: readonly CommandSpec[]): readonly CompletedExecutable[] {
  return visible(table).flatMap((spec) =>
    spec.executables.map((name) => ({
      name,
      spec,
      shortcuts: shortcuts.filter(({ executable }) => executable === name).map((shortcut) => shortcut.name),
      gitWord: name.startsWith('git-') ? name.slice('git-'.length) : undefined,
    })),
  );
}

export function completedPaths(table: readonly CommandSpec[]): readonly CompletedPath[] {
  return visible(table).flatMap((spec) =>
    spec.words.map((words) => ({ words, spec, subcommands: wordsBelow(words, table).map(({ word, spec: { summary } }) => ({ word, summary })) })),
  );
}

/** What follows `daft`: the short spellings only. */
export function completedWords(table: readonly CommandSpec[]): readonly { word: string; summary: string }[] {
  return visible(table).flatMap((spec) =>
    spec.words.filter((words) => !words.includes(' ') && !words.startsWith('worktree-')).map((word) => ({ word, summary: spec.summary })),
  );
}

export function completedOptions(spec: CommandSpec): readonly CompletedOption[] {
  return optionsOf(spec)
    .filter(({ hidden }) => !hidden)
    .map((option) => ({
      spellings: [...(option.short === undefined ? [] : [`-${option.short}`]), `--${option.long}`],
      long: option.long,
      short: option.short,
      description: option.description,
      takesValue: option.value !== undefined,
      completes: valuesOf(option),
    }));
}

export function completedArguments(spec: CommandSpec): readonly { variadic: boolean; completes: Completes | undefined }[] {
  return spec.arguments.map(({ variadic, completes, choices }) => ({
    variadic: variadic === true,
    completes: completes ?? (choices ? { choices } : undefined),
  }));
}

/** Identifies an entry in the names of shell functions. */
export function functionSuffix({ id }: CommandSpec): string {
  return id.replaceAll(/[^A-Za-z0-9]/g, '_');
}

/** How the helper is asked for a positional: only `go` fetches when nothing matches. */
export function helperFlags(context: string): readonly string[] {
  return context === 'daft-go' ? ['--fetch-on-miss'] : [];
}

function valuesOf({ value }: OptionSpec): Completes | undefined {
  return value?.completes ?? (value?.choices ? { choices: value.choices } : undefined);
}

function visible(table: readonly CommandSpec[]): readonly CommandSpec[] {
  return table.filter(({ hidden }) => !hidden);
}
