import { expect, test } from 'vitest';
import { builtinLayout, placeWorktree, type BuiltinName } from '../../src/layout';
import { describeOperation, planTransform, withStashes, type Goal, type Ground, type Premises, type Site } from '../../src/layout/transform';

/** A disk of directories and files; directories above them are there by themselves. */
function disk(...files: string[]): Ground {
  const isBelow = (path: string) => files.some((file) => file.startsWith(`${path}/`));
  return {
    kindOf(path) {
      if (files.some((file) => path.startsWith(`${file}/`))) return 'unreachable';
      if (files.includes(path)) return 'other';
      return isBelow(path) ? 'directory' : 'absent';
    },
    entries: (path) => [...new Set(files.filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))],
  };
}

function site(path: string, branch: string | undefined, more: Partial<Site> = {}): Site {
  return { path, branch, main: false, lock: undefined, ...more };
}

function placeOf(name: BuiltinName, layoutRoot = '/w/app') {
  return (branch: string) => placeWorktree(builtinLayout(name), branch, { layoutRoot, home: '/home/u', dataDir: '/data' });
}

function premises(current: BuiltinName, sites: readonly Site[], ...files: string[]): Premises {
  const { structure } = builtinLayout(current);
  const main = sites.find((candidate) => candidate.main);
  return {
    commonDir: structure === 'wrapped' ? `${main?.path ?? ''}/.git` : '/w/app/.git',
    structure,
    layoutRoot: '/w/app',
    sites,
    defaultBranch: 'main',
    currentPlace: placeOf(current),
    ground: disk(...sites.map(({ path }) => `${path}/.git/x`), ...files),
  };
}

function goal(name: BuiltinName, more: Partial<Goal> = {}): Goal {
  return { structure: builtinLayout(name).structure, place: placeOf(name), include: { kind: 'branches', branches: new Set() }, force: false, ...more };
}

function plan(from: Premises, to: Goal): string[] {
  const planned = planTransform(from, to);
  return planned.kind === 'plan' ? planned.plan.operations.map(describeOperation) : [`refused: ${planned.message}`];
}

const regular = (...linked: Site[]) => [site('/w/app', 'main', { main: true }), ...linked];

test('from regular to bare, the files go down, and what was inside makes room first', () => {
  expect(plan(premises('nested', regular(site('/w/app/.worktrees/x', 'x'))), goal('contained'))).toEqual([
    "Move 'x': /w/app/.worktrees/x -> /w/app/x",
    "Nest files of 'main': /w/app -> /w/app/main",
    'Set core.bare to true',
    "Register 'main' as linked worktree: /w/app/main",
    'Check integrity',
  ]);
});

test('from bare to regular, the files come up, and what leaves the root goes first', () => {
  expect(plan(premises('contained', [site('/w/app/main', 'main'), site('/w/app/x', 'x')]), goal('sibling'))).toEqual([
    "Move 'x': /w/app/x -> /w/app.x",
    "Unregister 'main' as linked worktree: /w/app/main",
    "Collapse files of 'main' into the root: /w/app/main -> /w/app",
    'Set core.bare to false',
    "Attach HEAD and index of 'main' to the main working tree: /w/app",
    'Check integrity',
  ]);
});

test('between bare and wrapped the git directory moves alone, and the pivot first where its place differs', () => {
  const sites = [site('/w/app/a-b', 'a/b')];
  expect(plan({ ...premises('contained-flat', sites), defaultBranch: 'a/b' }, goal('contained-classic'))).toEqual([
    "Move 'a/b': /w/app/a-b -> /w/app/a/b",
    "Unregister 'a/b' as linked worktree: /w/app/a/b",
    'Move git directory: /w/app/.git -> /w/app/a/b/.git',
    'Set core.bare to false',
    "Attach HEAD and index of 'a/b' to the main working tree: /w/app/a/b",
    'Check integrity',
  ]);
  expect(plan({ ...premises('contained-classic', [site('/w/app/a/b', 'a/b', { main: true })]), defaultBranch: 'a/b' }, goal('contained-flat'))).toEqual([
    'Move git directory: /w/app/a/b/.git -> /w/app/.git',
    'Set core.bare to true',
    "Register 'a/b' as linked worktree: /w/app/a/b",
    "Move 'a/b': /w/app/a/b -> /w/app/a-b",
    'Check integrity',
  ]);
});

test('a worktree whose place is still a directory of the tree waits aside', () => {
  expect(plan(premises('nested', regular(site('/w/app/.worktrees/test', 'test')), '/w/app/test/file'), goal('contained')).slice(0, 2)).toEqual([
    "Move 'test' out of the way: /w/app/.worktrees/test -> /w/app/.daft-transform-staging/worktree-1",
    "Nest files of 'main': /w/app -> /w/app/main",
  ]);
  // From outside it has no reason to hurry.
  expect(plan(premises('sibling', regular(site('/w/app.test', 'test')), '/w/app/test/file'), goal('contained')).at(-2)).toBe("Move 'test': /w/app.test -> /w/app/test");
});

test('two worktrees in each other’s place change by way of a third', () => {
  expect(plan(premises('sibling', regular(site('/w/app.b', 'a'), site('/w/app.a', 'b'))), goal('sibling'))).toEqual([
    "Move 'a' out of the way: /w/app.b -> /w/.daft-transform-staging/worktree-1",
    "Move 'b': /w/app.a -> /w/app.b",
    "Move 'a': /w/.daft-transform-staging/worktree-1 -> /w/app.a",
    'Check integrity',
  ]);
});

function taken(path: string): string[] {
  return [`refused: Target path already exists: ${path}`];
}

test('what stays is never in somebody’s way without a refusal', () => {
  expect(plan(premises('sibling', regular(site('/w/app.x', 'x')), '/data/worktrees/app/x/file'), goal('centralized'))).toEqual(taken('/data/worktrees/app/x'));
  expect(plan(premises('sibling', regular(site('/w/app.a-b', 'a/b'), site('/w/other', 'a-b'))), goal('contained-flat'))).toEqual(taken('/w/app/a-b'));
  expect(plan(premises('contained', [site('/w/app/main', 'main')], '/w/app/main/notes/x', '/w/app/notes/mine'), goal('sibling'))).toEqual(taken('/w/app/notes'));
  expect(plan(premises('contained', [site('/w/app/main', 'main'), site('/w/app/docs', undefined)], '/w/app/main/docs/x'), goal('sibling'))).toEqual(taken('/w/app/docs'));
  expect(plan(premises('sibling', regular(site('/w/app/main', undefined))), goal('contained'))).toEqual(taken('/w/app/main'));
  expect(plan(premises('sibling', regular(), '/w/app/.daft-transform-staging/x'), goal('contained'))).toEqual(taken('/w/app/.daft-transform-staging'));
});

test('a worktree that contains another one that stays cannot move', () => {
  expect(plan(premises('sibling', regular(site('/w/app.x', 'x'), site('/w/app.x/deep/y', undefined))), goal('contained'))).toEqual([
    "refused: The worktree at '/w/app.x/deep/y' lies inside that of 'x', which would have to move",
  ]);
});

test('worktrees with places of their own stay, unless they are included', () => {
  const from = premises('sibling', regular(site('/elsewhere/x', 'x'), site('/w/beside', 'y')));
  const planned = planTransform(from, goal('contained'));
  expect(planned).toMatchObject({ plan: { skipped: [{ branch: 'x', path: '/elsewhere/x' }] } });
  expect(plan(from, goal('contained'))).toContain("Move 'y': /w/beside -> /w/app/y");
  expect(plan(from, goal('contained', { include: { kind: 'branches', branches: new Set(['x']) } }))).toContain("Move 'x': /elsewhere/x -> /w/app/x");
  expect(plan(from, goal('contained', { include: { kind: 'all' } }))).toContain("Move 'x': /elsewhere/x -> /w/app/x");
  expect(plan(from, goal('contained', { include: { kind: 'branches', branches: new Set(['nope']) } }))).toEqual(["refused: No worktree found for branch 'nope'"]);
});

test('locked worktrees are moved only by force, and never become the main working tree', () => {
  const from = premises('sibling', regular(site('/w/app.x', 'x', { lock: 'on a stick' })));
  expect(plan(from, goal('contained'))).toEqual(["refused: Worktree 'x' is locked (on a stick) and would have to move"]);
  expect(plan(from, goal('contained', { force: true }))).toContain("Move 'x': /w/app.x -> /w/app/x");
  expect(plan(from, goal('sibling'))).toEqual(['Check integrity']);
  const bare = premises('contained', [site('/w/app/main', 'main', { lock: '' })]);
  expect(plan(bare, goal('sibling', { force: true }))).toEqual(["refused: Worktree 'main' is locked, and cannot become the main working tree"]);
});

function notice(from: Premises, to: Goal): string | undefined {
  const planned = planTransform(from, to);
  return planned.kind === 'plan' ? planned.plan.notice : planned.message;
}

test('the pivot is the main working tree, else the default branch’s, else the only one', () => {
  expect(notice(premises('sibling', [site('/w/app', 'dev', { main: true }), site('/w/app.main', 'main')]), goal('contained'))).toBe(
    "The main working tree is on 'dev' and moves to /w/app/dev; the default branch 'main' keeps its own linked worktree",
  );
  expect(notice(premises('contained', [site('/w/app/dev', 'dev')]), goal('sibling'))).toBe(
    "'dev' becomes the main working tree at /w/app; the default branch 'main' has no worktree",
  );
  expect(notice(premises('contained', [site('/w/app/dev', 'dev'), site('/w/app/x', 'x')]), goal('sibling'))).toBe(
    "The default branch 'main' has no worktree to become the main working tree",
  );
  expect(notice(premises('contained', []), goal('sibling'))).toContain('needs a worktree at the repository root');
  expect(notice(premises('contained', []), goal('contained-flat'))).toBeUndefined();
});

test('a detached or switched main working tree is refused where it would need a place', () => {
  const detached = premises('sibling', [site('/w/app', undefined, { main: true }), site('/w/app.x', 'x')]);
  expect(plan(detached, goal('contained'))).toEqual([expect.stringContaining('refused: HEAD is detached')]);
  expect(plan(detached, goal('nested'))).toEqual(["Move 'x': /w/app.x -> /w/app/.worktrees/x", 'Check integrity']);
  const switched = premises('contained-classic', [site('/w/app/main', 'other', { main: true })]);
  expect(plan(switched, goal('contained-classic'))).toEqual([expect.stringContaining('cannot move a main working tree')]);
});

test('changes are stashed before all else, and restored at the new places', () => {
  const planned = planTransform(premises('sibling', regular(site('/w/app.x', 'x'))), goal('contained'));
  if (planned.kind === 'refused') throw new Error(planned.message);
  const described = withStashes(planned.plan, new Set(['/w/app', '/w/app.x'])).operations.map(describeOperation);
  expect(described.filter((line) => /^(Stash|Restore)/.test(line))).toEqual([
    "Stash changes of 'main' in /w/app",
    "Stash changes of 'x' in /w/app.x",
    "Restore changes of 'main' in /w/app/main",
    "Restore changes of 'x' in /w/app/x",
  ]);
  expect(described[0]).toContain('Stash');
  expect(described.at(-1)).toContain('Restore');
});
