import type { CommandSpec } from '../cli/spec';
import { quoteForPosix } from '../process';
import { type CompletedExecutable, completedExecutables, functionSuffix } from './completion-model';
import { commandFunctions, umbrellaBody } from './spec-functions';

export function bashCompletions(table: readonly CommandSpec[]): string {
  return [runtime, ...commandFunctions(table), ...completedExecutables(table).map(executableScript), umbrellaScript(table)].join('\n');
}

function executableScript({ name, spec, shortcuts, gitWord }: CompletedExecutable): string {
  const handler = `_${name.replaceAll('-', '_')}`;
  return [
    `function ${handler}() {`,
    "  local cur prev words cword at place=''",
    '  COMPREPLY=()',
    '  __daft_begin || return 0',
    `  at=$(__daft_first_argument ${quoteForPosix(gitWord ?? '')})`,
    `  if __daft_from_elsewhere; then __daft_engine ${functionSuffix(spec)} "$at"; fi`,
    '  __daft_end',
    '}',
    `complete -F ${handler} ${name}`,
    ...(gitWord === undefined ? [] : [`if declare -F __git_complete >/dev/null; then __git_complete ${name} ${handler}; fi`]),
    ...shortcuts.map((shortcut) => `complete -F ${handler} ${shortcut}`),
    '',
  ].join('\n');
}

function umbrellaScript(table: readonly CommandSpec[]): string {
  return [
    'function _daft() {',
    '  local cur prev words cword',
    '  COMPREPLY=()',
    '  __daft_begin || return 0',
    ...umbrellaBody(table, { at: "$(__daft_first_argument 'daft')", cursor: 'cword', word: '$cur', leave: '{ __daft_end; return 0; }' }),
    '  __daft_end',
    '}',
    'complete -F _daft daft',
    'complete -F _daft git-daft',
    'if declare -F __git_complete >/dev/null; then __git_complete git-daft _daft; fi',
    '',
  ].join('\n');
}

const runtime = `# Sets cur, prev, words and cword, with = and : inside of words.
function __daft_begin() {
  if declare -F _init_completion >/dev/null; then
    _init_completion -n =: || return 1
    return 0
  fi
  local i word glued=''
  words=() cword=0
  for (( i = 0; i < \${#COMP_WORDS[@]}; i++ )); do
    word=\${COMP_WORDS[i]}
    if (( \${#words[@]} > 1 )) && { [[ -n $glued && -n $word ]] || [[ $word == [:=]* ]]; }; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    glued=''
    if [[ $word == *[:=] ]]; then glued=1; fi
    if (( i == COMP_CWORD )); then cword=$(( \${#words[@]} - 1 )); fi
  done
  cur=\${words[cword]} prev=''
  if (( cword > 0 )); then prev=\${words[cword-1]}; fi
}

# Readline takes what stands before the last = or : for a word of its own, and wants replies without it.
function __daft_end() {
  local i before=''
  if [[ $cur == *[:=]* && $COMP_WORDBREAKS == *[:=]* ]]; then before=\${cur%"\${cur##*[:=]}"}; fi
  if [[ -n $before ]]; then
    for (( i = 0; i < \${#COMPREPLY[@]}; i++ )); do COMPREPLY[i]=\${COMPREPLY[i]#"$before"}; done
  fi
  return 0
}

# Index of the first word after the command: it may be a word of git's.
function __daft_first_argument() {
  local i
  if [[ \${words[0]##*/} == git && -n $1 ]]; then
    for (( i = 1; i < cword; i++ )); do
      if [[ \${words[i]} == "$1" ]]; then printf '%s' $((i + 1)); return 0; fi
    done
  fi
  printf 1
}

# Passes -C and its path in front of the arguments, git's own before them: what is asked is asked from there. Fails where
# such a path is being completed.
function __daft_from_elsewhere() {
  local i
  for (( i = 1; i < at - 1; i++ )); do
    if [[ \${words[i]} == -C ]]; then __daft_go_on "\${words[i+1]}"; fi
  done
  while (( at < cword )) && [[ \${words[at]} == -C ]]; do
    if (( at + 1 == cword )); then __daft_directories; return 1; fi
    __daft_go_on "\${words[at+1]}"
    at=$((at + 2))
  done
  return 0
}
function __daft_go_on() {
  local to=\${1//[\\"\\'\\\\]/}
  if [[ $to == \\~ || $to == \\~/* ]]; then to=$HOME\${to#\\~}; fi
  if [[ $to == /* ]]; then place=$to
  elif [[ -n $to ]]; then place=\${place:+$place/}$to
  fi
}

# id of the command, index of its first argument, and what offers its subcommands, if it has any
function __daft_engine() {
  local id=$1 i=$2 below=\${3-} slot=1 ended='' option='' word
  while (( i < cword )); do
    word=\${words[i]} option=''
    if [[ -n $ended ]]; then slot=$((slot + 1))
    elif [[ $word == -- ]]; then ended=1
    elif [[ $word == --*=* ]]; then :
    elif [[ $word == --* ]]; then option=$word
    elif [[ $word == -?* ]]; then option=-\${word: -1}
    else slot=$((slot + 1))
    fi
    if [[ -n $option ]] && "__daft_valued_$id" "$option"; then i=$((i + 1)); fi
    i=$((i + 1))
  done
  if (( i > cword )); then
    "__daft_value_$id" "$option"
  elif [[ -z $ended && $cur == --*=* ]]; then
    option=\${cur%%=*} cur=\${cur#*=}
    "__daft_value_$id" "$option"
  elif [[ -z $ended && $cur == -* ]]; then
    "__daft_options_$id"
  else
    if [[ -n $below && $slot == 1 ]]; then "$below"; fi
    "__daft_operand_$id" "$slot"
  fi
  return 0
}

function __daft_words() {
  local word
  for word in "$@"; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
  return 0
}

# Names and descriptions in turn; bash shows names.
function __daft_option_list() {
  while (( $# > 0 )); do __daft_words "$1"; shift 2; done
}
function __daft_subcommand_list() { __daft_option_list "$@"; }

function __daft_directories() {
  local found
  compopt -o filenames 2>/dev/null || :
  while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -d -- "$cur")
}
function __daft_files() {
  local found
  compopt -o filenames 2>/dev/null || :
  while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -f -- "$cur")
}

# Candidates in the order of the helper. $1: which field is the value; then the context, the slot and flags.
# Readline puts them into the line as they are, and has backslashes in what it says was typed.
function __daft_ask() {
  local field=$1 context=$2 slot=$3 raw line
  shift 3
  raw=$(NODE_EXTRA_CA_CERTS= command daft \${place:+-C "$place"} __complete "$context" "\${cur//\\\\/}" --position "$slot" "$@" 2>/dev/null) || return 0
  compopt -o nosort 2>/dev/null || :
  while IFS= read -r line; do
    if [[ $field == 2 ]]; then line=\${line#*$'\\t'}; fi
    line=\${line%%$'\\t'*}
    if [[ $field == branch ]]; then line=\${line%\\?} line=\${line%\\*}; fi
    if [[ $line == *[]\\ \\\\\\"\\'\\\`\\$\\&\\;\\|\\<\\>\\(\\)*?[{}!]* ]]; then printf -v line '%q' "$line"; fi
    if [[ -n $line && $line == "$cur"* ]]; then COMPREPLY+=("$line"); fi
  done <<<"$raw"
  # A worktree is the beginning of an address, and no space may follow.
  if (( \${#COMPREPLY[@]} == 1 )) && [[ \${COMPREPLY[0]} == *: ]]; then compopt -o nospace 2>/dev/null || :; fi
}
function __daft_branches() { __daft_ask branch "$@"; }
function __daft_jobs() { __daft_ask 2 "$@"; }
function __daft_values() { __daft_ask 1 "$@"; }
`;
