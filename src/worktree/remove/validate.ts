import type { Git, Survey } from '../../git';
import { isWithin } from '../../layout';
import type { Refs } from '../branches';
import { isPaused } from '../carry';
import { isDirty } from '../is-dirty';
import { isMerged } from './merged';
import type { Target } from './targets';

/** What may be removed of a branch. */
export interface Permit extends Target {
  /** The default branch itself always stays. */
  scope: 'everything' | 'worktree only';
  /** Commit of the branch when it was judged. */
  tip: string;
}

export type Verdict = { kind: 'permitted'; permit: Permit } | { kind: 'refused'; branch: string; reason: string };

export interface Validation {
  survey: Survey;
  refs: Refs;
  remote: string;
  defaultBranch: string;
  /** Skips the checks that only protect work. */
  forced: boolean;
}

/** Judges one branch; the first check that fails is the reason (worktrees-manage.md 6.2). */
export async function validate(git: Git, target: Target, { survey, refs, remote, defaultBranch, forced }: Validation): Promise<Verdict> {
  const { branch, worktree } = target;
  const { commonDir } = survey.repository;
  const refuse = (reason: string): Verdict => ({ kind: 'refused', branch, reason });
  const isDefault = branch === defaultBranch;

  const tip = refs.ids.get(`refs/heads/${branch}`);
  if (tip === undefined) return refuse('branch not found');
  if (isDefault && !forced) return refuse(refusalOfDefault(branch));
  if (worktree?.main) return refuse('this is the main working tree; `daft layout transform` turns it into one that can be removed');
  if (isDefault && worktree === undefined) return refuse(`the default branch '${branch}' has no worktree to remove`);
  const inner = worktree && survey.worktrees.find(({ path, missing }) => !missing && path !== worktree.path && isWithin(path, worktree.path));
  if (inner !== undefined) return refuse(`its worktree contains another one, ${inner.branch === undefined ? 'with a detached HEAD' : `of '${inner.branch}'`}: ${inner.path}`);
  if (forced) return { kind: 'permitted', permit: { ...target, tip, scope: isDefault ? 'worktree only' : 'everything' } };

  const [dirty, merged] = await Promise.all([worktree !== undefined && isDirty(git, worktree), isMergedIntoDefault(tip)]);
  if (dirty) return refuse('has uncommitted changes in worktree (use -D to force)');
  // What a rebase has made so far is on no branch yet, and its worktree may be clean.
  if (worktree && isPaused(worktree, survey.repository)) return refuse('has uncommitted changes in worktree: a rebase, merge or the like is under way (use -D to force)');
  if (!merged) return refuse(`not merged into '${defaultBranch}' (use -D to force)`);
  const published = refs.ids.get(`refs/remotes/${remote}/${branch}`);
  if (published !== undefined && published !== tip) return refuse('local and remote branches are out of sync (use -D to force)');
  return { kind: 'permitted', permit: { ...target, tip, scope: 'everything' } };

  /** A local default branch that lags behind is no reason to refuse. */
  async function isMergedIntoDefault(commit: string): Promise<boolean> {
    const known = [`refs/heads/${defaultBranch}`, `refs/remotes/${remote}/${defaultBranch}`].map((ref) => refs.ids.get(ref));
    for (const into of new Set(known)) {
      if (into !== undefined && (await isMerged(git, commonDir, { tip: commit, target: into }))) return true;
    }
    return false;
  }
}

export function refusalOfDefault(branch: string): string {
  return `refusing to delete the default branch '${branch}' (use --force to remove the worktree only)`;
}
