import type { Operation, TransformPlan } from './types';

/** The same plan with the changes of these worktrees, by their paths, stashed before and restored after everything else. */
export function withStashes(plan: TransformPlan, changed: ReadonlySet<string>): TransformPlan {
  const concerned = plan.relocations.filter(({ branch, from }) => branch !== undefined && changed.has(from));
  // A main working tree that stays where it is may still become something else.
  const pivot = plan.pivot;
  const touched = plan.operations.some(({ kind }) => kind === 'register' || kind === 'unregister' || kind === 'move-git');
  const staying = pivot?.branch !== undefined && touched && changed.has(pivot.path) && !concerned.some(({ from }) => from === pivot.path) ? [{ branch: pivot.branch, from: pivot.path, to: pivot.path }] : [];
  const all = [...concerned, ...staying];
  return {
    ...plan,
    operations: [
      ...all.map(({ branch, from }): Operation => ({ kind: 'stash', branch: branch ?? '', path: from })),
      ...plan.operations,
      ...all.map(({ branch, to }): Operation => ({ kind: 'restore', branch: branch ?? '', path: to })),
    ],
  };
}
