/** The functions for fish. */

import { aliasesOnRequest, defaultBranchFunctions, plainFunctions, wrappedVerbs, wrappedWorktreeWords } from './wrapped';

export function fishWrappers({ aliases }: { aliases: boolean }): string {
  return [
    '# daft shell integration for fish: follows daft to the worktree it prepared.',
    wrapper,
    defaultBranch,
    dispatcher('git', wrappedWorktreeWords),
    dispatcher('daft', [...wrappedVerbs, ...wrappedWorktreeWords, '-C']),
    ...plainFunctions.map(({ name, words }) => `function ${name}\n    __daft_wrapper ${words.join(' ')} $argv\nend`),
    ...defaultBranchFunctions.map(({ name, words, place }) =>
      [
        `function ${name}`,
        '    set -l branch (__daft_default_branch)',
        '    or return 1',
        `    __daft_wrapper ${words.join(' ')} ${place === 'first' ? '$branch $argv' : '$argv $branch'}`,
        'end',
      ].join('\n'),
    ),
    ...(aliases ? aliasesOnRequest.map(({ name, command }) => `alias ${name}='${command}'`) : []),
    '',
  ].join('\n');
}

const wrapper = `function __daft_wrapper
    set -l directory /tmp
    test -n "$TMPDIR"; and set directory $TMPDIR
    set -l file (command mktemp $directory/daft-cd.XXXXXX 2>/dev/null)
    if test -z "$file"
        command daft $argv
        return $status
    end
    set -lx DAFT_CD_FILE $file
    command daft $argv
    set -l code $status
    # Up to the NUL that is not there: a path may contain line breaks.
    read -z -l target <$file
    command rm -f $file
    if test -n "$target" -a -d "$target"
        builtin cd -- $target
    end
    return $code
end`;

const defaultBranch = `function __daft_default_branch
    set -l remote (command git config daft.remote 2>/dev/null)
    test -n "$remote"; or set remote origin
    set -l head (command git symbolic-ref --quiet refs/remotes/$remote/HEAD 2>/dev/null)
    if test -z "$head"
        echo 'error: could not determine default branch' >&2
        return 1
    end
    string replace -- refs/remotes/$remote/ '' $head
end`;

function dispatcher(name: 'git' | 'daft', words: readonly string[]): string {
  return [
    `function ${name}`,
    '    switch "$argv[1]"',
    `        case ${words.join(' ')}`,
    '            __daft_wrapper $argv',
    "        case '*'",
    `            command ${name} $argv`,
    '    end',
    'end',
  ].join('\n');
}
