import { structuredOptions } from '../structured-output';
import type { CommandSpec, OptionSpec } from '../spec';

/** Columns, sorting and counting, as every command that shows rows of worktrees has them. */
const rowOptions: readonly OptionSpec[] = [
  { long: 'stat', description: 'What is counted: commits and files, or lines', value: { name: 'STAT', choices: ['summary', 'lines'] } },
  {
    long: 'columns',
    description: 'Columns to show: `branch,path,age`, or changes of the defaults: `+size,-owner`',
    value: { name: 'COLUMNS', completes: { choices: ['annotation', 'branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'last-commit'] } },
  },
  {
    long: 'sort',
    description: 'Keys to sort by, `-` before a key turns it round; `activity` puts what was touched last first, `-activity` the stalest',
    value: {
      name: 'SORT',
      completes: { choices: ['branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'activity', 'commit'] },
    },
  },
];

export const manageCommands: readonly CommandSpec[] = [
  {
    id: 'list',
    words: ['list', 'worktree-list'],
    executables: ['git-worktree-list'],
    usageName: 'git-worktree-list',
    summary: 'List worktrees and branches with their state',
    description:
      'Shows every worktree of the repository: how far it is ahead and behind of the default branch and of its upstream, what is ' +
      'changed in it, whose it is, and its last commit. Reads only, and asks no remote.',
    arguments: [],
    options: [
      { long: 'branches', short: 'b', description: 'Local branches without a worktree, too' },
      { long: 'remotes', short: 'r', description: 'Remote branches without a worktree, too' },
      { long: 'all', short: 'a', description: 'Both: -b -r' },
      { long: 'verbose', short: 'v', description: 'Tell about the work in progress, where it is shown live' },
      ...rowOptions,
      ...structuredOptions('tabular'),
    ],
    load: () => import('../commands/list'),
  },
];
