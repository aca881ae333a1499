import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { inGroups, inTurn, type Git } from '../../git';

export interface Changes {
  /** Something is modified, staged or untracked. */
  any: boolean;
  /** `.gitignore` at the top is, which does not count as a change where worktrees only move. */
  ignoreFile: boolean;
  /** Whether git can stash them: not while there are conflicts, files that are only meant to be added, or no commit. */
  stashable: boolean;
  /** Committed files that are not there, which a stash brings back for a while. */
  absent: readonly string[];
}

const question = ['-c', 'status.relativePaths=true', 'status', '--porcelain=v2', '-z', '--branch', '--untracked-files=normal', '--ignored=no'];

/** A git for each worktree, this many at a time: on a large machine, not so many that nothing else gets a turn. */
const atOnce = Math.min(8, Math.max(2, availableParallelism()));

/**
 * Uncommitted changes of worktrees, by their paths. What daft itself leaves in a working tree for the sake of worktrees
 * inside does not count (worktrees-create.md 11.4).
 *
 * @param artifacts names of top-level directories
 */
export async function readAllChanges(
  git: Git,
  worktrees: readonly { path: string }[],
  artifacts: ReadonlySet<string>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, Changes>> {
  const paths = worktrees.map(({ path }) => path);
  const ask = (group: readonly string[]) => {
    signal?.throwIfAborted();
    return git.askEach(group, question);
  };
  const answers = (await inTurn(inGroups(paths, atOnce), atOnce, ask)).flat();
  signal?.throwIfAborted();
  const changes = new Map<string, Changes>();
  for (const [at, path] of paths.entries()) {
    const { exitCode, stdout } = answers[at] ?? { exitCode: 1, stdout: '' };
    // It says why when it is asked alone.
    const text = exitCode === 0 ? stdout : await git.run(path, question, `Failed to look for uncommitted changes in '${path}'`, { env: { GIT_CEILING_DIRECTORIES: dirname(path) } });
    changes.set(path, parseChanges(text, artifacts));
  }
  return changes;
}

/** @param text `status --porcelain=v2 -z --branch` */
export function parseChanges(text: string, artifacts: ReadonlySet<string>): Changes {
  const absent: string[] = [];
  const changes: Changes = { any: false, ignoreFile: false, stashable: !text.includes('# branch.oid (initial)\0'), absent };
  const entries = text.split('\0');
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? '';
    const [kind, states = ''] = entry.split(' ', 2);
    if (kind === '2') absent.push(entries[(index += 1)] ?? ''); // the path it was renamed from
    if (kind === '#' || kind === undefined || kind === '') continue;
    if (kind === 'u' || states === '.A') changes.stashable = false;
    const path = pathOf(entry);
    if (kind === '1' && /^(D.|[^A]D)$/.test(states)) absent.push(path);
    if (path === '.gitignore') changes.ignoreFile = true;
    else if (!artifacts.has(path.split('/', 1)[0] ?? '')) changes.any = true;
  }
  return changes;
}

const fieldsBeforePath: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1 };

function pathOf(entry: string): string {
  return entry.split(' ').slice(fieldsBeforePath[entry[0] ?? ''] ?? 1).join(' ');
}
