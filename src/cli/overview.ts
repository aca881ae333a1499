/** What `daft` and `git daft` say when called without a command, in the words of the command table. Pure. */

import { findByWords, type Spelling } from './routing';
import type { CommandSpec } from './spec';

/** Each group with the words of its commands in the two spellings. */
const groups = [
  { topic: 'branches and their directories', daft: ['go', 'start'], git: ['worktree-checkout'] },
  {
    topic: 'upkeep of worktrees',
    daft: ['list', 'rename', 'remove', 'update', 'prune', 'sync', 'warm'],
    git: ['worktree-list', 'worktree-branch', 'worktree-prune', 'worktree-fetch', 'worktree-sync', 'worktree-flow-eject'],
  },
  { topic: 'moving changes between worktrees', daft: ['carry'], git: ['worktree-carry'] },
  { topic: 'running commands in worktrees', daft: ['exec'], git: ['worktree-exec'] },
  {
    topic: 'getting a repository',
    daft: ['clone', 'init', 'adopt', 'eject'],
    git: ['worktree-clone', 'worktree-init', 'worktree-flow-adopt'],
  },
  { topic: 'files shared between worktrees', daft: ['shared'], git: [] },
] as const;

const administration = [
  'config',
  'hooks',
  'layout',
  'multi-remote',
  'shell-init',
  'setup',
  'setup shortcuts',
  'completions',
  'doctor',
  'release-notes',
] as const;

/** Only for `daft`: started by git, the overview is never styled. */
export interface OverviewStyle {
  title: (text: string) => string;
  name: (text: string) => string;
}
const plain: OverviewStyle = { title: (text) => text, name: (text) => text };

export function overview(spelling: Spelling, table: readonly CommandSpec[], style: OverviewStyle): string {
  switch (spelling) {
    case 'daft':
      return daftOverview(table, style);
    case 'git daft':
      return gitOverview(table);
  }
}

/** The commands that are nobody's subcommand, by the topics of the overview; last come those that it does not name. */
export function topicsOf(table: readonly CommandSpec[]): readonly { topic: string; commands: readonly CommandSpec[] }[] {
  const claims: readonly { topic: string; words: readonly string[] }[] = [
    ...groups.map(({ topic, daft }) => ({ topic, words: daft })),
    { topic: 'administration', words: administration },
    ...groups.map(({ topic, git }) => ({ topic, words: git })),
  ];
  const tops = table
    .filter((spec) => !spec.hidden && !isSubcommand(spec, table))
    .map((spec) => ({ spec, topic: claims.find(({ words }) => spec.words.some((spelling) => words.includes(spelling)))?.topic ?? 'other' }));
  return [...new Set([...claims.map(({ topic }) => topic), 'other'])]
    .map((topic) => ({ topic, commands: tops.filter((top) => top.topic === topic).map(({ spec }) => spec) }))
    .filter(({ commands }) => commands.length > 0);
}

/** An entry whose words continue its own, as a default view does (`hooks jobs list`), is not below itself. */
function isSubcommand(spec: CommandSpec, table: readonly CommandSpec[]): boolean {
  const above = spec.words.flatMap((spelling) => findByWords(spelling.replace(/ ?\S+$/, ''), table) ?? []);
  return above.some((other) => other !== spec);
}

function daftOverview(table: readonly CommandSpec[], style: OverviewStyle): string {
  const verbs = groups.flatMap(({ daft }) => daft).filter((word) => findByWords(word, table));
  return paragraphs([
    `${style.title('usage:')} daft <command> [<args>]`,
    'Gives every branch a directory of its own, and sets that directory up by itself.',
    ...groups.map(({ topic, daft }) => listGroup(topic, daft, verbs, table, style)),
    administrationGroup('', table, style),
    [
      "See 'daft <command> --help' for all that a command can do.",
      "The spellings 'git worktree-<command>' exist too; 'git daft' lists them.",
    ].join('\n'),
  ]);
}

function gitOverview(table: readonly CommandSpec[]): string {
  const words = groups.flatMap(({ git }) => git).filter((word) => findByWords(word, table));
  const others = ['list', 'rename', 'remove', 'update', 'prune', 'sync', 'carry', 'exec', 'clone', 'init', 'adopt', 'eject'];
  const shared = findByWords('shared', table) ? ['shared'] : [];
  return paragraphs([
    ['usage: daft <command> [<args>]', '   or: git worktree-<command> [<args>]', '   or: daft worktree-<command> [<args>]'].join('\n'),
    'Gives every branch a directory of its own, and sets that directory up by itself.',
    ...groups.map(({ topic, git }) => listGroup(topic, git, words, table, plain)),
    administrationGroup('daft ', table, plain, shared),
    [
      'The short verbs of daft:',
      ...(findByWords('go', table) ? ['   daft go <branch>      open a branch in its worktree'] : []),
      ...(findByWords('start', table) ? ['   daft start <branch>   create a branch with a worktree of its own'] : []),
      `   ${others.filter((word) => findByWords(word, table)).join(', ')}`,
      "See 'git worktree-<command> -h' or 'daft <command> --help' for all that a command can do.",
    ].join('\n'),
  ]);
}

function listGroup(
  topic: string,
  words: readonly string[],
  allWords: readonly string[],
  table: readonly CommandSpec[],
  style: OverviewStyle,
): string {
  const width = Math.max(...allWords.map((word) => word.length), 0);
  const lines = words.flatMap((word) => {
    const spec = findByWords(word, table);
    return spec ? [`   ${style.name(word)}${' '.repeat(width - word.length)}   ${spec.summary}`] : [];
  });
  return lines.length === 0 ? '' : [style.title(topic), ...lines].join('\n');
}

function administrationGroup(prefix: string, table: readonly CommandSpec[], style: OverviewStyle, more: readonly string[] = []): string {
  const words = [...administration.slice(0, 2), ...more, ...administration.slice(2)].filter((word) => findByWords(word, table));
  if (words.length === 0) return '';
  return [style.title('administration'), `   ${words.map((word) => style.name(`${prefix}${word}`)).join(', ')}`].join('\n');
}

function paragraphs(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
}
