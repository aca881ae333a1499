import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Sum of the sizes of all files below a directory; hard links count once, symbolic links and what cannot be read not at all. */
export function measureTree(root: string): number {
  const linked = new Set<string>();
  let bytes = 0;
  visit(root, (stats) => {
    if (!stats.isFile()) return;
    if (stats.nlink > 1) {
      const identity = `${stats.dev}:${stats.ino}`;
      if (linked.has(identity)) return;
      linked.add(identity);
    }
    bytes += stats.size;
  });
  return bytes;
}

/** Newest mtime in seconds of files, and of the files below directories; undefined if none of them exists. */
export function newestChange(paths: readonly string[]): number | undefined {
  let newest: number | undefined;
  for (const path of paths) {
    visit(path, (stats) => {
      if (!stats.isDirectory()) newest = Math.max(newest ?? 0, Math.floor(stats.mtimeMs / 1000));
    });
  }
  return newest;
}

function visit(root: string, look: (stats: Stats) => void): void {
  const pending = [root];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stats = unlessRefused<Stats>((at) => lstatSync(at), path);
    if (stats === undefined) continue;
    look(stats);
    if (!stats.isDirectory()) continue;
    for (const name of unlessRefused<string[]>((at) => readdirSync(at), path) ?? []) pending.push(join(path, name));
  }
}

/** Undefined for what is gone, not ours to read, or otherwise refused by the system: such things have no size. */
function unlessRefused<Result>(look: (path: string) => Result, path: string): Result | undefined {
  try {
    return look(path);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
