import type { ArgumentSpec, CommandSpec, OptionSpec } from '../spec';
import { columnChoices } from './columns';

const createBranch: OptionSpec = { long: 'create-branch', short: 'b', description: 'Create the branch, from the base branch or from where you are' };
const start: OptionSpec = { long: 'start', short: 's', description: 'Create the branch if it does not exist' };
const exec: OptionSpec = {
  long: 'exec',
  short: 'x',
  description: 'Run a command in the worktree at the end, after all hooks',
  value: { name: 'COMMAND', repeatable: true },
};
const stay: OptionSpec = { long: 'no-cd', description: 'Do not change to the worktree' };
const quiet: OptionSpec = { long: 'quiet', short: 'q', description: 'Say nothing but warnings and errors' };
const verbose: OptionSpec = { long: 'verbose', short: 'v', description: 'Tell each step, and details of hooks', counts: true };

/** Of go, start and checkout. */
const checkoutOptions: readonly OptionSpec[] = [
  { long: 'carry', short: 'c', description: 'Take uncommitted changes along to the worktree' },
  { long: 'no-carry', description: 'Leave uncommitted changes where they are' },
  { long: 'at', short: '@', description: 'Place the worktree here instead of where the layout has it', value: { name: 'PATH', completes: 'directories' } },
  { long: 'remote', short: 'r', description: 'Remote whose folder gets the worktree in multi-remote mode', value: { name: 'NAME' } },
  { long: 'local', description: 'Neither fetch nor push, whatever the settings say' },
  exec,
  stay,
  quiet,
  verbose,
];

const requestForms =
  'The head of a pull or merge request is opened by `pr:123`, `mr:123`, or the URL of its page, with the help of gh or glab. ' +
  'The branch then pulls from where the head lives, be it a fork.';

const base: ArgumentSpec = {
  name: 'BASE_BRANCH_NAME',
  required: false,
  description: 'Branch or commit to start from, with -b',
  completes: { context: 'git-worktree-checkout' },
};

export const createCommands: readonly CommandSpec[] = [
  {
    id: 'clone',
    words: ['clone', 'worktree-clone'],
    executables: ['git-worktree-clone'],
    usageName: 'git-worktree-clone',
    summary: 'Clone a repository into a directory of its own',
    description:
      'Clones a repository and makes the worktrees that are asked for: of the default branch, of those named with -b, or of all. ' +
      'Where they go is the affair of the layout.',
    arguments: [{ name: 'REPOSITORY_URL', required: true, description: 'URL or path to clone from' }],
    options: [
      { long: 'branch', short: 'b', description: 'Branch to check out; HEAD and @ mean the default branch', value: { name: 'BRANCH', repeatable: true, completes: { choices: ['HEAD', '@'] } } },
      { long: 'all-branches', short: 'a', description: 'Make a worktree for every branch of the remote' },
      { long: 'no-checkout', short: 'n', description: 'Make a bare repository and no worktree' },
      { long: 'layout', description: 'Name of a layout, or a template', value: { name: 'LAYOUT', completes: { context: 'layout-value' } } },
      { long: 'remote', short: 'r', description: 'Turn on multi-remote mode with this remote folder', value: { name: 'NAME' } },
      { long: 'trust-hooks', description: 'Trust the hooks of the repository before the first of them runs' },
      { long: 'no-hooks', description: 'Run no hooks' },
      {
        long: 'columns',
        description: 'Columns of the table that a clone of several branches shows, or changes of the defaults: `+owner,-age`',
        value: { name: 'COLUMNS', completes: { choices: columnChoices } },
      },
      exec,
      stay,
      quiet,
      verbose,
    ],
    load: () => import('../commands/clone'),
  },
  {
    id: 'init',
    words: ['init', 'worktree-init'],
    executables: ['git-worktree-init'],
    usageName: 'git-worktree-init',
    summary: 'Make a new repository with a worktree for its first branch',
    description:
      'Makes a repository in a directory of its own below this one, in the structure of the layout, with a worktree for the initial branch. ' +
      'If nothing says which layout, it is `contained`. No hooks are run.',
    arguments: [{ name: 'REPOSITORY_NAME', required: true, description: 'Name of the directory to make' }],
    options: [
      { long: 'initial-branch', short: 'b', description: 'Initial branch; else init.defaultBranch of git, else master', value: { name: 'NAME' } },
      { long: 'bare', description: 'Make a bare repository and no worktree' },
      { long: 'layout', description: 'Name of a layout, or a template', value: { name: 'LAYOUT', completes: { context: 'layout-value' } } },
      { long: 'remote', short: 'r', description: 'Turn on multi-remote mode with this remote folder', value: { name: 'NAME' } },
      exec,
      stay,
      quiet,
      verbose,
    ],
    load: () => import('../commands/init'),
  },
  {
    id: 'go',
    words: ['go'],
    executables: ['daft-go'],
    usageName: 'daft go',
    summary: 'Open the worktree of an existing branch',
    description:
      'Takes you to the worktree of a branch, and makes it first if there is none: for a local branch or one of the remote. ' +
      '`-` leads back to the worktree you came from.\n\n' +
      requestForms,
    arguments: [{ name: 'BRANCH', required: true, description: 'Branch or request to open, or -', completes: { context: 'daft-go' } }, base],
    options: [createBranch, start, ...checkoutOptions],
    load: () => import('../commands/go'),
  },
  {
    id: 'start',
    words: ['start'],
    executables: ['daft-start'],
    usageName: 'daft start',
    summary: 'Create a branch and its worktree',
    description:
      'Creates a branch from another one, or from where you are, in a worktree of its own. Uncommitted changes come along ' +
      'unless you say otherwise.',
    arguments: [
      { name: 'NEW_BRANCH', required: true, description: 'Branch to create', completes: { context: 'daft-start' } },
      { name: 'BASE', required: false, description: 'Branch or commit to start from', completes: { context: 'daft-start' } },
    ],
    options: checkoutOptions,
    load: () => import('../commands/start'),
  },
  {
    id: 'checkout',
    words: ['worktree-checkout'],
    executables: ['git-worktree-checkout'],
    usageName: 'git-worktree-checkout',
    summary: 'Open the worktree of a branch, or create both',
    description:
      'Takes you to the worktree of a branch, making it if there is none; with -b the branch is made as well, from the base ' +
      'branch or from where you are. `-` leads back to the worktree you came from.\n\n' +
      requestForms,
    arguments: [{ name: 'BRANCH', required: true, description: 'Branch to open or create, request to open, or -', completes: { context: 'git-worktree-checkout' } }, base],
    options: [createBranch, start, ...checkoutOptions],
    load: () => import('../commands/checkout'),
  },
  {
    id: 'carry',
    words: ['carry', 'worktree-carry'],
    executables: ['git-worktree-carry'],
    usageName: 'git-worktree-carry',
    summary: 'Move or copy uncommitted changes to other worktrees',
    description:
      'Takes the uncommitted changes of this worktree, staged, unstaged and untracked, to another one: a branch, the path of a worktree, ' +
      'or the last part of such a path. To one worktree they are moved; with --copy, or to several, they are copied and stay here as well. ' +
      'What could not be applied cleanly is kept in the stash.',
    arguments: [{ name: 'TARGET', required: true, variadic: true, description: 'Worktree that gets the changes', completes: { context: 'git-worktree-carry' } }],
    options: [{ long: 'copy', short: 'c', description: 'Keep the changes here, too' }, verbose],
    load: () => import('../commands/carry'),
  },
  {
    id: 'warm',
    words: ['warm'],
    executables: [],
    usageName: 'daft warm',
    summary: 'Copy build caches and other ignored files from another worktree',
    description:
      'Copies what git ignores, such as node_modules, into this worktree from another one that has it: the paths given, or those that ' +
      '`copy` in daft.yml and the file .worktreeinclude name. What is here already stays as it is. Where the file system can, the copy ' +
      'shares its blocks with the original. New worktrees get such copies by themselves, before their worktree-post-create hook runs.',
    arguments: [{ name: 'PATH', required: false, variadic: true, description: 'What to copy, with `*` and `?` if you like', completes: 'files' }],
    options: [
      { long: 'from', description: 'Copy from this worktree only', value: { name: 'BRANCH', completes: { context: 'git-worktree-carry' } } },
      { long: 'dry-run', description: 'Say what would be copied, and change nothing' },
      quiet,
      { ...verbose, description: 'Tell each step' },
    ],
    load: () => import('../commands/warm'),
  },
  {
    id: 'adopt',
    words: ['adopt', 'worktree-flow-adopt'],
    executables: ['git-worktree-flow-adopt'],
    usageName: 'git-worktree-flow-adopt',
    summary: 'Make a container for worktrees of an ordinary repository',
    description:
      'Turns an ordinary repository into a bare one with a worktree of the current branch inside; uncommitted changes are there ' +
      'afterwards, and linked worktrees stay where they are. An older spelling of `daft layout transform contained`.',
    arguments: [{ name: 'REPOSITORY_PATH', required: false, description: 'A directory in the repository', completes: 'directories' }],
    options: [
      { long: 'dry-run', description: 'Say what would be done and change nothing' },
      { long: 'trust-hooks', description: 'Trust the hooks of the repository before the first of them runs' },
      { long: 'no-hooks', description: 'Run no hooks' },
      quiet,
      verbose,
    ],
    load: () => import('../commands/adopt'),
  },
  {
    id: 'eject',
    words: ['eject', 'worktree-flow-eject'],
    executables: ['git-worktree-flow-eject'],
    usageName: 'git-worktree-flow-eject',
    summary: 'Make an ordinary repository of a container, removing all worktrees but one',
    description:
      'Turns a bare repository with worktrees back into an ordinary one. One worktree is kept, with its uncommitted changes; all ' +
      'others are removed, and their branches stay. `daft layout transform sibling` keeps them all.',
    arguments: [{ name: 'REPOSITORY_PATH', required: false, description: 'A directory in the repository', completes: 'directories' }],
    options: [
      { long: 'branch', short: 'b', description: 'Branch whose worktree is kept', value: { name: 'BRANCH', completes: { context: 'git-worktree-carry' } } },
      { long: 'force', short: 'f', description: 'Discard uncommitted changes of the worktrees that go, and remove locked ones' },
      { long: 'dry-run', description: 'Say what would be done and change nothing' },
      quiet,
      verbose,
    ],
    load: () => import('../commands/eject'),
  },
];
