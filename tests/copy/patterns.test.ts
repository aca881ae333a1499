import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { lastMatch, leadsInto, matches, parsePattern, parsePatterns, patternOf } from '../../src/worktree/copy/patterns';
import { overlap, selectWanted, type IgnoredPath } from '../../src/worktree/copy/select';
import { temporaryHome } from '../support';

function leads(line: string, path: string): boolean {
  const pattern = parsePattern(line);
  return pattern !== undefined && leadsInto(pattern, path.split('/'));
}

describe('a line', () => {
  test.each([
    ['node_modules', 'node_modules/', true],
    ['node_modules/', 'packages/a/node_modules/', true],
    ['node_modules/', 'node_modules', false],
    ['/node_modules', 'a/node_modules/', false],
    ['packages/*/node_modules', 'packages/a/node_modules/', true],
    ['packages/*/node_modules', 'packages/a/b/node_modules/', false],
    ['packages/**/node_modules', 'packages/node_modules/', true],
    ['packages/**/node_modules', 'packages/a/b/node_modules/', true],
    ['build/**', 'build/', false],
    ['build/**', 'build/a/b', true],
    ['**/x', 'x', true],
    ['*.[ch]', 'src/a.c', true],
    ['*.[!ch]', 'src/a.c', false],
    ['a[', 'a[', false],
    [String.raw`a\[`, 'a[', true],
    [String.raw`\#x`, '#x', true],
    [String.raw`x\ `, 'x ', true],
    ['x  ', 'x', true],
    ['a(b|c)+{d}^$', 'a(b|c)+{d}^$', true],
    ['.e?v', '.env', true],
    ['a//b', 'a/b', false],
  ])('%j matches %j: %s', (line, path, expected) => {
    const pattern = parsePattern(line);
    expect(pattern !== undefined && matches(pattern, path.replace(/\/$/, '').split('/'), path.endsWith('/'))).toBe(expected);
  });

  test('that is empty or a comment says nothing, and neither do a mark at the beginning of the file and carriage returns', () => {
    expect(parsePatterns('\uFEFFa\r\n\r\n# b\r\n   \r\n!c\r\n/\r\n').map(({ text }) => text)).toEqual(['a', '!c']);
  });

  test.each(['a', 'a b ', '*', 'x[1]', String.raw`b\c`, '#a', '!a', 'd/e?'])('can be made of the path %j, and means it alone', (path) => {
    const pattern = parsePattern(patternOf(path));
    expect(pattern && matches(pattern, path.split('/'), false)).toBe(true);
    expect(pattern && matches(pattern, `${path}x`.split('/'), false)).toBe(false);
  });

  test('leads into a directory if it names the way there', () => {
    expect(leads('build/cache', 'build')).toBe(true);
    expect(leads('b*/x/cache/', 'build/x')).toBe(true);
    expect(leads('**/cache', 'node_modules')).toBe(true);
    expect(leads('cache', 'build')).toBe(false);
    expect(leads('/cache', 'build')).toBe(false);
    expect(leads('!build/cache', 'build')).toBe(false);
    expect(leads('build', 'build')).toBe(false);
  });
});

test('lines mean what they mean to git', { timeout: 120_000 }, async () => {
  await using home = await temporaryHome();
  const root = join(home.work, 'tree');
  await home.git(home.work, 'init', '--quiet', 'tree');
  const paths = ['a', 'a/b', 'a/b/c', 'b', 'b/a', 'ab', 'ab/c', 'c/ab', '.a', 'a b', 'B', 'a-c/b'];
  const parents = new Set(paths.flatMap((path) => paths.filter((other) => other.startsWith(`${path}/`)).map(() => path)));
  for (const path of paths) {
    if (parents.has(path)) mkdirSync(join(root, path), { recursive: true });
    else {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), '');
    }
  }
  const piece = fc.constantFrom('a', 'b', 'c', 'ab', '*', '?', '[a-b]', '[!a]', '[^b]', String.raw`\a`, 'a*', '*b', '.', ' ', '[[:alpha:]]', '[a-]', '[]a]', '[b-a]', '-', 'B', '[[:nope:]a]');
  const name = fc.oneof({ weight: 1, arbitrary: fc.constant('**') }, { weight: 5, arbitrary: fc.array(piece, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('')) });
  const line = fc
    .tuple(fc.constantFrom('', '', '!'), fc.constantFrom('', '', '/'), fc.array(name, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/'))
    .map(([mark, start, names, end]) => `${mark}${start}${names.join('/')}${end}`);

  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (lines) => {
      writeFileSync(join(root, '.git/info/exclude'), `${lines.join('\n')}\n`);
      const asked = await home.run('git', ['check-ignore', '--no-index', '--verbose', '--non-matching', '-z', '--stdin'], { cwd: root, stdin: paths.map((path) => `${path}\0`).join('') });
      const fields = asked.stdout.split('\0');
      const byGit = paths.map((path, index) => {
        const pattern = fields[index * 4 + 2] ?? '';
        return [path, pattern !== '' && !pattern.startsWith('!')];
      });
      const patterns = parsePatterns(lines.join('\n'));
      const ours = paths.map((path) => {
        const names = path.split('/');
        const isWanted = names.some((_, depth) => lastMatch(patterns, names.slice(0, depth + 1), depth + 1 < names.length || parents.has(path))?.negated === false);
        return [path, isWanted];
      });
      expect(ours, lines.join('\n')).toEqual(byGit);
    }),
    { numRuns: 150, seed: 7 },
  );
});

describe('what is ignored', () => {
  const tree: Record<string, IgnoredPath[]> = {
    build: [{ path: 'build/cache', isDirectory: true }, { path: 'build/log', isDirectory: false }],
    'build/cache': [{ path: 'build/cache/x', isDirectory: false }, { path: 'build/cache/y', isDirectory: false }],
  };
  const ignored: IgnoredPath[] = [
    { path: '.env', isDirectory: false },
    { path: 'build', isDirectory: true },
    { path: 'node_modules', isDirectory: true },
    { path: 'packages/a/node_modules', isDirectory: true },
  ];
  test.each([
    [['node_modules'], ['node_modules', 'packages/a/node_modules']],
    [['packages/'], ['packages/a/node_modules']],
    [['.env', 'build'], ['.env', 'build']],
    [['build/cache'], ['build/cache']],
    [['build/cache/*', '!build/cache/x'], ['build/cache/y']],
    [['cache'], []],
    [['**/cache'], ['build/cache']],
    [['build', '!build/log'], ['build']],
    [['*', '!node_modules'], ['.env', 'build', 'packages/a/node_modules']],
    [['!build'], []],
  ])('and named by %j', (lines, expected) => {
    const wanted = selectWanted(ignored, parsePatterns(lines.join('\n')), (directory) => tree[directory] ?? []);
    expect(wanted.map(({ path }) => path)).toEqual(expected);
  });

  test('is looked into only where a line leads', () => {
    const looked: string[] = [];
    selectWanted(ignored, parsePatterns('build/cache/x\n.env'), (directory) => {
      looked.push(directory);
      return tree[directory] ?? [];
    });
    expect(looked).toEqual(['build', 'build/cache']);
  });
});

test.each([
  ['a', 'a', true],
  ['a', 'a/b', true],
  ['a/b', 'a', true],
  ['a', 'ab', false],
])('%j and %j overlap: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});
