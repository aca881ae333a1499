import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readTextIfExists } from '../../fs';
import type { Undertaking } from './undertaking';

/** A worktree with submodules and the git dir that keeps them, as they were and as they are now. */
export interface ModulesMove {
  gitDir: { before: string; now: string };
  worktree: { before: string; now: string };
}

/**
 * Makes submodules and their git dirs below `modules/` find each other again: the paths by which they do are relative,
 * and one end has moved.
 */
export async function relinkSubmodules({ gitDir, worktree }: ModulesMove, undertaking: Undertaking): Promise<void> {
  for (const module of modulesBelow(join(gitDir.now, 'modules'))) {
    const config = join(module, 'config');
    const asked = await undertaking.git.ask('/', ['config', '--file', config, '--get', 'core.worktree']);
    const value = asked.stdout.replace(/\n$/, '');
    if (asked.exitCode !== 0 || value === '') continue;
    const moduleBefore = join(gitDir.before, relative(gitDir.now, module));
    const tree = join(worktree.now, relative(worktree.before, resolve(moduleBefore, value)));
    await undertaking.configure(config, 'core.worktree', relative(module, tree));
    const link = join(tree, '.git');
    if (readTextIfExists(link)?.startsWith('gitdir: ')) undertaking.write(link, `gitdir: ${relative(dirname(link), module)}\n`);
  }
}

/** Git dirs of submodules, whose names may have slashes, and of their submodules. */
export function modulesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(directory, name);
      return existsSync(join(path, 'HEAD')) ? [path, ...modulesBelow(join(path, 'modules'))] : modulesBelow(path);
    });
}
