import type { CommandSpec, Completes } from '../cli/spec';
import {
  completedArguments,
  completedExecutables,
  completedOptions,
  type CompletedPath,
  completedPaths,
  completedWords,
  functionSuffix,
  helperFlags,
} from './completion-model';
import { quoteForFish } from './shells';
import { helperFunction } from './spec-functions';

export function fishCompletions(table: readonly CommandSpec[]): string {
  const executables = completedExecutables(table);
  const paths = completedPaths(table);
  const specs = new Set([...executables, ...paths].map(({ spec }) => spec));
  return [
    runtime,
    ...[...specs].map(operandFunction),
    ...executables.map(({ name, spec, shortcuts, gitWord }) =>
      [
        elsewhere(name),
        ...entries(spec, `complete -c ${name}`, 1),
        ...(gitWord === undefined ? [] : entries(spec, `complete -c git -n ${quoteForFish(`__fish_seen_subcommand_from ${gitWord}`)}`, 2)),
        ...shortcuts.map((shortcut) => `complete -c ${shortcut} -w ${name}`),
        '',
      ].join('\n'),
    ),
    `set -g __daft_paths ${paths.map(({ words }) => quoteForFish(words)).join(' ')}`,
    'complete -c daft -f',
    elsewhere('daft'),
    `complete -c daft -n ${quoteForFish("__daft_at ''")} -s h -l help -d ${quoteForFish('Print help')}`,
    `complete -c daft -n ${quoteForFish("__daft_at ''")} -s V -l version -d ${quoteForFish('Print version')}`,
    ...completedWords(table).map(({ word, summary }) => subcommandEntry('', word, summary)),
    ...paths.flatMap(pathEntries),
    'complete -c git-daft -w daft',
    '',
  ].join('\n');
}

function pathEntries({ words, spec, subcommands }: CompletedPath): readonly string[] {
  return [
    ...subcommands.map(({ word, summary }) => subcommandEntry(words, word, summary)),
    ...entries(spec, `complete -c daft -n ${quoteForFish(`__daft_at ${quoteForFish(words)}`)}`, words.split(' ').length + 1),
  ];
}

/** `-C` in front of everything else. */
function elsewhere(name: string): string {
  return `complete -c ${name} -n __daft_in_front -s C -x -a '(__fish_complete_directories (commandline -ct))' -d ${quoteForFish('Go to this directory first')}`;
}

function subcommandEntry(words: string, word: string, summary: string): string {
  return `complete -c daft -n ${quoteForFish(`__daft_at ${quoteForFish(words)}`)} -f -a ${quoteForFish(word)} -d ${quoteForFish(summary)}`;
}

/** @param before how many words select the command */
function entries(spec: CommandSpec, complete: string, before: number): readonly string[] {
  const options = completedOptions(spec);
  const valued = options.filter(({ takesValue }) => takesValue).flatMap(({ spellings }) => spellings);
  return [
    ...options.map(({ long, short, description, takesValue, completes }) =>
      [
        complete,
        ...(short === undefined ? [] : [`-s ${quoteForFish(short)}`]),
        `-l ${long}`,
        `-d ${quoteForFish(description)}`,
        ...(takesValue ? [values(completes)] : []),
      ].join(' '),
    ),
    `${complete} -f -k -a ${quoteForFish(`(__daft_operand_${functionSuffix(spec)} (__daft_slot ${before} ${valued.join(' ')}))`)}`,
  ];
}

function values(completes: Completes | undefined): string {
  if (completes === 'files') return '-r -F';
  const offered = offer(completes, '1');
  return offered === '' ? '-x' : `-x -k -a ${quoteForFish(`(${offered})`)}`;
}

function operandFunction(spec: CommandSpec): string {
  const cases = completedArguments(spec).flatMap(({ variadic, completes }, index) => {
    const offered = offer(completes, '$argv[1]');
    return offered === '' ? [] : [`        case ${variadic ? "'*'" : index + 1}`, `            ${offered}`];
  });
  const body = cases.length === 0 ? [] : ['    switch $argv[1]', ...cases, '    end'];
  return [`function __daft_operand_${functionSuffix(spec)}`, ...body, 'end'].join('\n');
}

function offer(completes: Completes | undefined, slot: string): string {
  if (completes === undefined) return '';
  if (completes === 'directories') return '__fish_complete_directories (commandline -ct)';
  if (completes === 'files') return '__fish_complete_path (commandline -ct)';
  if ('choices' in completes) return `printf '%s\\n' ${completes.choices.map(quoteForFish).join(' ')}`;
  return [helperFunction(completes.context), completes.context, slot, ...helperFlags(completes.context)].join(' ');
}

const runtime = `# Words in front of the cursor, without -C and its paths.
function __daft_tokens
    set -l tokens (commandline -opc)
    while test "$tokens[2]" = -C; and set -q tokens[3]
        set -e tokens[2..3]
    end
    printf '%s\\n' $tokens
end

# Where these paths lead to, one after the other.
function __daft_place
    set -l tokens (commandline -opc)
    set -l place
    while test "$tokens[2]" = -C; and set -q tokens[3]
        set -l to (string replace -r '^~(?=/|$)' $HOME -- $tokens[3])
        switch $to
            case ''
            case '/*'
                set place $to
            case '*'
                set place (string join / -- $place $to)
        end
        set -e tokens[2..3]
    end
    set -q place[1]; and echo $place
end

function __daft_in_front
    set -l tokens (__daft_tokens)
    test (count $tokens) -le 1 -o "$tokens[2]" = -C
end

# Whether the words so far select exactly this command of daft.
function __daft_at
    set -l tokens (__daft_tokens)
    set -l path
    for token in $tokens[2..-1]
        contains -- (string join ' ' -- $path $token) $__daft_paths; or break
        set -a path $token
    end
    set -l joined (string join ' ' -- $path)
    test "$joined" = "$argv[1]"
end

# Number of the positional at the cursor. First how many words select the command, then the options that take a value.
function __daft_slot
    set -l tokens (__daft_tokens)
    set -l slot 1
    set -l skip no
    set -l ended no
    for token in $tokens[(math $argv[1] + 1)..-1]
        if test $skip = yes
            set skip no
        else if test $ended = yes
            set slot (math $slot + 1)
        else
            switch $token
                case --
                    set ended yes
                case '--*=*'
                case -
                    set slot (math $slot + 1)
                case '--*'
                    contains -- $token $argv[2..-1]; and set skip yes
                case '-*'
                    contains -- -(string sub -s -1 -- $token) $argv[2..-1]; and set skip yes
                case '*'
                    set slot (math $slot + 1)
            end
        end
    end
    echo $slot
end

function __daft_ask
    set -lx NODE_EXTRA_CA_CERTS
    set -l place (__daft_place)
    set -q place[1]; and set place -C $place
    set -l word (commandline -ct)
    set -l unescaped (string unescape -- $word); and set word $unescaped
    command daft $place __complete $argv[1] "$word" --position $argv[2] $argv[3..-1] 2>/dev/null
end

# Name, then markers, age, author and the path of a worktree.
function __daft_branches
    for line in (__daft_ask $argv)
        set -l field (string split \\t -- $line)
        set -l name (string replace -r '[*?]+$' '' -- $field[1])
        set -l markers (string replace -- $name '' $field[1])
        set -l about
        for part in $field[3..-1]
            test -n "$part"; and set -a about $part
        end
        printf '%s\\t%s\\n' $name (string trim -- "$markers "(string join ' · ' -- $about))
    end
end

# The kind goes, value and text stay.
function __daft_jobs
    __daft_ask $argv | string replace -r '^[^\\t]*\\t' ''
end

function __daft_values
    __daft_ask $argv
end
`;
