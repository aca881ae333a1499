import { execFileSync } from 'node:child_process';
import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { parseRequestForm, requestUrl } from '../../src/worktree/request-form';
import { isBranchName } from '../../src/worktree/requests/head-name';
import { isSameRepository, maybeByAlias, parseRemoteUrl } from '../../src/worktree/requests/location';
import { plainLine, plainText } from '../../src/worktree/requests/plain-text';

const github = (host: string, path: string, number: number) => ({ forge: 'github', number, repository: { host, path } });
const gitlab = (host: string, path: string, number: number) => ({ forge: 'gitlab', number, repository: { host, path } });

describe('the forms of a request', () => {
  test.each([
    ['pr:123', { forge: 'github', number: 123 }],
    ['mr:45', { forge: 'gitlab', number: 45 }],
    ['https://github.com/acme/app/pull/7', github('github.com', 'acme/app', 7)],
    ['http://GitHub.com/acme/app/pull/7/', github('github.com', 'acme/app', 7)],
    ['https://ghe.example.com:8443/acme/my.app-1/pull/7/files?w=1&a=b#diff-0', github('ghe.example.com:8443', 'acme/my.app-1', 7)],
    ['https://github.com/acme/app/pull/7/commits/1f2e3d', github('github.com', 'acme/app', 7)],
    ['https://github.com/acme/app/pull/7#issuecomment-1', github('github.com', 'acme/app', 7)],
    ['https://gitlab.com/acme/app/-/merge_requests/45', gitlab('gitlab.com', 'acme/app', 45)],
    ['https://gitlab.example.org/group/sub/sub2/app/-/merge_requests/45/diffs?tab=x#note_1', gitlab('gitlab.example.org', 'group/sub/sub2/app', 45)],
  ])('%s', (text, form) => expect(parseRequestForm(text)).toEqual(form));

  test.each([
    'pr', 'pr:', 'pr:0', 'pr:07', 'pr:-1', 'pr:1.5', 'pr:7a', 'PR:7', 'pr/7', 'pr:99999999999', ' pr:7', 'pr:7\n', 'mr:x', '-', '', 'feature',
    'https://github.com/acme/app', 'https://github.com/acme/app/pull/', 'https://github.com/acme/app/pull/x', 'https://github.com/acme/app/pull/7x', 'https://github.com/acme/pull/7',
    'https://github.com/../app/pull/7', 'https://github.com/-acme/app/pull/7', 'https://-host/acme/app/pull/7', 'https://user@github.com/acme/app/pull/7',
    'https://gitlab.com/app/-/merge_requests/4', 'ssh://github.com/acme/app/pull/7', 'https://gitlab.com/a/../-/merge_requests/4', 'https://github.com/acme/app/issues/7',
  ])('and what is none of them: %j', (text) => expect(parseRequestForm(text)).toBeUndefined());

  test('have a URL that is read as the same request', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(fc.constantFrom('github', 'gitlab'), fc.domain(), part, part, fc.integer({ min: 1, max: 9_999_999_999 }), (forge, host, owner, name, number) => {
        const repository = { host: host.toLowerCase(), path: `${owner}/${name}` };
        expect(parseRequestForm(requestUrl(forge, repository, number))).toEqual({ forge, number, repository });
      }),
    );
  });

  test('are never a name that git has for a branch', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^(pr|mr):\d+$/)), (text) => parseRequestForm(text) === undefined || !isBranchName(text)));
  });
});

/** By a process for each: in one call, nothing would tell them apart. */
const gitTakes = (name: string): boolean => {
  try {
    execFileSync('git', ['check-ref-format', '--branch', name], { cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('the name of a head', () => {
  const names = ['feature', 'a/b', 'ä', 'a;b', '$(x)', 'a@b', 'HEAD', 'a/HEAD', '-x', '--upload-pack=x', '../x', 'a..b', '.a', 'a/.b', 'a.lock', 'a.lock/b', 'a.', 'a/', '/a', 'a//b', 'a b', 'a\tb', 'a\u007fb', 'a~b', 'a^b', 'a:b', 'a?b', 'a*b', 'a[b', 'a\\b', 'a@{b', 'x'.repeat(200), ''];
  test.each(names)('%j is judged as git does', (name) => expect(isBranchName(name)).toBe(gitTakes(name)));
  test('is not what is short for HEAD', () => expect(isBranchName('@')).toBe(false));

  test('is judged as git does, whatever it is', () => {
    const letters = fc.constantFrom('a', 'b', '/', '.', '-', '@', '{', '.lock', 'HEAD', ' ', '~', '\\', '\u0001', 'é', ':');
    fc.assert(fc.property(fc.array(letters, { minLength: 1, maxLength: 6 }), (parts) => parts.join('') === '@' || isBranchName(parts.join('')) === gitTakes(parts.join(''))), { numRuns: 60 });
  });
});

describe('the URL of a remote', () => {
  test.each([
    ['https://github.com/acme/app.git', 'github.com', 'acme/app', 'https://github.com/ada/fork.git'],
    ['https://github.com/acme/app/', 'github.com', 'acme/app', 'https://github.com/ada/fork.git'],
    ['https://me:secret@GitHub.com:8443/acme/app', 'github.com', 'acme/app', 'https://GitHub.com:8443/ada/fork.git'],
    ['git@github.com:acme/app.git', 'github.com', 'acme/app', 'git@github.com:ada/fork.git'],
    ['github.com-work:acme/app', 'github.com-work', 'acme/app', 'github.com-work:ada/fork.git'],
    ['ssh://git@gitlab.example.org:2222/group/sub/app.git', 'gitlab.example.org', 'group/sub/app', 'ssh://git@gitlab.example.org:2222/ada/fork.git'],
    ['git://host/app', 'host', 'app', 'git://host/ada/fork.git'],
  ])('%s', (url, host, path, fork) => {
    const location = parseRemoteUrl(url);
    expect(location).toMatchObject({ host, path });
    expect(location?.urlOf('ada/fork')).toBe(fork);
  });

  test.each(['/srv/app.git', '../app.git', 'file:///srv/app.git', 'C://x', '', 'https://github.com', './a:b'])('that leads to no host: %j', (url) => expect(parseRemoteUrl(url)).toBeUndefined());

  test('is compared without regard to protocol, port, case and ending', () => {
    const wanted = { host: 'github.com', path: 'acme/app' };
    const same = (url: string) => isSameRepository(parseRemoteUrl(url) ?? { host: '', path: '' }, wanted);
    expect(['git@github.com:Acme/App.git', 'https://www.github.com/acme/app', 'ssh://git@github.com:22/acme/app/'].map(same)).toEqual([true, true, true]);
    expect(['git@gitlab.com:acme/app.git', 'https://github.com/acme/app2', 'https://github.com/x/acme/app'].map(same)).toEqual([false, false, false]);
  });

  test('may have a host that only ssh knows', () => {
    const wanted = { host: 'github.com', path: 'acme/app' };
    const maybe = (url: string) => maybeByAlias(parseRemoteUrl(url)!, wanted);
    expect(['office:acme/app', 'git@github.com-work:acme/app.git', 'ssh://git@ssh.github.com:443/acme/app.git'].map(maybe)).toEqual([true, true, true]);
    expect(['https://office/acme/app', 'office:acme/other', 'git@gitlab.com:acme/app'].map(maybe)).toEqual([false, false, false]);
  });
});

test('what a stranger says commands no terminal', () => {
  expect(plainLine(' Count\u001B[31m VAT\u001B]0;title\u0007\r\n\u009B2J\u202Etxt\u0000 ')).toBe('Count VAT 2Jtxt');
  expect(plainText('one\n\ttwo\u001Bc')).toBe('one\n\ttwo');
  // oxlint-disable-next-line no-control-regex -- what must not be left
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/.test(plainLine(text))));
});
