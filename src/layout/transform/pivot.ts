import type { Goal, Premises, Refusal, Site } from './types';

export type ChosenPivot = { kind: 'pivot'; site: Site } | { kind: 'none' } | Refusal;

/** The worktree that carries the root role over (worktrees-create.md 11.2). */
export function choosePivot(premises: Premises, goal: Goal): ChosenPivot {
  return premises.structure === 'bare' ? pivotOfBare(premises, goal) : pivotOfMain(premises, goal);
}

function pivotOfMain({ sites, structure }: Premises, goal: Goal): ChosenPivot {
  const site = sites.find(({ main }) => main);
  if (!site) return { kind: 'refused', message: 'The main working tree of this repository is missing' };
  if (goal.structure === 'regular') return { kind: 'pivot', site };
  if (site.branch === undefined) {
    return {
      kind: 'refused',
      message: `HEAD is detached in the main working tree '${site.path}', which needs a branch to get its place by`,
      hint: 'To put it on one: git switch <branch>',
    };
  }
  if (structure === 'wrapped' && goal.structure === 'wrapped' && goal.place(site.branch) !== site.path) {
    return {
      kind: 'refused',
      message: `git cannot move a main working tree, and the one at '${site.path}' is on '${site.branch}', whose place is '${goal.place(site.branch)}'`,
      hint: 'It takes two steps. The first: daft layout transform sibling',
    };
  }
  return { kind: 'pivot', site };
}

function pivotOfBare({ sites, defaultBranch = 'main' }: Premises, goal: Goal): ChosenPivot {
  if (goal.structure === 'bare') return { kind: 'none' };
  const onBranches = sites.filter(({ branch }) => branch !== undefined);
  const wanted = goal.pivot ?? defaultBranch;
  const own = onBranches.find(({ branch }) => branch === wanted) ?? (onBranches.length === 1 ? onBranches[0] : undefined);
  if (own) return own.lock === undefined ? { kind: 'pivot', site: own } : lockedPivot(own, own.lock);
  return onBranches.length === 0
    ? {
        kind: 'refused',
        message: 'This layout needs a worktree at the repository root, and there is no worktree on a branch',
        hint: `To create one: daft go ${defaultBranch}`,
      }
    : {
        kind: 'refused',
        message: `The default branch '${defaultBranch}' has no worktree to become the main working tree`,
        hint: `To create it: daft go ${defaultBranch}`,
      };
}

/** A main working tree cannot be locked, so the lock would be lost on the way. */
function lockedPivot({ branch = '', path }: Site, reason: string): Refusal {
  return {
    kind: 'refused',
    message: `Worktree '${branch}' is locked${reason === '' ? '' : ` (${reason})`}, and cannot become the main working tree`,
    hint: `To unlock it: git worktree unlock '${path}'`,
  };
}

/** A word about a main working tree that is not on the default branch, and gets another place. */
export function noticeOf(pivot: Site | undefined, place: string, { sites, structure, defaultBranch }: Premises): string | undefined {
  if (pivot?.branch === undefined || pivot.branch === defaultBranch || pivot.path === place) return undefined;
  const what = structure === 'bare' ? `'${pivot.branch}' becomes the main working tree at ${place}` : `The main working tree is on '${pivot.branch}' and moves to ${place}`;
  if (defaultBranch === undefined) return what;
  const keeps = sites.some((site) => site !== pivot && site.branch === defaultBranch);
  return `${what}; the default branch '${defaultBranch}' ${keeps ? 'keeps its own linked worktree' : 'has no worktree'}`;
}
