import { basename, dirname } from 'node:path';
import type { Ground, Operation, TransformPlan } from './types';

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

/**
 * The ground while changes are stashed: committed files that somebody has deleted are back at their places.
 *
 * @param returning their absolute paths
 */
export function groundWhileStashed(ground: Ground, returning: readonly string[]): Ground {
  const kinds = new Map<string, 'directory' | 'other'>();
  const entries = new Map<string, Set<string>>();
  for (const path of returning) {
    kinds.set(path, 'other');
    for (let at = path; dirname(at) !== at; at = dirname(at)) {
      const names = entries.get(dirname(at)) ?? new Set();
      entries.set(dirname(at), names.add(basename(at)));
      if (at !== path) kinds.set(at, 'directory');
    }
  }
  const isBelowFile = (path: string): boolean => dirname(path) !== path && (kinds.get(dirname(path)) === 'other' || isBelowFile(dirname(path)));
  return {
    kindOf(path) {
      const kind = ground.kindOf(path);
      if (kind !== 'absent') return kind;
      return kinds.get(path) ?? (isBelowFile(path) ? 'unreachable' : 'absent');
    },
    entries(directory) {
      const present = ground.kindOf(directory) === 'absent' ? [] : ground.entries(directory);
      return [...new Set([...present, ...(entries.get(directory) ?? [])])];
    },
  };
}
