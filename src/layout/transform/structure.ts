import { join } from 'node:path';
import type { Structure } from '../layouts';
import type { Operation, Site } from './types';

/** What changes the repository itself, in its order; the linked worktrees move before and after. */
export interface StructureChange {
  operations: readonly Operation[];
  /** Where the pivot is afterwards. */
  pivotPlace: string;
  commonDir: string;
}

/**
 * From one structure to another (worktrees-create.md 11.9).
 *
 * @param place of the pivot by the new layout; the layout root where that is regular
 */
export function changeStructure(
  { from, to, layoutRoot, commonDir }: { from: Structure; to: Structure; layoutRoot: string; commonDir: string },
  pivot: Site,
  place: string,
): StructureChange {
  const branch = pivot.branch ?? 'HEAD';
  const rootGit = join(layoutRoot, '.git');
  const placeGit = join(place, '.git');
  const moveGit = (target: string): Operation => ({ kind: 'move-git', from: commonDir, to: target });
  const collapse: Operation = { kind: 'collapse', branch: pivot.branch, from: pivot.path, to: layoutRoot };
  const nest: Operation = { kind: 'nest', branch, from: layoutRoot, to: place };

  switch (from) {
    case 'bare':
      switch (to) {
        case 'bare':
          return { operations: [], pivotPlace: pivot.path, commonDir };
        case 'regular':
          return {
            operations: [{ kind: 'unregister', branch, path: pivot.path }, collapse, { kind: 'set-bare', bare: false }, { kind: 'attach', branch, path: layoutRoot }],
            pivotPlace: layoutRoot,
            commonDir,
          };
        case 'wrapped':
          return {
            operations: [
              ...(pivot.path === place ? [] : [{ kind: 'move', branch, from: pivot.path, to: place, temporary: false, locked: false } as const]),
              { kind: 'unregister', branch, path: place },
              moveGit(placeGit),
              { kind: 'set-bare', bare: false },
              { kind: 'attach', branch, path: place },
            ],
            pivotPlace: place,
            commonDir: placeGit,
          };
      }
    case 'wrapped':
      switch (to) {
        case 'wrapped':
          return { operations: [], pivotPlace: pivot.path, commonDir };
        case 'regular':
          return { operations: [collapse, moveGit(rootGit)], pivotPlace: layoutRoot, commonDir: rootGit };
        case 'bare':
          return {
            operations: [moveGit(rootGit), { kind: 'set-bare', bare: true }, { kind: 'register', branch, path: pivot.path }],
            pivotPlace: pivot.path,
            commonDir: rootGit,
          };
      }
    case 'regular':
      switch (to) {
        case 'regular':
          return { operations: [], pivotPlace: layoutRoot, commonDir };
        case 'bare':
          return { operations: [nest, { kind: 'set-bare', bare: true }, { kind: 'register', branch, path: place }], pivotPlace: place, commonDir };
        case 'wrapped':
          return { operations: [nest, moveGit(placeGit)], pivotPlace: place, commonDir: placeGit };
      }
  }
}
