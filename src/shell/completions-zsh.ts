import type { CommandSpec } from '../cli/spec';
import { type CompletedExecutable, completedExecutables, functionSuffix } from './completion-model';
import { commandFunctions, umbrellaBody } from './spec-functions';

export function zshCompletions(table: readonly CommandSpec[]): string {
  return [runtime, ...commandFunctions(table), ...completedExecutables(table).map(executableScript), umbrellaScript(table)].join('\n');
}

function executableScript({ name, spec, shortcuts, gitWord }: CompletedExecutable): string {
  const base = name.replaceAll('-', '_');
  return [
    `#compdef ${name}`,
    `function __${base}_impl() {`,
    "  local at=2 place=''",
    `  if __daft_from_elsewhere; then __daft_engine ${functionSuffix(spec)} $at; fi`,
    '}',
    `function _${base}() { __${base}_impl "$@"; }`,
    // The name that git's own completion looks for.
    ...(gitWord === undefined ? [] : [`function _git-${gitWord}() { __${base}_impl "$@"; }`]),
    register([name, ...shortcuts].map((command) => `compdef _${base} ${command}`)),
    '',
  ].join('\n');
}

function umbrellaScript(table: readonly CommandSpec[]): string {
  return [
    '#compdef daft git-daft',
    'function __daft_impl() {',
    ...umbrellaBody(table, { at: '2', cursor: 'CURRENT', word: '${words[CURRENT]}', leave: 'return 0' }),
    '}',
    'function _daft() { __daft_impl "$@"; }',
    'function _git-daft() { __daft_impl "$@"; }',
    register(['compdef _daft daft', 'compdef _daft git-daft']),
    '',
  ].join('\n');
}

/** Before compinit has run there is no compdef, and nothing is said about it. */
function register(lines: readonly string[]): string {
  return ['if (( ${+functions[compdef]} )); then', ...lines.map((line) => `  ${line}`), 'fi'].join('\n');
}

const runtime = `# Passes -C and its path in front of the arguments: what is asked is asked from there. Fails where the path is being completed.
function __daft_from_elsewhere() {
  local to
  while (( at < CURRENT )) && [[ \${words[at]} == -C ]]; do
    if (( at + 1 == CURRENT )); then __daft_directories; return 1; fi
    to=\${(Q)words[at+1]}
    if [[ $to == \\~ || $to == \\~/* ]]; then to=$HOME\${to#\\~}; fi
    if [[ $to == /* ]]; then place=$to
    elif [[ -n $to ]]; then place=\${place:+$place/}$to
    fi
    at=$((at + 2))
  done
  return 0
}

# id of the command, index of its first argument, and what offers its subcommands, if it has any
function __daft_engine() {
  local id=$1 i=$2 below=\${3-} slot=1 ended='' option='' word
  while (( i < CURRENT )); do
    word=\${words[i]} option=''
    if [[ -n $ended ]]; then slot=$((slot + 1))
    elif [[ $word == -- ]]; then ended=1
    elif [[ $word == --*=* ]]; then :
    elif [[ $word == --* ]]; then option=$word
    elif [[ $word == -?* ]]; then option=-\${word[-1]}
    else slot=$((slot + 1))
    fi
    if [[ -n $option ]] && "__daft_valued_$id" "$option"; then i=$((i + 1)); fi
    i=$((i + 1))
  done
  if (( i > CURRENT )); then
    "__daft_value_$id" "$option"
  elif [[ -z $ended && $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
    "__daft_value_$id" "$option"
  elif [[ -z $ended && $PREFIX == -* ]]; then
    "__daft_options_$id"
  else
    if [[ -n $below && $slot == 1 ]]; then "$below"; fi
    "__daft_operand_$id" "$slot"
  fi
}

function __daft_words() { compadd -- "$@"; }

# Names and descriptions in turn.
function __daft_option_list() {
  local -a described
  while (( $# > 0 )); do described+=("\${1//:/\\\\:}:$2"); shift 2; done
  _describe -o option described
}
function __daft_subcommand_list() {
  local -a described
  while (( $# > 0 )); do described+=("\${1//:/\\\\:}:$2"); shift 2; done
  _describe command described
}

function __daft_directories() { _files -/; }
function __daft_files() { _files; }

# The context, the slot and flags: one group per kind, in the order of the helper, its columns aligned.
function __daft_branches() {
  local context=$1 slot=$2 kind line name
  shift 2
  local -a raw fields values names ages authors paths shown
  raw=("\${(@f)$(NODE_EXTRA_CA_CERTS= command daft \${place:+-C} \${place:+$place} __complete "$context" "\${(Q)PREFIX}" --position "$slot" "$@" 2>/dev/null)}")
  for kind in worktree local remote; do
    values=() names=() ages=() authors=() paths=() shown=()
    for line in "\${raw[@]}"; do
      fields=("\${(@ps:\\t:)line}")
      if [[ \${fields[2]-} != $kind ]]; then continue; fi
      name=\${fields[1]%\\?}
      values+=("\${name%\\*}") names+=("\${fields[1]}") ages+=("\${fields[3]-}") authors+=("\${fields[4]-}") paths+=("\${fields[5]-}")
    done
    if (( \${#values} == 0 )); then continue; fi
    __daft_align
    compadd -V $kind -l -d shown -a values
  done
}
function __daft_align() {
  local i wide_name=0 wide_age=0 wide_author=0
  for (( i = 1; i <= \${#names}; i++ )); do
    if (( \${#names[i]} > wide_name )); then wide_name=\${#names[i]}; fi
    if (( \${#ages[i]} > wide_age )); then wide_age=\${#ages[i]}; fi
    if (( \${#authors[i]} > wide_author )); then wide_author=\${#authors[i]}; fi
  done
  for (( i = 1; i <= \${#names}; i++ )); do
    shown+=("\${(r:wide_name:)names[i]}  \${(r:wide_age:)ages[i]}  \${(r:wide_author:)authors[i]}  \${paths[i]}")
  done
}

# Jobs, invocations and worktrees: kind, value, text. A worktree is the beginning of an address, and no space may follow.
function __daft_jobs() {
  local context=$1 slot=$2 kind line
  local -a raw fields values shown suffix
  raw=("\${(@f)$(NODE_EXTRA_CA_CERTS= command daft \${place:+-C} \${place:+$place} __complete "$context" "\${(Q)PREFIX}" --position "$slot" 2>/dev/null)}")
  for kind in JOB INV WT; do
    values=() shown=()
    for line in "\${raw[@]}"; do
      fields=("\${(@ps:\\t:)line}")
      if [[ \${fields[1]-} == $kind ]]; then values+=("\${fields[2]-}") shown+=("\${fields[3]-}"); fi
    done
    suffix=()
    if [[ $kind == WT ]]; then suffix=(-S ''); fi
    if (( \${#values} > 0 )); then compadd "\${suffix[@]}" -V $kind -l -d shown -a values; fi
  done
}

# Value and text.
function __daft_values() {
  local context=$1 slot=$2 line
  shift 2
  local -a raw values shown
  raw=("\${(@f)$(NODE_EXTRA_CA_CERTS= command daft \${place:+-C} \${place:+$place} __complete "$context" "\${(Q)PREFIX}" --position "$slot" "$@" 2>/dev/null)}")
  for line in "\${raw[@]}"; do
    if [[ -z $line ]]; then continue; fi
    values+=("\${line%%$'\\t'*}") shown+=("\${line//$'\\t'/  }")
  done
  if (( \${#values} > 0 )); then compadd -V values -l -d shown -a values; fi
}
`;
