import { lastMatch, leadsInto, type Pattern } from './patterns';

/** A path below the root of a worktree, with slashes, without one at its end. */
export interface IgnoredPath {
  path: string;
  isDirectory: boolean;
}

export interface WantedPath extends IgnoredPath {
  /** The line it is wanted for. */
  pattern: Pattern;
}

/**
 * What of the ignored paths of a worktree is wanted. A directory that is ignored as a whole is taken as a whole, or not at
 * all: only a line that names the way there (`build/cache`) leads into it. Pure, but for `list`.
 *
 * @param ignored as git tells them, a directory without what is in it
 * @param list what is in such a directory
 */
export function selectWanted(ignored: readonly IgnoredPath[], patterns: readonly Pattern[], list: (directory: string) => readonly IgnoredPath[]): WantedPath[] {
  return ignored.flatMap((found) => {
    const around = patternAround(found.path, patterns);
    return around === undefined ? selectIn(found, patterns, list) : [{ ...found, pattern: around }];
  });
}

/** The line that wants a directory around this path: with it everything below is wanted, as with gitignore. */
function patternAround(path: string, patterns: readonly Pattern[]): Pattern | undefined {
  const names = path.split('/');
  for (let depth = 1; depth < names.length; depth += 1) {
    const pattern = lastMatch(patterns, names.slice(0, depth), true);
    if (pattern?.negated === false) return pattern;
  }
  return undefined;
}

function selectIn(found: IgnoredPath, patterns: readonly Pattern[], list: (directory: string) => readonly IgnoredPath[]): WantedPath[] {
  const names = found.path.split('/');
  const pattern = lastMatch(patterns, names, found.isDirectory);
  if (pattern?.negated === false) return [{ ...found, pattern }];
  if (!found.isDirectory || !patterns.some((candidate) => leadsInto(candidate, names))) return [];
  return list(found.path).flatMap((below) => selectIn(below, patterns, list));
}

/** Whether one of two paths is the other, or around it. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
