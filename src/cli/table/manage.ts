import { structuredOptions } from '../structured-output';
import type { ArgumentSpec, CommandSpec, OptionSpec } from '../spec';
import { columnChoices, sortChoices } from './columns';

/** Columns, sorting and counting, as every command that shows rows of worktrees has them. */
const rowOptions: readonly OptionSpec[] = [
  { long: 'stat', description: 'What is counted: commits and files, or lines', value: { name: 'STAT', choices: ['summary', 'lines'] } },
  {
    long: 'columns',
    description: 'Columns to show: `branch,path,age`, or changes of the defaults: `+size,-owner`',
    value: { name: 'COLUMNS', completes: { choices: columnChoices } },
  },
  {
    long: 'sort',
    description: 'Keys to sort by, `-` before a key turns it round; `activity` puts what was touched last first, `-activity` the stalest',
    value: {
      name: 'SORT',
      completes: { choices: sortChoices },
    },
  },
];

const removed: ArgumentSpec = {
  name: 'BRANCH|PATH',
  required: true,
  variadic: true,
  description: 'Branch to remove, or the path of its worktree',
  completes: { context: 'daft-remove' },
};

/** Of all spellings of removal. */
const removalOptions: readonly OptionSpec[] = [
  { long: 'local', description: 'Keep the remote branch, whatever the settings say', conflictsWith: ['remote'] },
  { long: 'remote', description: 'Delete the remote branch, and nothing else' },
  { long: 'quiet', short: 'q', description: 'Say nothing but warnings and errors' },
  { long: 'verbose', short: 'v', description: 'Tell each step, and details of hooks', counts: true },
];

const whatRemovalChecks =
  'Nothing is removed unless all of it can be: a branch must be merged into the default branch (by merge, rebase or squash), equal ' +
  'to its remote branch if it has one, and without uncommitted changes in its worktree.';

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
  {
    id: 'remove',
    words: ['remove'],
    executables: ['daft-remove'],
    usageName: 'daft remove',
    summary: 'Remove branches with their worktrees',
    description: whatRemovalChecks,
    arguments: [removed],
    options: [{ long: 'force', short: 'f', description: 'Remove unmerged branches and dirty worktrees, too' }, ...removalOptions],
    load: () => import('../commands/remove'),
  },
  {
    id: 'branch',
    words: ['worktree-branch'],
    executables: ['git-worktree-branch'],
    usageName: 'git-worktree-branch',
    summary: 'Remove branches with their worktrees',
    description: whatRemovalChecks,
    arguments: [{ ...removed, required: false, completes: { context: 'git-worktree-branch' } }],
    options: [
      { long: 'delete', short: 'd', description: 'Remove branches that are merged, with their worktrees' },
      { long: 'force', short: 'D', description: 'Remove unmerged branches and dirty worktrees, too' },
      ...removalOptions,
    ],
    load: () => import('../commands/branch'),
  },
  {
    id: 'branch-delete',
    words: ['worktree-branch-delete'],
    executables: ['git-worktree-branch-delete'],
    usageName: 'git-worktree-branch-delete',
    summary: 'Deprecated: use git-worktree-branch -d/-D',
    description: whatRemovalChecks,
    arguments: [{ ...removed, completes: { context: 'git-worktree-branch-delete' } }],
    options: [{ long: 'force', short: 'D', description: 'Remove unmerged branches and dirty worktrees, too' }, ...removalOptions],
    load: () => import('../commands/branch-delete'),
  },
];
