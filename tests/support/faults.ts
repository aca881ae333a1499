/** Strikes a command at every point where a test may, one after the other (src/fault.ts). */

import { readFileSync } from 'node:fs';

/** What befalls the process; `short` cuts a write in half, the names of errors make the call fail. */
export type Blow = 'kill' | 'exit' | 'EIO' | 'ENOSPC' | 'short';

/**
 * Calls `strike` with the environment for a blow at the first passage of any fault point, then at the second, and so
 * on, until the process has ended before the blow could fall.
 *
 * @returns names of the points at which the blow fell, in order
 */
export async function atEveryPassage(
  blow: Blow,
  strike: (env: Readonly<Record<string, string>>, passage: number) => Promise<{ faultLog: string }>,
): Promise<string[]> {
  const points: string[] = [];
  for (let passage = 1; ; passage += 1) {
    const { faultLog } = await strike({ DAFT_FAULT: `*@${passage}:${blow}` }, passage);
    const point = passedPoints(faultLog)[passage - 1];
    if (point === undefined) return points;
    points.push(point);
  }
}

/** The points in the file that DAFT_FAULT_LOG named, in order of passing. */
export function passedPoints(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
