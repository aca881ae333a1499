/** What a shell needs of daft: functions that take the user to a worktree, and completion. Text for shells, from the command table. */

export { completionScript } from './completion-script';
export { shellInit } from './shell-init';
export { type ShellName, shellNames } from './shells';
