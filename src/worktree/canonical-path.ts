import { basename, dirname, join } from 'node:path';
import { realPathIfExists } from '../fs';

/** Symlink-free as far as the path exists. */
export function canonicalPath(path: string): string {
  const parent = dirname(path);
  return realPathIfExists(path) ?? (parent === path ? path : join(canonicalPath(parent), basename(path)));
}
