/** The facts about one command, as functions that bash and zsh both read; what they call differs. */

import type { CommandSpec, Completes } from '../cli/spec';
import { completedArguments, completedOptions, functionSuffix, helperFlags } from './completion-model';
import { quoteForPosix } from './shells';

/**
 * Four functions: `__daft_options_<id>` offers the options, `__daft_valued_<id> <option>` says whether one takes a value,
 * `__daft_value_<id> <option>` offers its values, and `__daft_operand_<id> <slot>` offers positionals.
 */
export function specFunctions(spec: CommandSpec): string {
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
