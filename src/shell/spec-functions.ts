/** The facts about the commands, as functions that bash and zsh both read; what they call differs. */

import type { CommandSpec, Completes } from '../cli/spec';
import { quoteForPosix } from '../process';
import { completedArguments, completedExecutables, completedOptions, completedPaths, completedWords, functionSuffix, helperFlags } from './completion-model';

/** Of every command its four functions, and of all that have subcommands one that offers them. */
export function commandFunctions(table: readonly CommandSpec[]): readonly string[] {
  const paths = completedPaths(table);
  const specs = new Set([...completedExecutables(table), ...paths].map(({ spec }) => spec));
  return [
    ...[...specs].map(specFunctions),
    subcommandFunction('__daft_top', completedWords(table)),
    ...paths.filter(({ subcommands }) => subcommands.length > 0).map(({ words, subcommands }) => subcommandFunction(belowFunction(words), subcommands)),
  ];
}

function subcommandFunction(name: string, subcommands: readonly { word: string; summary: string }[]): string {
  return `function ${name}() { __daft_subcommand_list ${subcommands.map(({ word, summary }) => `${quoteForPosix(word)} ${quoteForPosix(summary)}`).join(' ')}; }`;
}

function belowFunction(words: string): string {
  return `__daft_below_${words.replaceAll(/[^a-z]/g, '_')}`;
}

/**
 * The body of a function that follows the words of a line to their command and has it offer what comes next.
 *
 * @param shell.at index of the first word that may be a command
 * @param shell.cursor index of the word that is being completed
 * @param shell.word that word
 * @param shell.leave ends the function
 */
export function umbrellaBody(table: readonly CommandSpec[], shell: { at: string; cursor: string; word: string; leave: string }): readonly string[] {
  const paths = completedPaths(table);
  return [
    // Not `path`, which is an array of zsh's.
    `  local at=${shell.at} path_='' place=''`,
    `  __daft_from_elsewhere || ${shell.leave}`,
    `  while (( at < ${shell.cursor} )); do`,
    '    case "$path_ ${words[at]}" in',
    `      ${paths.map(({ words }) => quoteForPosix(` ${words}`)).join('|')})`,
    '        path_="$path_ ${words[at]}"; at=$((at + 1)) ;;',
    '      *) break ;;',
    '    esac',
    '  done',
    '  case "$path_" in',
    ...paths.map(({ words, spec, subcommands }) => {
      const below = subcommands.length > 0 ? ` ${belowFunction(words)}` : '';
      return `    ${quoteForPosix(` ${words}`)}) __daft_engine ${functionSuffix(spec)} "$at"${below} ;;`;
    }),
    '    *)',
    `      if (( at == ${shell.cursor} )); then`,
    `        if [[ ${shell.word} == -* ]]; then __daft_words --help -h --version -V; else __daft_top; fi`,
    '      fi ;;',
    '  esac',
  ];
}

/**
 * Four functions: `__daft_options_<id>` offers the options, `__daft_valued_<id> <option>` says whether one takes a value,
 * `__daft_value_<id> <option>` offers its values, and `__daft_operand_<id> <slot>` offers positionals.
 */
function specFunctions(spec: CommandSpec): string {
  const id = functionSuffix(spec);
  const options = completedOptions(spec);
  const valued = options.filter(({ takesValue }) => takesValue);
  const listed = options.flatMap(({ spellings, description }) => spellings.map((spelling) => `${quoteForPosix(spelling)} ${quoteForPosix(description)}`));
  return [
    `function __daft_options_${id}() {`,
    '  __daft_option_list \\',
    `    ${listed.join(' \\\n    ')}`,
    '}',
    `function __daft_valued_${id}() {`,
    ...(valued.length > 0 ? ['  case "$1" in', `    ${valued.flatMap(({ spellings }) => spellings).join('|')}) return 0 ;;`, '  esac'] : []),
    '  return 1',
    '}',
    ...caseFunction(
      `__daft_value_${id}`,
      valued.map(({ spellings, completes }) => [spellings.join('|'), offer(completes, '1')]),
    ),
    ...caseFunction(
      `__daft_operand_${id}`,
      completedArguments(spec).map(({ variadic, completes }, index) => [variadic ? '*' : String(index + 1), offer(completes, '"$1"')]),
    ),
    '',
  ].join('\n');
}

function caseFunction(name: string, cases: readonly (readonly [pattern: string, body: string])[]): readonly string[] {
  const useful = cases.filter(([, body]) => body !== '');
  if (useful.length === 0) return [`function ${name}() { :; }`];
  return [`function ${name}() {`, '  case "$1" in', ...useful.map(([pattern, body]) => `    ${pattern}) ${body} ;;`), '  esac', '}'];
}

function offer(completes: Completes | undefined, slot: string): string {
  if (completes === undefined) return '';
  if (completes === 'directories') return '__daft_directories';
  if (completes === 'files') return '__daft_files';
  if ('choices' in completes) return `__daft_words ${completes.choices.map(quoteForPosix).join(' ')}`;
  return [helperFunction(completes.context), completes.context, slot, ...helperFlags(completes.context)].join(' ');
}

/** Answers come in three kinds of lines: branches, jobs behind a field for their kind, and value and text. */
export function helperFunction(context: string): '__daft_branches' | '__daft_jobs' | '__daft_values' {
  if (/^(git-worktree|daft)-/.test(context)) return '__daft_branches';
  return context === 'hooks-jobs-job' ? '__daft_jobs' : '__daft_values';
}
