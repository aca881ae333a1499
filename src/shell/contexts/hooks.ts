import { findConfigFile, readDirectories } from '../../config';
import { allJobs, loadWorktreeConfig } from '../../config/daft-yml';
import { createGit, findRepository } from '../../git';
import type { Question } from '../complete';

/** Names of hooks of the current worktree's configuration, or of the jobs of one hook. */
export async function completeHooks({ context, word, env, cwd }: Question): Promise<readonly string[]> {
  const repository = await findRepository(createGit(env), cwd);
  const root = repository?.worktreeRoot;
  if (root === undefined || findConfigFile(root) === undefined) return [];
  const loaded = await loadWorktreeConfig(root, readDirectories(env).cache);
  if (loaded.kind !== 'loaded') return [];
  const hooks = loaded.config.hooks ?? {};
  if (context === 'hooks-run') return startingWith(word, Object.keys(hooks));
  const hook = hooks[env['DAFT_COMPLETE_HOOK'] ?? ''];
  return hook ? startingWith(word, allJobs(hook).flatMap(({ name, description }) => (name ? [description ? `${name}\t${oneLine(description)}` : name] : []))) : [];
}

function startingWith(word: string, lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].filter((line) => line.startsWith(word)).toSorted((one, other) => (one < other ? -1 : 1));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
