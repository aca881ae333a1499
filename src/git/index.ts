/** The one place that speaks to git: a question runner, parsers of its machine formats, and long-running porcelain. */
export { findBlob, readBlob } from './blobs';
export type { Blob } from './blobs';
export { deleteBranch } from './delete-branch';
export { inTurn } from './in-turn';
export { askPatiently, isTransient } from './patience';
export { chooseDefaultBranch, findBranchHere, findCurrentBranch, findDefaultBranch, listBranches, parseSymref, readRef, readRefs } from './refs';
export { readReflogStart } from './reflog';
export type { ReflogEntry } from './reflog';
export { findRepository, readConfigList, readGlobalConfigList, surveyRepository } from './repository';
export type { Repository, Survey } from './repository';
export { createGit, gitFailure, gitsComplaint } from './run';
export type { AskOptions, Git, GitAnswer } from './run';
export { transfer } from './transfer';
export type { TransferOptions, TransferProgress } from './transfer';
export { isAtLeast, requireGitVersion } from './version';
export type { GitVersion } from './version';
export { listWorktrees, privateGitDir } from './worktrees';
export type { Worktree } from './worktrees';
