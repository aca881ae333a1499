import type { CommandSpec } from '../spec';

const shells = ['bash', 'zsh', 'fish'] as const;

export const shellCommands: readonly CommandSpec[] = [
  {
    id: 'shell-init',
    words: ['shell-init'],
    executables: [],
    usageName: 'daft shell-init',
    summary: 'Print the shell functions that change to the worktree daft prepared',
    description:
      'Prints functions for your shell: wrappers for daft and git that change to the worktree a command opened, short names for ' +
      'the commands, and their completion. Add the line of your shell to its configuration:\n\n' +
      '    bash   eval "$(daft shell-init bash)"\n' +
      '    zsh    eval "$(daft shell-init zsh)"\n' +
      '    fish   daft shell-init fish | source',
    arguments: [{ name: 'SHELL', required: true, description: 'Shell to print for', choices: shells }],
    options: [{ long: 'aliases', description: 'Also aliases: gwclone, gwinit, gwco, gwcob, gwcarry, gwprune' }],
    load: () => import('../commands/shell-init'),
  },
  {
    id: 'completions',
    words: ['completions'],
    executables: [],
    usageName: 'daft completions',
    summary: 'Print the completion scripts of all commands',
    description: 'Prints the completion of daft and of all its commands. `daft shell-init` contains it already.',
    arguments: [{ name: 'TARGET', required: true, description: 'Shell to print for', choices: shells }],
    options: [],
    load: () => import('../commands/completions'),
  },
];
