/** Takes branches away: their worktrees, their refs, and on demand what the remote has of them (worktrees-manage.md 6). */
export { surveyBranches, type BranchSurvey } from '../branches';
export { removeBranches, removeRemoteBranches, type RemovalRequest } from './remove-branches';
export { resolveTargets, type Target } from './targets';
export type { RemovalServices } from './services';
