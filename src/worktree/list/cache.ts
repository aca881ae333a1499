import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../../fs';

export type CacheKind = 'base-ahead-behind' | 'base-lines' | 'remote-ahead-behind' | 'remote-lines' | 'last-commit';

/** Results that never change, because they are named by the ids of the commits they were computed from. */
export interface RowCache {
  /** Undefined for what is not there or not of the expected form. */
  read<Value>(kind: CacheKind, ids: readonly string[], parse: (json: unknown) => Value | undefined): Value | undefined;
  /** A cache that cannot be written is no reason to complain. */
  write(kind: CacheKind, ids: readonly string[], value: readonly unknown[]): void;
}

export function openRowCache(commonDir: string): RowCache {
  const root = join(commonDir, '.daft', 'cache');
  const made = new Set<CacheKind>();
  const fileOf = (kind: CacheKind, ids: readonly string[]) => join(root, kind, `${ids.join('-')}.json`);

  return {
    read(kind, ids, parse) {
      try {
        const text = readTextIfExists(fileOf(kind, ids));
        return text === undefined ? undefined : parse(JSON.parse(text));
      } catch (error) {
        if (error instanceof SyntaxError || isSystemError(error)) return undefined;
        throw error;
      }
    },
    write(kind, ids, value) {
      try {
        if (!made.has(kind)) mkdirSync(join(root, kind), { recursive: true });
        made.add(kind);
        writeFileAtomic(fileOf(kind, ids), JSON.stringify(value));
      } catch (error) {
        if (!isSystemError(error)) throw error;
      }
    },
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
