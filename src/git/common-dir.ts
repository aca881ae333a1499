import { dirname, join, resolve } from 'node:path';
import { readTextIfExists, statIfExists } from '../fs';

/**
 * The common directory of the repository around `cwd`, as it lies there: without asking git, and so without its time, its
 * environment, and bare repositories that one stands inside of. Undefined if nothing is found this way.
 */
export function findCommonDir(cwd: string): string | undefined {
  for (let directory = cwd; ; directory = dirname(directory)) {
    const gitDir = gitDirIn(directory);
    if (gitDir !== undefined) {
      const commonDir = readTextIfExists(join(gitDir, 'commondir'))?.trimEnd();
      return commonDir === undefined ? gitDir : resolve(gitDir, commonDir);
    }
    if (directory === dirname(directory)) return undefined;
  }
}

function gitDirIn(directory: string): string | undefined {
  const path = join(directory, '.git');
  const found = statIfExists(path);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return path;
  const target = /^gitdir: (.+)$/m.exec(readTextIfExists(path) ?? '')?.[1];
  return target === undefined ? undefined : resolve(directory, target);
}
