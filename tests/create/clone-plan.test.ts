import { describe, expect, test } from 'vitest';
import { planClone } from '../../src/worktree/clone/plan';

const heads = ['main', 'develop', 'x'];

describe('which worktrees a clone makes', () => {
  test.each([
    // structure, branches, -a, base, others, destination
    ['bare', [], false, 'main', [], 'main'],
    ['bare', ['x'], false, 'x', [], 'x'],
    ['bare', ['nope'], false, undefined, [], undefined],
    ['bare', ['nope', 'x', 'develop', 'x'], false, 'x', ['develop'], 'x'],
    ['bare', ['@', 'x', 'HEAD'], false, 'main', ['x'], 'main'],
    ['bare', ['a', 'b'], false, undefined, [], undefined],
    ['bare', [], true, 'main', ['develop', 'x'], 'main'],
    ['regular', [], false, 'main', [], 'main'],
    ['regular', ['x'], false, 'x', [], 'x'],
    ['regular', ['nope'], false, undefined, [], undefined],
    ['regular', ['x', 'develop'], false, 'main', ['x', 'develop'], 'x'],
    ['wrapped', ['x', 'main'], false, 'main', ['x'], 'x'],
    ['wrapped', ['a', 'b'], false, 'main', [], 'main'],
    ['wrapped', [], true, 'main', ['develop', 'x'], 'main'],
  ] as const)('%s with -b %j, all %s: base %s, others %j, destination %s', (structure, branches, allBranches, base, others, destination) => {
    expect(planClone({ branches, allBranches }, { structure, defaultBranch: 'main', heads })).toMatchObject({ base, others, destination });
  });

  test('a default branch that the remote does not have makes way for the first by name', () => {
    const plan = planClone({ branches: [], allBranches: true }, { structure: 'bare', defaultBranch: 'gone', heads });
    expect(plan).toMatchObject({ base: 'develop', others: ['main', 'x'] });
  });

  test('what is missing is named once', () => {
    expect(planClone({ branches: ['a', 'x', 'a'], allBranches: false }, { structure: 'bare', defaultBranch: 'main', heads }).missing).toEqual(['a']);
  });
});
