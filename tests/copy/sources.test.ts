import { expect, test } from 'vitest';
import type { Worktree } from '../../src/git';
import { parseIgnored } from '../../src/worktree/copy/ignored';
import { lastUsed, nearestFirst } from '../../src/worktree/copy/sources';

const worktree = (branch: string): Worktree => ({ path: `/w/${branch}`, head: '1', branch, detached: false, main: false, locked: false, missing: false });
const branches = (worktrees: readonly Worktree[]) => worktrees.map(({ branch }) => branch);

test('of many others the five used last are asked', () => {
  const others = [3, 9, 1, 7, 8, 2, 5].map((usedAt) => ({ worktree: worktree(String(usedAt)), usedAt }));
  expect(branches(lastUsed(others))).toEqual(['9', '8', '7', '5', '3']);
});

test('of these the nearest in history comes first, and of equally near ones that used last', () => {
  const others = [['a', 4], ['b', 2], ['c', Infinity], ['d', 2], ['e', 0], ['f', Infinity]] as const;
  expect(branches(nearestFirst(others.map(([branch, commitsApart]) => ({ worktree: worktree(branch), commitsApart }))))).toEqual(['e', 'b', 'd', 'a', 'c', 'f']);
});

test('what is ignored is read from the status, odd names included', () => {
  expect(parseIgnored([' M a.ts', '?? !! b', '!! node_modules/', '!! a\n"b', ''].join('\0'))).toEqual([
    { path: 'node_modules', isDirectory: true },
    { path: 'a\n"b', isDirectory: false },
  ]);
});
