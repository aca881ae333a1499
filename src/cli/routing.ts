/** From the name daft was started by and the words that follow to one entry of the command table. Pure. */

import type { CommandSpec, OptionSpec } from './spec';
import type { Splitter } from './command-line';
import { shortcuts } from './shortcuts';

export type Route =
  | { kind: 'command'; spec: CommandSpec; argv: readonly string[] }
  | { kind: 'overview'; spelling: Spelling }
  | { kind: 'version' }
  | { kind: 'unknown-executable'; name: string }
  | { kind: 'unknown-word'; spelling: Spelling; word: string };

/** How the program itself was called: decides its overview and the spelling of its hints. */
export type Spelling = 'daft' | 'git daft';

/** The name of the command behind a path: no directory, no script extension, links not followed. */
export function nameOfExecutable(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.[cm]?js$/, '');
}

export function spellingOf(name: string): Spelling {
  return name === 'git-daft' ? 'git daft' : 'daft';
}

/** What routes lead over: the entries there are, and what takes apart the command line in question. */
interface Ground {
  table: readonly CommandSpec[];
  splitter: Splitter;
}

export function route(name: string, argv: readonly string[], ground: Ground): Route {
  const { table } = ground;
  if (name === 'daft' || name === 'git-daft') return routeWords(spellingOf(name), argv, ground);
  const shortcut = shortcuts.find((candidate) => candidate.name === name);
  const executable = shortcut?.executable ?? name;
  const spec = table.find((candidate) => candidate.executables.includes(executable));
  if (!spec) return { kind: 'unknown-executable', name };
  return { kind: 'command', spec, argv: [...(shortcut?.implied ?? []), ...argv] };
}

function routeWords(spelling: Spelling, argv: readonly string[], ground: Ground): Route {
  const { table } = ground;
  const [word, ...rest] = argv;
  if (word === undefined || word === '-h' || word === '--help') return { kind: 'overview', spelling };
  if (word === '-V' || word === '--version') return { kind: 'version' };
  const spec = findByWords(word, table);
  if (!spec) return { kind: 'unknown-word', spelling, word };
  return { kind: 'command', ...descend(word, spec, rest, ground) };
}

/** Follows subcommand words as long as they name entries of the table. */
function descend(
  words: string,
  spec: CommandSpec,
  argv: readonly string[],
  { table, splitter }: Ground,
): { spec: CommandSpec; argv: readonly string[] } {
  const leading = spec.optionsBeforeSubcommand ? splitter.takeLeading(optionsBelow(words, spec, table), argv) : [];
  const word = argv[leading.length];
  const below = word === undefined ? undefined : findByWords(`${words} ${word}`, table);
  if (!below) return { spec, argv };
  return descend(`${words} ${word}`, below, [...leading, ...argv.slice(leading.length + 1)], { table, splitter });
}

function optionsBelow(words: string, spec: CommandSpec, table: readonly CommandSpec[]): readonly OptionSpec[] {
  const known = new Map<string, OptionSpec>();
  for (const option of [spec, ...subcommandsOf(words, table)].flatMap((candidate) => candidate.options)) {
    if (!known.has(option.long)) known.set(option.long, option);
  }
  return [...known.values()];
}

export function findByWords(words: string, table: readonly CommandSpec[]): CommandSpec | undefined {
  return table.find((candidate) => candidate.words.includes(words));
}

/** Entries one word below `words`, in the order of the table; an entry that is its own default view is not its own subcommand. */
export function subcommandsOf(words: string, table: readonly CommandSpec[]): readonly CommandSpec[] {
  const own = findByWords(words, table);
  return table.filter((candidate) => candidate !== own && subcommandWord(words, candidate) !== undefined);
}

/** What a word below `words` selects, as far as it is shown; first the entry itself, if its view has a word of its own, as `hooks jobs list`. */
export function wordsBelow(words: string, table: readonly CommandSpec[]): readonly { word: string; spec: CommandSpec }[] {
  const own = findByWords(words, table);
  return [...(own ? [own] : []), ...subcommandsOf(words, table)].flatMap((spec) => {
    const word = spec.hidden ? undefined : subcommandWord(words, spec);
    return word === undefined ? [] : [{ word, spec }];
  });
}

/** The word that selects `spec` below `words`, if it lies directly below. */
export function subcommandWord(words: string, spec: CommandSpec): string | undefined {
  const prefix = `${words} `;
  return spec.words.find((spelling) => spelling.startsWith(prefix) && !spelling.slice(prefix.length).includes(' '))?.slice(prefix.length);
}
