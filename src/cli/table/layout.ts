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
];
