/** The functions for bash (3.2 and later) and zsh. */

import { aliasesOnRequest, defaultBranchFunctions, plainFunctions, wrappedVerbs, wrappedWorktreeWords } from './wrapped';

/**
 * Written to survive the user's shell. `function name() {` because in `name() {` the name would be alias-expanded;
 * `command` and `builtin` in front of everything, because aliases are expanded in bodies as well; each failing step is
 * answered with `||`, because of `set -e`; nothing is read unset, because of `set -u`.
 */
export function posixWrappers(shell: 'bash' | 'zsh', { aliases }: { aliases: boolean }): string {
  return [
    `# daft shell integration for ${shell}: follows daft to the worktree it prepared.`,
    wrapper(shell),
    defaultBranch,
    dispatcher('git', [wrappedWorktreeWords]),
    dispatcher('daft', [wrappedVerbs, wrappedWorktreeWords, ['-C']]),
    ...plainFunctions.map(({ name, words }) => `function ${name}() { __daft_wrapper ${words.join(' ')} "$@"; }`),
    ...defaultBranchFunctions.map(({ name, words, place }) =>
      [
        `function ${name}() {`,
        '  local __daft_branch',
        '  __daft_branch=$(__daft_default_branch) || return 1',
        `  __daft_wrapper ${words.join(' ')} ${place === 'first' ? '"$__daft_branch" "$@"' : '"$@" "$__daft_branch"'}`,
        '}',
      ].join('\n'),
    ),
    ...(aliases ? aliasesOnRequest.map(({ name, command }) => `alias ${name}='${command}'`) : []),
    '',
  ].join('\n');
}

// The shell remembers where it found a program: forgetting that finds the one that is installed now.
const forgetLocation = { bash: 'builtin hash -d daft 2>/dev/null || :', zsh: 'builtin unhash daft 2>/dev/null || :' };

function wrapper(shell: 'bash' | 'zsh'): string {
  return `function __daft_wrapper() {
  local __daft_file __daft_target='' __daft_code=0
  ${forgetLocation[shell]}
  __daft_file=$(command mktemp "\${TMPDIR:-/tmp}/daft-cd.XXXXXX" 2>/dev/null) || __daft_file=''
  if [[ -z $__daft_file ]]; then
    command daft "$@"
    return
  fi
  DAFT_CD_FILE=$__daft_file command daft "$@" || __daft_code=$?
  # The x keeps line breaks at the end of the path from being cut off.
  __daft_target=$(command cat "$__daft_file" 2>/dev/null && builtin printf x) || __daft_target=x
  __daft_target=\${__daft_target%x}
  command rm -f "$__daft_file" || :
  if [[ -n $__daft_target && -d $__daft_target ]]; then
    builtin cd -- "$__daft_target" || :
  fi
  return $__daft_code
}`;
}

const defaultBranch = `function __daft_default_branch() {
  local __daft_remote __daft_head
  __daft_remote=$(command git config daft.remote 2>/dev/null) || __daft_remote=''
  __daft_remote=\${__daft_remote:-origin}
  __daft_head=$(command git symbolic-ref --quiet "refs/remotes/$__daft_remote/HEAD" 2>/dev/null) || __daft_head=''
  __daft_head=\${__daft_head#"refs/remotes/$__daft_remote/"}
  if [[ -z $__daft_head ]]; then
    builtin printf '%s\\n' 'error: could not determine default branch' >&2
    return 1
  fi
  builtin printf '%s\\n' "$__daft_head"
}`;

function dispatcher(name: 'git' | 'daft', wordLists: readonly (readonly string[])[]): string {
  return [
    `function ${name}() {`,
    '  case "${1-}" in',
    ...wordLists.map((words) => `    ${words.join('|')})\n      __daft_wrapper "$@" ;;`),
    `    *)\n      command ${name} "$@" ;;`,
    '  esac',
    '}',
  ].join('\n');
}
