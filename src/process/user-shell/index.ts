/** Commands as the user would type them: in their shell, with their aliases and functions (worktrees-manage.md 12.3). */
export { openUserShell, type ShellCommand, type UserShell, type UserShellOptions } from './user-shell';
