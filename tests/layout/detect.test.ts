import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { allLayouts, builtinLayout, builtinLayouts, detectLayout, placeWorktree, type Arrangement } from '../../src/layout';

function arrangement(given: Partial<Arrangement>): Arrangement {
  return {
    projectRoot: '/w/app',
    bare: false,
    worktrees: [],
    layouts: builtinLayouts,
    home: '/home/u',
    dataDir: '/data/daft',
    directoryExists: () => false,
    ...given,
  };
}

const main = (path: string, branch = 'main') => ({ path, branch, main: true });
const linked = (path: string, branch: string | undefined) => ({ path, branch, main: false });

function detected(given: Partial<Arrangement>): string {
  const found = detectLayout(arrangement(given));
  return found.kind === 'detected' ? found.layout.name : found.kind;
}

describe('detection', () => {
  test.each([
    ['a plain clone', { worktrees: [main('/w/app')] }, 'no worktrees'],
    ['a clone with a worktree beside it', { worktrees: [main('/w/app'), linked('/w/app.develop', 'develop')] }, 'sibling'],
    ['a plain clone at app/main', { projectRoot: '/w/app/main', worktrees: [main('/w/app/main')] }, 'contained-classic'],
    [
      'the same with a neighbour',
      { projectRoot: '/w/app/main', worktrees: [main('/w/app/main'), linked('/w/app/develop', 'develop')] },
      'contained-classic',
    ],
    ['a plain clone at the place of a branch with slashes', { projectRoot: '/w/app/feat/x', worktrees: [main('/w/app/feat/x', 'feat/x')] }, 'contained-classic'],
    ['a plain clone that only ends like its branch', { projectRoot: '/w/app/x', worktrees: [main('/w/app/x', 'feat/x')] }, 'no worktrees'],
    ['a container', { bare: true, worktrees: [linked('/w/app/main', 'main'), linked('/w/app/develop', 'develop')] }, 'contained'],
    [
      'a container of sanitized names',
      { bare: true, worktrees: [linked('/w/app/main', 'main'), linked('/w/app/feature-x', 'feature/x')] },
      'contained-flat',
    ],
    [
      'a container that mixes both',
      { bare: true, worktrees: [linked('/w/app/a/b', 'a/b'), linked('/w/app/feature-x', 'feature/x')] },
      'contained',
    ],
    ['nested ones', { worktrees: [main('/w/app'), linked('/w/app/.worktrees/x', 'x')] }, 'nested'],
    ['an empty directory for nested ones', { worktrees: [main('/w/app')], directoryExists: (path: string) => path === '/w/app/.worktrees' }, 'nested'],
    ['central ones', { worktrees: [main('/w/app'), linked('/data/daft/worktrees/app/x', 'x')] }, 'centralized'],
    ['one that somebody put elsewhere', { worktrees: [main('/w/app'), linked('/else/where', 'x')] }, 'no match'],
    ['one elsewhere beside one that fits', { worktrees: [main('/w/app'), linked('/else/where', 'x'), linked('/w/app.y', 'y')] }, 'sibling'],
    ['two that fit two layouts', { worktrees: [main('/w/app'), linked('/w/app/.worktrees/x', 'x'), linked('/w/app.y', 'y')] }, 'ambiguous'],
    ['a detached one', { worktrees: [main('/w/app'), linked('/w/app.x', undefined)] }, 'no match'],
  ] as const)('takes %s for %o', (_, given, expected) => {
    expect(detected(given)).toBe(expected);
  });

  test('a custom layout that matches everything wins over one that matches a part', () => {
    const layouts = allLayouts([{ name: 'mine', template: '{{ repo }}.{{ branch }}', bare: null }]);
    expect(detected({ layouts, worktrees: [main('/w/app'), linked('/w/app.a/b', 'a/b'), linked('/w/app.y', 'y')] })).toBe('mine');
  });
});

const branchName = fc
  .array(fc.stringMatching(/^[a-z0-9][a-z0-9]{0,6}$/), { minLength: 1, maxLength: 2 })
  .map((parts) => parts.join('/'));

test('what detection recognises would have placed every worktree that the real layout placed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(branchName, { minLength: 1, maxLength: 4 }), fc.constantFrom('contained', 'contained-flat', 'sibling', 'nested', 'centralized'), (branches, name) => {
      const layout = builtinLayout(name);
      const place = { layoutRoot: '/w/app', home: '/home/u', dataDir: '/data/daft' };
      const bare = layout.structure === 'bare';
      const worktrees = branches.map((branch) => linked(placeWorktree(layout, branch, place), branch));
      const found = detectLayout(arrangement({ bare, worktrees: bare ? worktrees : [main('/w/app', 'trunk'), ...worktrees] }));
      expect(found.kind).toBe('detected');
      if (found.kind !== 'detected') return;
      for (const { path, branch } of worktrees) expect(placeWorktree(found.layout, branch ?? '', place)).toBe(path);
    }),
  );
});
