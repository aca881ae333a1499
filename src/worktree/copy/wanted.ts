import { join } from 'node:path';
import type { Directories } from '../../config';
import { loadWorktreeConfig } from '../../config/daft-yml';
import { isUnreadable, readTextIfExists } from '../../fs';
import { parsePattern, parsePatterns, type Pattern } from './patterns';

/** Lists what to copy, in the root of a worktree; other tools that make worktrees read it, too. */
const includeFile = '.worktreeinclude';

/**
 * What some worktrees want to be copied, those of the last with the last word: the lines of `.worktreeinclude`, and `copy` of
 * `daft.yml`. What cannot be read is told to `complain`, and says nothing.
 */
export async function readWanted(worktrees: readonly string[], { directories, complain }: { directories: Directories; complain: (text: string) => void }): Promise<Pattern[]> {
  const patterns: Pattern[] = [];
  for (const worktree of new Set(worktrees)) {
    patterns.push(...parsePatterns(readInclude(worktree, complain)));
    const loaded = await loadWorktreeConfig(worktree, directories.cache);
    if (loaded.kind === 'broken') complain(loaded.message);
    if (loaded.kind === 'loaded') patterns.push(...(loaded.config.copy ?? []).flatMap((line) => parsePattern(line) ?? []));
  }
  return lastOfEach(patterns);
}

function readInclude(worktree: string, complain: (text: string) => void): string {
  try {
    return readTextIfExists(join(worktree, includeFile)) ?? '';
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    complain(`Failed to read ${includeFile}: ${error.message}`);
    return '';
  }
}

/** A line that comes again further down has no say where it first stood. */
function lastOfEach(patterns: readonly Pattern[]): Pattern[] {
  const last = new Map(patterns.map((pattern) => [pattern.text, pattern]));
  return patterns.filter((pattern) => last.get(pattern.text) === pattern);
}
