/** Short names for commands, as symbolic links to daft and as shell functions: each runs `executable` with `implied` in front. */
export interface Shortcut {
  style: 'git' | 'shell' | 'legacy';
  name: string;
  executable: string;
  implied: readonly string[];
}

const git = (name: string, executable: string, ...implied: string[]): Shortcut => ({ style: 'git', name, executable, implied });
const shell = (name: string, executable: string, ...implied: string[]): Shortcut => ({ style: 'shell', name, executable, implied });
const legacy = (name: string, executable: string, ...implied: string[]): Shortcut => ({ style: 'legacy', name, executable, implied });

export const shortcuts: readonly Shortcut[] = [
  git('gwtclone', 'git-worktree-clone'),
  git('gwtinit', 'git-worktree-init'),
  git('gwtco', 'git-worktree-checkout'),
  git('gwtcb', 'git-worktree-checkout', '-b'),
  git('gwtprune', 'git-worktree-prune'),
  git('gwtcarry', 'git-worktree-carry'),
  git('gwtfetch', 'git-worktree-fetch'),
  git('gwtbd', 'daft-remove'),
  git('gwtsync', 'git-worktree-sync'),
  git('gwtls', 'git-worktree-list'),
  shell('gwco', 'git-worktree-checkout'),
  shell('gwcob', 'git-worktree-checkout', '-b'),
  legacy('gclone', 'git-worktree-clone'),
  legacy('gcw', 'git-worktree-checkout'),
  legacy('gcbw', 'git-worktree-checkout', '-b'),
  legacy('gprune', 'git-worktree-prune'),
];
