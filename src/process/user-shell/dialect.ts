import { basename } from 'node:path';

/** What daft has to know of a shell to take a snapshot of it. */
export interface Dialect {
  name: 'bash' | 'zsh';
  /** Writes aliases and functions into the two files that are named in its environment. */
  captureScript: string;
  /** Before functions are defined: aliases of their names would be expanded, and were when they were defined first. */
  withoutAliases: string;
  /** Makes a shell that is not interactive expand aliases. */
  withAliases: string;
}

/** Names of the variables in which the capture script finds its files. */
export const captureVariables = { aliases: '__DAFT_ALIAS_OUT', functions: '__DAFT_FN_OUT' } as const;

// `\builtin` and `>|`: whatever the user has made of these words, and of `noclobber`.
const intoFiles = (aliases: string, functions: string) =>
  `\\builtin ${aliases} >|"$${captureVariables.aliases}" && \\builtin ${functions} >|"$${captureVariables.functions}"`;

const dialects: readonly Dialect[] = [
  { name: 'bash', captureScript: intoFiles('alias -p', 'declare -f'), withoutAliases: 'shopt -u expand_aliases', withAliases: 'shopt -s expand_aliases' },
  { name: 'zsh', captureScript: intoFiles('alias -L', 'typeset -f'), withoutAliases: 'unsetopt aliases', withAliases: 'setopt aliases' },
];

/** Undefined for shells of which no snapshot can be taken. */
export function dialectOf(shell: string): Dialect | undefined {
  return dialects.find(({ name }) => name === basename(shell));
}
