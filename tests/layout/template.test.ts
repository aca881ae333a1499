import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { builtinLayout, builtinLayouts, isWithin, placementProblem, placeWorktree, readLayout, type Layout, type Place } from '../../src/layout';

const place: Place = { layoutRoot: '/w/app', home: '/home/u', dataDir: '/data/daft' };

function layout(template: string, bare: boolean | null = null): Layout {
  const read = readLayout({ name: template, template, bare });
  if (read.kind === 'malformed') throw new Error(read.message);
  return read.layout;
}

describe('the built-in layouts', () => {
  test.each([
    ['contained', 'bare', '/w/app/feature/auth'],
    ['contained-classic', 'wrapped', '/w/app/feature/auth'],
    ['contained-flat', 'bare', '/w/app/feature-auth'],
    ['sibling', 'regular', '/w/app.feature-auth'],
    ['nested', 'regular', '/w/app/.worktrees/feature-auth'],
    ['centralized', 'regular', '/data/daft/worktrees/app/feature-auth'],
  ] as const)('%s is %s and has the worktree of feature/auth at %s', (name, structure, path) => {
    expect(builtinLayout(name).structure).toBe(structure);
    expect(placeWorktree(builtinLayout(name), 'feature/auth', place)).toBe(path);
  });
});

describe('a template', () => {
  test.each([
    ['../.trees/{{ repo }}/{{branch}}', '/home/u/code/app', '/home/u/.trees/app/x'],
    ['~/wt/{{repo}}/{{ branch|sanitize }}', '/w/app', '/home/u/wt/app/x'],
    ['/abs/./{{ branch }}/', '/w/app', '/abs/x'],
    ['{{ repo_path }}/../side/{{ branch }}', '/w/app', '/w/side/x'],
    ['{{ branch }}', '/app', '/x'],
    [String.raw`{{ repo }}\{{ branch }}`, '/w/app', String.raw`/w/app\x`],
  ])('%s for %s gives %s', (template, layoutRoot, path) => {
    expect(placeWorktree(layout(template), 'x', { ...place, layoutRoot })).toBe(path);
  });

  test.each([
    ['{{ repo }}', 'Layout template must use {{ branch }}'],
    ['plain', 'Layout template must use {{ branch }}'],
    ['{{ nope }}/{{ branch }}', 'Unknown template variable: nope'],
    ['{{ }}{{ branch }}', 'Unknown template variable: '],
    ['{{ branch | upper }}', 'Unknown template filter: upper'],
    ['{{ branch | }}', 'Unknown template filter: '],
    ['{{ branch }}/{{ repo', 'Unclosed template expression in: {{ branch }}/{{ repo'],
  ])('%s is refused: %s', (template, message) => {
    expect(readLayout({ name: 'x', template, bare: null })).toEqual({ kind: 'malformed', message });
  });

  test.each([
    ['{{ repo_path }}/branches/{{ branch }}', null, 'bare'],
    ['{{ repo_path }}/branches/{{ branch }}', false, 'regular'],
    ['{{ repo }}.{{ branch }}', true, 'bare'],
    ['{{repo_path}}/{{ branch | sanitize | repo }}', null, 'wrapped'],
    ['{{ repo_path }}/{{ branch | repo }}', true, 'bare'],
    ['{{ repo_path | repo }}/{{ branch }}', null, 'regular'],
    ['{{ repo_path }}-{{ branch }}', null, 'regular'],
    ['../{{ branch | repo }}', null, 'regular'],
  ] as const)('%s with bare %s has the structure %s', (template, bare, structure) => {
    expect(layout(template, bare).structure).toBe(structure);
  });

  test('never places a worktree at the root or in the git directory unnoticed', () => {
    const facts = { layoutRoot: '/w/app', commonDir: '/w/app/.git' };
    expect(placementProblem('/w/app', facts)).toMatch('root of the repository');
    expect(placementProblem('/w/app/.git/x', facts)).toMatch('inside the git directory');
    expect(placementProblem('/w/app/.gitx', facts)).toBeUndefined();
    const submodule = { layoutRoot: '/w/app/.git/modules', commonDir: '/w/app/.git/modules/sub' };
    expect(placementProblem('/w/app/.git/modules.x', submodule)).toMatch('inside the git directory');
  });
});

const branchName = fc
  .array(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

test('every built-in layout gives an absolute, clean path for any branch, and sanitized ones add one component', () => {
  fc.assert(
    fc.property(branchName, fc.constantFrom(...builtinLayouts), (branch, built) => {
      const path = placeWorktree(built, branch, place);
      expect(path.startsWith('/')).toBe(true);
      expect(path.split('/').slice(1)).not.toContain('');
      expect(isWithin(path, '/w') || isWithin(path, place.dataDir)).toBe(true);
      if (built.template.includes('sanitize')) expect(path.split('/').at(-1)).toContain(branch.replaceAll('/', '-'));
    }),
  );
});
