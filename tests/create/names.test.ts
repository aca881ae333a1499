import { describe, expect, test } from 'vitest';
import { branchNameComplaint, isPlainBranchName, repositoryNameComplaint, repositoryNameFromUrl } from '../../src/worktree/names';

describe('a branch name', () => {
  test.each([
    ['', 'Branch name cannot be empty'],
    ['a..b', "Branch name cannot contain '..'"],
    ['/a', "cannot start or end with '/'"],
    ['a/', "cannot start or end with '/'"],
    ['a;b', 'unsafe characters'],
    ['a`b', 'unsafe characters'],
    ['a\u0007b', 'control or problematic Unicode'],
    ['a\tb', 'control or problematic Unicode'],
    ['a\u200Bb', 'control or problematic Unicode'],
    ['a\u2028b', 'control or problematic Unicode'],
    ['a b', 'cannot contain whitespace'],
    ['a\u00A0b', 'cannot contain whitespace'],
    ['.github', 'Git-specific patterns'],
    ['refs/heads/x', 'Git-specific patterns'],
    ['a/.git', 'Git-specific patterns'],
    ['a/HEAD', 'Git-specific patterns'],
    ['HEAD', 'Git-specific patterns'],
    ['.a', "cannot start with '.'"],
    ['x'.repeat(100), 'too long (max 99 characters)'],
    ['é'.repeat(50), 'too long (max 99 characters)'],
  ])('%j is refused: %s', (name, fragment) => {
    expect(branchNameComplaint(name)).toContain(fragment);
  });

  test.each(['main', 'feature/auth', 'fix-1.2', 'HEADS', 'a.git', 'ünïcödé', 'x'.repeat(99), 'a@b', 'refs', 'v1.0#2'])('%j is good', (name) => {
    expect(branchNameComplaint(name)).toBeUndefined();
  });

  test('git is asked about all but the plainest', () => {
    expect(['main', 'feature/a_b-1'].every(isPlainBranchName)).toBe(true);
    expect(['-a', 'a.lock', 'a/.b', 'a//b', 'a/', 'a~1', 'a^', 'a:b', '@', 'a\\b', 'HEAD'].some(isPlainBranchName)).toBe(false);
  });
});

describe('a repository name', () => {
  test.each([
    ['', 'Repository name cannot be empty'],
    ['a..b', "'..'"],
    ['/etc', 'cannot contain path separators'],
    ['a:b', 'cannot contain path separators'],
    ['a$b', 'unsafe characters'],
    ['a b', 'whitespace'],
    ['.a', "start with '.'"],
    ['Com1', 'reserved device name'],
    ['x'.repeat(256), 'too long'],
  ])('%j is refused: %s', (name, fragment) => {
    expect(repositoryNameComplaint(name)).toContain(fragment);
  });

  test.each([
    ['https://h/u/app.git', 'app'],
    ['https://h/u/app.git/', 'app'],
    ['https://h/u/app?x=1#y', 'app'],
    ['ssh://git@h:22/u/site.github.io.git', 'site.github.io'],
    ['git@h:u/app.git', 'app'],
    ['git@h:app', 'app'],
    ['h:8:app.git', 'app'],
    ['/srv/repos/app/.git', 'app'],
    ['../app', 'app'],
    ['/tmp/a b/my app.git', 'myapp'],
    ['/tmp/a:b/c', 'c'],
    ['/srv/app.git.git', 'app.git'],
    ['/srv/..app..', 'app'],
  ])('is taken from %s: %s', (url, name) => {
    expect(repositoryNameFromUrl(url)).toBe(name);
  });

  test.each(['', '/', '.', '..', 'https://h/…', '/srv/a..b'])('cannot be taken from %j', (url) => {
    expect(() => repositoryNameFromUrl(url)).toThrow(/Could not extract repository name from URL|Repository name/);
  });
});
