import { structuredOptions } from '../structured-output';
import type { CommandSpec } from '../spec';

export const layoutCommands: readonly CommandSpec[] = [
  {
    id: 'layout',
    words: ['layout'],
    executables: [],
    usageName: 'daft layout',
    summary: 'Show or change where worktrees go',
    description: 'A layout says where the worktree of a branch goes. Without a subcommand, shows the layout of the repository you are in.',
    arguments: [],
    options: [],
    load: () => import('../commands/layout'),
  },
  {
    id: 'layout list',
    words: ['layout list'],
    executables: [],
    usageName: 'daft layout list',
    summary: 'List the layouts there are',
    description: 'Lists the built-in layouts and those of config.toml with their templates. `>` marks the layout of the repository you are in.',
    arguments: [],
    options: structuredOptions('tabular'),
    load: () => import('../commands/layout-list'),
  },
  {
    id: 'layout show',
    words: ['layout show'],
    executables: [],
    usageName: 'daft layout show',
    summary: 'Show the layout of a repository, and what it comes from',
    description:
      'Prints name and template of the layout of a repository, and where it comes from: the setting of the repository, its daft.yml, ' +
      'your config.toml, or the places of its worktrees.',
    arguments: [{ name: 'PATH', required: false, description: 'A directory in the repository', completes: 'directories' }],
    options: [],
    load: () => import('../commands/layout-show'),
  },
  {
    id: 'layout default',
    words: ['layout default'],
    executables: [],
    usageName: 'daft layout default',
    summary: 'Show or set the layout of repositories that have none of their own',
    description: 'Without an argument, prints the layout for repositories for which nothing else decides; with one, makes it that layout.',
    arguments: [{ name: 'LAYOUT', required: false, description: 'Name of a layout, or a template', completes: { context: 'layout-default' } }],
    options: [{ long: 'reset', description: 'Go back to the built-in default', conflictsWith: ['LAYOUT'] }],
    load: () => import('../commands/layout-default'),
  },
  {
    id: 'layout reset',
    words: ['layout reset'],
    executables: [],
    usageName: 'daft layout reset',
    summary: 'Forget the layout that is set for a repository',
    description: 'Removes the layout from what daft remembers of a repository; daft.yml, your default or the worktrees themselves decide from then on.',
    arguments: [{ name: 'PATH', required: false, description: 'A directory in the repository', completes: 'directories' }],
    options: [],
    load: () => import('../commands/layout-reset'),
  },
  {
    id: 'layout transform',
    words: ['layout transform'],
    executables: [],
    usageName: 'daft layout transform',
    summary: 'Convert the repository you are in to another layout',
    description:
      'Moves worktrees, and where that is needed the git directory and the files of the main working tree, to where the layout has ' +
      'them. All of it happens, or nothing: if a step fails, those before it are taken back. Worktrees that were put somewhere on ' +
      'purpose stay there unless they are included. `default` means your default layout.',
    arguments: [{ name: 'LAYOUT', required: true, description: 'Name of a layout, a template, or default', completes: { context: 'layout-transform' } }],
    options: [
      { long: 'force', short: 'f', description: 'Go on with uncommitted changes, which are stashed and restored, and with locked worktrees' },
      { long: 'dry-run', description: 'Print the plan and change nothing' },
      {
        long: 'include',
        description: 'Also move the worktree of this branch, though it has a place of its own',
        value: { name: 'BRANCH', repeatable: true, completes: { context: 'git-worktree-carry' } },
      },
      { long: 'include-all', description: 'Also move all worktrees that have places of their own' },
      { long: 'quiet', short: 'q', description: 'Say nothing but warnings and errors' },
      { long: 'verbose', short: 'v', description: 'Tell each step, and details of hooks', counts: true },
    ],
    load: () => import('../commands/layout-transform'),
  },
];
