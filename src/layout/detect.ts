import { dirname, join } from 'node:path';
import { builtinLayout, type Layout } from './layouts';
import { placeWorktree, type Place } from './place';
import { countFilters } from './template';

export type Detection =
  | { kind: 'detected'; layout: Layout }
  | { kind: 'ambiguous' }
  | { kind: 'no match' }
  | { kind: 'no worktrees' };

export interface Arrangement {
  projectRoot: string;
  bare: boolean;
  worktrees: readonly { path: string; branch: string | undefined; main: boolean }[];
  /** All there are, built-in ones first. */
  layouts: readonly Layout[];
  home: string;
  dataDir: string;
  directoryExists: (path: string) => boolean;
}

/** Recognises a layout by where the worktrees are (worktrees-create.md 5.9). */
export function detectLayout(arrangement: Arrangement): Detection {
  const { projectRoot, bare } = arrangement;
  const here = detectAt(projectRoot, arrangement);
  if (bare || here.kind === 'detected') return here;
  const around = detectAt(rootAround(arrangement), arrangement);
  return around.kind === 'detected' ? around : here;
}

/** The directory around a main working tree: further above where it has the place of a branch with slashes. */
function rootAround({ projectRoot, worktrees }: Arrangement): string {
  const branch = worktrees.find(({ main }) => main)?.branch;
  if (branch?.includes('/') && projectRoot.endsWith(`/${branch}`)) return projectRoot.slice(0, -branch.length - 1) || '/';
  return dirname(projectRoot);
}

function detectAt(layoutRoot: string, arrangement: Arrangement): Detection {
  const { bare, worktrees, projectRoot, directoryExists } = arrangement;
  const place: Place = { layoutRoot, home: arrangement.home, dataDir: arrangement.dataDir };
  const linked = worktrees.filter(({ main }) => !main);
  const candidates = arrangement.layouts
    .filter(({ structure }) => (structure === 'bare') === bare)
    .map((layout) => ({
      layout,
      matches: new Set(linked.filter(({ path, branch }) => branch !== undefined && placeWorktree(layout, branch, place) === path)),
    }))
    .filter(({ matches }) => matches.size > 0);

  const best = candidates
    .filter((one) => candidates.every((other) => [...other.matches].every((worktree) => one.matches.has(worktree))))
    // Sorting is stable: among equals the earlier in the list stays first.
    .toSorted((one, other) => countFilters(one.layout.parsed) - countFilters(other.layout.parsed))[0];
  if (best) return { kind: 'detected', layout: best.layout };

  const main = worktrees.find((worktree) => worktree.main);
  if (!bare && main?.branch !== undefined && projectRoot === join(layoutRoot, main.branch)) {
    return { kind: 'detected', layout: builtinLayout('contained-classic') };
  }
  if (bare && worktrees.some(({ path, branch }) => branch !== undefined && path === join(layoutRoot, branch))) {
    return { kind: 'detected', layout: builtinLayout('contained') };
  }
  if (directoryExists(join(layoutRoot, '.worktrees'))) return { kind: 'detected', layout: builtinLayout('nested') };
  if (linked.length === 0) return { kind: 'no worktrees' };
  return candidates.length > 0 ? { kind: 'ambiguous' } : { kind: 'no match' };
}
