import { lastOption, listedStatuses, olderThanOption, timeoutOption } from '../commands/hooks-jobs-options';
import { structuredOptions } from '../structured-output';
import type { ArgumentSpec, CommandSpec, OptionSpec } from '../spec';

const address: ArgumentSpec = {
  name: 'ADDRESS',
  required: false,
  description: 'job, invocation:job, worktree:job or worktree:invocation:job',
  completes: { context: 'hooks-jobs-job' },
};

const inv: OptionSpec = {
  long: 'inv',
  description: 'Invocation, by the beginning of its id',
  value: { name: 'PREFIX' },
};

const howToAddress =
  'A job is addressed by its name, meaning the newest invocation of the current worktree that has such a job; more exactly by ' +
  '`<invocation>:<job>`, `<worktree>:<job>` or `<worktree>:<invocation>:<job>`, where an invocation is the beginning of its id.';

const pruneOptions: readonly OptionSpec[] = [
  { long: 'older-than', description: "Remove jobs older than this (30d, 12h), in place of every job's own retention", value: { name: 'DUR' } },
  { long: 'dry-run', description: 'Show what would be removed, and change nothing' },
  { long: 'all', description: 'All repositories, those that exist no more included' },
];

export const jobsCommands: readonly CommandSpec[] = [
  {
    id: 'hooks jobs',
    words: ['hooks jobs', 'hooks jobs list'],
    executables: [],
    usageName: 'daft hooks jobs',
    summary: 'List recorded hook jobs, running and past',
    description:
      'Shows what hooks have run in the current worktree: one section per worktree, its invocations from the oldest to the newest, ' +
      'and their jobs. Filters select invocations: one that has a job of the status is shown with all its jobs.\n\n' +
      'With --failed or --last, the last three lines that a failed job printed stand below it. As failed count, for --failed, jobs ' +
      'that failed, that were cancelled, and that crashed.',
    arguments: [],
    options: [
      { long: 'all', description: 'All worktrees, deleted ones included', conflictsWith: ['worktree'] },
      {
        long: 'worktree',
        description: 'Only this worktree, which need not exist any more',
        value: { name: 'NAME', completes: { context: 'hooks-jobs-worktree' } },
      },
      { long: 'status', description: 'Only invocations with such a job', value: { name: 'STATUS', choices: listedStatuses } },
      {
        long: 'failed',
        description: 'Only invocations with a failed, cancelled or crashed job; shows how failed ones ended',
        conflictsWith: ['status'],
      },
      lastOption,
      {
        long: 'hook',
        description: 'Only invocations of this hook',
        value: { name: 'TYPE', completes: { context: 'hooks-jobs-hook-filter' } },
      },
      ...structuredOptions('tabular'),
    ],
    optionsBeforeSubcommand: true,
    load: () => import('../commands/hooks-jobs-list'),
  },
  {
    id: 'hooks jobs logs',
    words: ['hooks jobs logs'],
    executables: [],
    usageName: 'daft hooks jobs logs',
    summary: 'Show the record and the output of a job',
    description: `Prints what is recorded about a job and its output so far, through the pager on a terminal.\n\n${howToAddress}`,
    arguments: [{ ...address, required: true }],
    options: [inv, { long: 'follow', short: 'f', description: 'Go on with new output until the job has ended; exit by its outcome' }],
    load: () => import('../commands/hooks-jobs-logs'),
  },
  {
    id: 'hooks jobs wait',
    words: ['hooks jobs wait'],
    executables: [],
    usageName: 'daft hooks jobs wait',
    summary: 'Wait until jobs have ended',
    description:
      'Waits for one job, for all jobs of an invocation or of the repository, or, without argument, for all active jobs of the ' +
      'current worktree, and prints a line as each one ends. Exits with 0 if all of them completed, with 1 if one did not, with ' +
      `124 if time was up first.\n\n${howToAddress}`,
    arguments: [address],
    options: [
      inv,
      { long: 'all', description: 'All active jobs of the repository', conflictsWith: ['inv', 'ADDRESS'] },
      timeoutOption,
    ],
    load: () => import('../commands/hooks-jobs-wait'),
  },
  {
    id: 'hooks jobs cancel',
    words: ['hooks jobs cancel'],
    executables: [],
    usageName: 'daft hooks jobs cancel',
    summary: 'Stop running jobs and drop pending ones',
    description:
      `Asks the processes of a job to end (SIGTERM), and kills what is left of them after 5 seconds. Jobs that need a cancelled ` +
      `one are not run.\n\n${howToAddress}\n\n` +
      'Instead of an address, --inv, --worktree, --hook and --older-than select among the active jobs of the whole repository, ' +
      'those of other worktrees included; a job has to pass all that are given.',
    arguments: [address],
    options: [
      inv,
      {
        long: 'worktree',
        description: 'Only jobs of this worktree, which need not exist any more',
        value: { name: 'NAME', completes: { context: 'hooks-jobs-worktree' } },
        conflictsWith: ['ADDRESS'],
      },
      {
        long: 'hook',
        description: 'Only jobs of this hook',
        value: { name: 'TYPE', completes: { context: 'hooks-jobs-hook-filter' } },
        conflictsWith: ['ADDRESS'],
      },
      { ...olderThanOption, conflictsWith: ['ADDRESS'] },
      {
        long: 'all',
        description: 'All active jobs of the repository',
        conflictsWith: ['inv', 'worktree', 'hook', 'older-than', 'ADDRESS'],
      },
      { long: 'kill', description: 'Kill the processes at once (SIGKILL) instead of asking them to end' },
    ],
    load: () => import('../commands/hooks-jobs-cancel'),
  },
  {
    id: 'hooks jobs retry',
    words: ['hooks jobs retry'],
    executables: [],
    usageName: 'daft hooks jobs retry',
    summary: 'Run failed and cancelled jobs again',
    description:
      'Runs jobs of an earlier invocation again, as a new invocation: those that failed, crashed, were cancelled, or were held back ' +
      'because of such a job. The target is a hook, the beginning of an invocation id, or a job; without one it is the newest ' +
      'invocation of the worktree.',
    arguments: [
      { name: 'TARGET', required: false, description: 'Hook, invocation or job to retry', completes: { context: 'hooks-jobs-retry' } },
    ],
    options: [
      {
        long: 'hook',
        description: 'Newest invocation of this hook',
        value: { name: 'HOOK', completes: { context: 'hooks-jobs-hook-filter' } },
        conflictsWith: ['inv', 'job', 'TARGET'],
      },
      { ...inv, conflictsWith: ['job', 'TARGET'] },
      { long: 'job', description: 'Newest failed job of this name', value: { name: 'NAME' }, conflictsWith: ['TARGET'] },
      {
        long: 'worktree',
        description: 'Look in this worktree instead of the current one',
        value: { name: 'NAME', completes: { context: 'hooks-jobs-retry-worktree' } },
      },
      { long: 'cwd', description: 'Run the jobs in this directory', value: { name: 'DIR', completes: 'directories' } },
    ],
    load: () => import('../commands/hooks-jobs-retry'),
  },
  {
    id: 'hooks jobs pin',
    words: ['hooks jobs pin'],
    executables: [],
    usageName: 'daft hooks jobs pin',
    summary: 'Keep an invocation, whatever its age and size',
    description: `Clean-up leaves a pinned invocation alone: neither age nor the budget removes it or one of its jobs.\n\n${howToAddress}`,
    arguments: [address],
    options: [inv],
    load: () => import('../commands/hooks-jobs-pin'),
  },
  {
    id: 'hooks jobs unpin',
    words: ['hooks jobs unpin'],
    executables: [],
    usageName: 'daft hooks jobs unpin',
    summary: 'Let clean-up have a pinned invocation again',
    description: `Takes back \`daft hooks jobs pin\`.\n\n${howToAddress}`,
    arguments: [address],
    options: [inv],
    load: () => import('../commands/hooks-jobs-unpin'),
  },
  {
    id: 'hooks jobs prune',
    words: ['hooks jobs prune'],
    executables: [],
    usageName: 'daft hooks jobs prune',
    summary: 'Remove old job logs now',
    description:
      'Does at once what happens in the background once a day: cuts logs that are too long, removes jobs older than their retention ' +
      '(`log.retention`, 7 days unless set), and then whole invocations, oldest first, until the repository fits its budget. The last ' +
      'invocations of each worktree stay in any case, and so do those that are pinned or still running. Unless a retention is set, ' +
      'failed jobs are kept for 14 days.',
    arguments: [],
    options: pruneOptions,
    load: () => import('../commands/hooks-jobs-prune'),
  },
  {
    id: 'hooks jobs clean',
    words: ['hooks jobs clean'],
    executables: [],
    usageName: 'daft hooks jobs clean',
    summary: 'Former name of `daft hooks jobs prune`',
    description: 'Use `daft hooks jobs prune`.',
    arguments: [],
    options: pruneOptions,
    hidden: true,
    load: () => import('../commands/hooks-jobs-clean'),
  },
  {
    id: '__clean-logs',
    words: ['__clean-logs'],
    executables: [],
    usageName: 'daft __clean-logs',
    summary: 'Remove old job logs of all repositories',
    description: 'Started by daft itself, once a day.',
    arguments: [],
    options: [],
    hidden: true,
    load: () => import('../commands/clean-logs'),
  },
  {
    id: '__finish-prune',
    words: ['__finish-prune'],
    executables: [],
    usageName: 'daft __finish-prune',
    summary: 'Delete what a prune put aside',
    description: 'Started by `daft hooks jobs prune` where there is much to delete.',
    arguments: [{ name: 'REPO-ID', required: true, variadic: true, description: 'Repositories, by the ids of their stores' }],
    options: [],
    hidden: true,
    load: () => import('../commands/finish-prune'),
  },
];
