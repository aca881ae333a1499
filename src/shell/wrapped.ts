/** Which words go through the wrapper that follows daft to another directory: the same for every shell. */

import { shortcuts } from '../cli/shortcuts';

/** As `git <word>` and `daft <word>`, and as a function `git-<word>` of its own. */
export const wrappedWorktreeWords = [
  'worktree-clone',
  'worktree-init',
  'worktree-carry',
  'worktree-prune',
  'worktree-fetch',
  'worktree-branch',
  'worktree-branch-delete',
  'worktree-flow-adopt',
  'worktree-flow-eject',
  'worktree-sync',
  'worktree-checkout',
] as const;

export const wrappedVerbs = ['clone', 'init', 'go', 'start', 'carry', 'update', 'prune', 'sync', 'remove', 'rename', 'adopt', 'eject', 'layout'] as const;

/** Functions that run the wrapper with these words in front of their own arguments. */
export const plainFunctions: readonly { name: string; words: readonly string[] }[] = [
  ...wrappedWorktreeWords.map((word) => ({ name: `git-${word}`, words: [word] })),
  ...shortcuts.map(({ name, executable, implied }) => ({ name, words: [executable.replace(/^(git|daft)-/, ''), ...implied] })),
  { name: 'gwtrn', words: ['rename'] },
];

/** Functions that open the default branch, or branch off it: it becomes the first or the last argument. */
export const defaultBranchFunctions = [
  { name: 'gwtcm', words: ['worktree-checkout'], place: 'first' },
  { name: 'gwtcbm', words: ['worktree-checkout', '-b'], place: 'last' },
  { name: 'gwcobd', words: ['worktree-checkout', '-b'], place: 'last' },
  { name: 'gcbdw', words: ['worktree-checkout', '-b'], place: 'last' },
] as const;

export const aliasesOnRequest = [
  { name: 'gwclone', command: 'git-worktree-clone' },
  { name: 'gwinit', command: 'git-worktree-init' },
  { name: 'gwco', command: 'git-worktree-checkout' },
  { name: 'gwcob', command: 'git-worktree-checkout -b' },
  { name: 'gwcarry', command: 'git-worktree-carry' },
  { name: 'gwprune', command: 'git-worktree-prune' },
] as const;
