import { structuredOptions } from '../structured-output';
import type { CommandSpec, OptionSpec } from '../spec';

const migrating: readonly OptionSpec[] = [
  { long: 'dry-run', description: 'Show what would be moved, and change nothing' },
  { long: 'force', short: 'f', description: 'Do not ask' },
];

export const multiRemoteCommands: readonly CommandSpec[] = [
  {
    id: 'multi-remote',
    words: ['multi-remote', 'multi-remote status'],
    executables: [],
    usageName: 'daft multi-remote',
    summary: 'Show how worktrees are grouped by remote, or change it',
    description:
      'In multi-remote mode the worktrees of a bare layout lie in a folder for each remote: `origin/main`, `fork/main`. ' +
      'Without a subcommand, shows mode, remotes and worktrees.',
    arguments: [],
    options: structuredOptions('sectioned'),
    load: () => import('../commands/multi-remote'),
  },
  {
    id: 'multi-remote enable',
    words: ['multi-remote enable'],
    executables: [],
    usageName: 'daft multi-remote enable',
    summary: 'Move worktrees into the folders of their remotes',
    description: 'Turns the mode on. Each worktree goes to the folder of the remote that its branch tracks, else to that of the default remote. If one cannot be moved, all stay.',
    arguments: [],
    options: [{ long: 'default', description: 'Default remote; else origin', value: { name: 'REMOTE' } }, ...migrating],
    load: () => import('../commands/multi-remote-enable'),
  },
  {
    id: 'multi-remote disable',
    words: ['multi-remote disable'],
    executables: [],
    usageName: 'daft multi-remote disable',
    summary: 'Move worktrees out of the folders of their remotes',
    description: 'Turns the mode off: the inverse of enable.',
    arguments: [],
    options: migrating,
    load: () => import('../commands/multi-remote-disable'),
  },
  {
    id: 'multi-remote set-default',
    words: ['multi-remote set-default'],
    executables: [],
    usageName: 'daft multi-remote set-default',
    summary: 'Choose the remote of branches that track none',
    description: 'Its folder gets the worktrees of branches that track no remote.',
    arguments: [{ name: 'REMOTE', required: true, description: 'Name of a remote' }],
    options: [],
    load: () => import('../commands/multi-remote-set-default'),
  },
  {
    id: 'multi-remote move',
    words: ['multi-remote move'],
    executables: [],
    usageName: 'daft multi-remote move',
    summary: 'Move a worktree to the folder of another remote',
    description: 'Moves the worktree, and if you like its branch as well: sets its upstream, pushes it, deletes it on the old remote.',
    arguments: [{ name: 'BRANCH|PATH', required: true, description: 'Branch, or path of a worktree', completes: { context: 'daft-rename' } }],
    options: [
      { long: 'to', description: 'Remote whose folder gets the worktree', value: { name: 'REMOTE' }, required: true },
      { long: 'set-upstream', description: 'Let the branch track the remote' },
      { long: 'push', description: 'Push the branch to the remote' },
      { long: 'delete-old', description: 'Delete the branch on the old remote, once it has been pushed' },
      ...migrating,
    ],
    load: () => import('../commands/multi-remote-move'),
  },
];
