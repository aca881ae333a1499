import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Layout } from './layouts';
import { renderTemplate } from './template';

/** What a template is relative to. */
export interface Place {
  /** Directory the layout is relative to; absolute. */
  layoutRoot: string;
  home: string;
  dataDir: string;
}

/** Path of the worktree of a branch: absolute, `.` and `..` removed lexically, links untouched. */
export function placeWorktree(layout: Pick<Layout, 'parsed'>, branch: string, place: Place): string {
  const rendered = renderTemplate(layout.parsed, {
    repo_path: place.layoutRoot,
    repo: basename(place.layoutRoot),
    branch,
    daft_data_dir: place.dataDir,
  });
  const text = rendered.startsWith('~/') ? join(place.home, rendered.slice(2)) : rendered;
  return resolve(dirname(place.layoutRoot), text);
}

/** Why no worktree can be at this path; undefined if one can. */
export function placementProblem(path: string, { layoutRoot, commonDir }: { layoutRoot: string; commonDir: string }): string | undefined {
  if (path === layoutRoot) return `The layout places a worktree at the root of the repository itself: ${path}`;
  // A submodule's own git directory lies in that of the repository around it.
  if (isWithin(path, commonDir) || path.split(sep).includes('.git')) return `The layout places a worktree inside the git directory: ${path}`;
  return undefined;
}

/** Whether `path` is `directory` or below it; both absolute. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
