import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withFileLock } from '../fs';
import type { Repository } from '../git';
import { lockHolder } from '../process';
import { canonicalPath } from './canonical-path';

/** As long as it takes to check out whatever is there: the neighbour is at work, and its death would be noticed. */
export const patienceForPlaceMs = 600_000;

/** One at a time for a place: git looks whether it is free, and some time later it takes it. */
export async function withPlaceLock<T>(path: string, { commonDir }: Pick<Repository, 'commonDir'>, add: () => Promise<T>): Promise<T> {
  mkdirSync(join(commonDir, '.daft'), { recursive: true });
  const lock = join(commonDir, '.daft', `place-${numberOf(canonicalPath(path))}.lock`);
  let added: { result: T } | undefined;
  try {
    await withFileLock(lock, lockHolder(), async () => void (added = { result: await add() }), { timeoutMs: patienceForPlaceMs });
  } catch (error) {
    // All is done but the removal of the lock, which is a dead one as soon as we have ended.
    if (added === undefined || !(error instanceof Error && 'code' in error)) throw error;
  }
  return added!.result;
}

/** Waits until nobody is making a worktree at this place any more. */
export async function placeSettled(path: string, repository: Repository): Promise<void> {
  await withPlaceLock(path, repository, async () => {});
}

/** FNV-1a: two texts with one number merely get into each other's way, which is not worth loading node:crypto. */
export function numberOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
