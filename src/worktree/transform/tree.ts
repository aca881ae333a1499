import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isWithin } from '../../layout';
import { stagingName } from '../../layout/transform';
import type { Undertaking } from './undertaking';

/** The entries of one working tree that can be renamed as wholes, and the directories that have to be divided for them. */
interface TreeParts {
  /** Relative paths. */
  whole: readonly string[];
  /** Relative paths, parents first. */
  divided: readonly string[];
}

/**
 * Moves the files of a working tree, `.git` excepted, from one directory to another, which may contain it or lie inside
 * it: by way of the staging directory, so that an entry may have the name of a directory on the way. Worktrees that lie
 * among the files stay where they are, and what is around them goes.
 */
export function moveTree(from: string, to: string, worktrees: readonly string[], undertaking: Undertaking): void {
  const staying = worktrees.filter((path) => path !== from && isWithin(path, from));
  const { whole, divided } = partsOf(from, '', [...staying, join(from, '.git'), join(from, stagingName)]);
  const staging = join(undertaking.layoutRoot, stagingName, 'tree');
  undertaking.makeDirectory(staging);
  undertaking.rename(whole.map((path, index) => [join(from, path), join(staging, String(index))]));
  const modes = divided.map((path) => statSync(join(from, path)).mode & 0o7777);
  for (const path of divided.toReversed()) undertaking.removeIfEmpty(join(from, path));
  if (from !== undertaking.layoutRoot && undertaking.removeIfEmpty(from)) undertaking.removeEmpty(dirname(from));

  undertaking.makeDirectory(to);
  divided.forEach((path, index) => undertaking.makeDirectory(join(to, path), modes[index]));
  // The git directory of a collapsed working tree is still where it was.
  const arrival = placeStaged(whole, staging, to, [...worktrees, join(from, '.git')], undertaking);
  undertaking.rename(arrival.moves);
  for (const path of arrival.divided.toReversed()) undertaking.removeIfEmpty(path);
  undertaking.removeEmpty(staging);
}

function partsOf(root: string, below: string, keep: readonly string[]): TreeParts {
  const parts = readdirSync(join(root, below)).flatMap((name): TreeParts[] => {
    const path = join(below, name);
    const absolute = join(root, path);
    if (keep.includes(absolute)) return [];
    if (!keep.some((kept) => isWithin(kept, absolute))) return [{ whole: [path], divided: [] }];
    const { whole, divided } = partsOf(root, path, keep);
    // Without files of its own it is only the way to what stays.
    return whole.length === 0 ? [] : [{ whole, divided: [path, ...divided] }];
  });
  return { whole: parts.flatMap(({ whole }) => whole), divided: parts.flatMap(({ divided }) => divided) };
}

/** Renames into place; a directory that meets one which is there for the sake of what stays is divided, and left empty. */
function placeStaged(
  whole: readonly string[],
  staging: string,
  to: string,
  staying: readonly string[],
  undertaking: Undertaking,
): { moves: (readonly [string, string])[]; divided: string[] } {
  const divided: string[] = [];
  const place = (staged: string, target: string): (readonly [string, string])[] => {
    if (!staying.some((path) => path !== target && isWithin(path, target) && isThere(path))) return [[staged, target]];
    divided.push(staged);
    return readdirSync(staged).flatMap((name) => place(join(staged, name), join(target, name)));
  };
  const moves = whole.flatMap((path, index) => {
    const target = join(to, path);
    undertaking.makeDirectory(dirname(target));
    return place(join(staging, String(index)), target);
  });
  return { moves, divided };
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
