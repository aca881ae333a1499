import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { parseGithubAnswer, parseGitlabAnswer, parseGitlabProject } from '../../src/worktree/requests/answers';
import { chooseLocalBranch, type Branches, type LocalBranch } from '../../src/worktree/requests/local-branch';
import { attemptsAt, pullsHead } from '../../src/worktree/requests/pull-source';
import { findRemote, urlOfFork, type Remote } from '../../src/worktree/requests/remotes';
import { parseRemoteUrl } from '../../src/worktree/requests/location';
import type { ForgeRequest, HeadHome } from '../../src/worktree/requests/request';

const commit = 'a'.repeat(40);
const pull = {
  headRefName: 'feature',
  headRefOid: commit,
  headRepository: { id: 'R_1', name: 'app' },
  headRepositoryOwner: { id: 'U_1', login: 'ada' },
  isCrossRepository: true,
  maintainerCanModify: true,
  number: 7,
  state: 'OPEN',
  title: 'Count VAT',
  url: 'https://github.com/acme/app/pull/7',
};
const merge = {
  iid: 7,
  title: 'Count VAT',
  state: 'opened',
  source_branch: 'feature',
  source_project_id: 2,
  target_project_id: 1,
  sha: commit,
  web_url: 'https://gitlab.com/group/sub/app/-/merge_requests/7',
  allow_collaboration: true,
};

const parseGithub = (fields: Record<string, unknown>) => parseGithubAnswer(JSON.stringify({ ...pull, ...fields }), 7);
const parseGitlab = (fields: Record<string, unknown>) => parseGitlabAnswer(JSON.stringify({ ...merge, ...fields }), 7);

describe('what gh answers', () => {
  test('is a request', () => {
    expect(parseGithub({ body: 'of no account' })).toEqual({
      kind: 'understood',
      value: {
        forge: 'github',
        number: 7,
        title: 'Count VAT',
        ended: undefined,
        repository: { host: 'github.com', path: 'acme/app' },
        head: { branch: 'feature', commit, home: { kind: 'fork', path: 'ada/app' }, writable: true },
      },
    });
  });

  test.each<[Record<string, unknown>, HeadHome]>([
    [{ isCrossRepository: false }, { kind: 'base' }],
    [{ headRepository: null }, { kind: 'gone', owner: 'ada' }],
    [{ headRepository: null, headRepositoryOwner: null }, { kind: 'gone', owner: undefined }],
    [{ headRepositoryOwner: { login: '' } }, { kind: 'gone', owner: undefined }],
  ])('tells where the head lives: %j', (fields, home) => expect(parseGithub(fields)).toMatchObject({ value: { head: { home } } }));

  test.each([['CLOSED', 'closed'], ['MERGED', 'merged'], ['OPEN', undefined], ['QUEUED', undefined]])('tells how it has ended: %s', (state, ended) =>
    expect(parseGithub({ state })).toMatchObject({ value: { ended } }));

  test.each([
    ['headRefName', '--upload-pack=x'], ['headRefName', '../x'], ['headRefName', '-'], ['headRefName', ''], ['headRefName', 'a\u001B[2Jb'], ['headRefName', 7],
    ['headRefOid', '--exec=x'], ['headRefOid', 'a'.repeat(41)], ['headRefOid', 'HEAD'],
    ['number', 8], ['number', '7'], ['title', null], ['isCrossRepository', 'yes'],
    ['url', 'https://github.com/acme/app/pull/8'], ['url', 'https://evil.example/-x/app/pull/7'], ['url', 'file:///etc/passwd'],
    ['headRepository', { name: '../../etc' }], ['headRepository', { name: 'a b' }], ['headRepository', 'app'], ['headRepositoryOwner', { login: '-oProxyCommand=x' }],
  ])('is refused with %s: %j', (field, value) => expect(parseGithub({ [field]: value })).toMatchObject({ kind: 'not-understood' }));

  test('is refused, and no more, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseGithubAnswer(text, 7).kind === 'not-understood' && parseGitlabAnswer(text, 7).kind === 'not-understood' && parseGitlabProject(text).kind === 'not-understood'));
    const fields = fc.constantFrom(...Object.keys(pull), ...Object.keys(merge));
    fc.assert(
      fc.property(fields, fc.jsonValue(), (field, value) => {
        for (const parsed of [parseGithub({ [field]: value }), parseGitlab({ [field]: value })]) expect(['understood', 'not-understood']).toContain(parsed.kind);
      }),
    );
  });
});

describe('what glab answers', () => {
  test('is a request, whose fork is a number', () => {
    expect(parseGitlab({})).toMatchObject({
      value: { fork: 2, request: { forge: 'gitlab', repository: { host: 'gitlab.com', path: 'group/sub/app' }, head: { home: { kind: 'gone' }, writable: true } } },
    });
    expect(parseGitlab({ source_project_id: 1 })).toMatchObject({ value: { fork: undefined, request: { head: { home: { kind: 'base' } } } } });
    expect(parseGitlab({ source_project_id: null, state: 'merged', allow_collaboration: undefined })).toMatchObject({
      value: { fork: undefined, request: { ended: 'merged', head: { home: { kind: 'gone' }, writable: false } } },
    });
    expect(parseGitlabProject('{"path_with_namespace":"ada/sub/app"}')).toEqual({ kind: 'understood', value: 'ada/sub/app' });
  });

  test.each([
    ['source_branch', '-x'], ['sha', null], ['iid', 8], ['web_url', 'https://gitlab.com/a/b/-/issues/7'], ['target_project_id', '1'], ['source_project_id', -1],
  ])('is refused with %s: %j', (field, value) => expect(parseGitlab({ [field]: value })).toMatchObject({ kind: 'not-understood' }));
  test.each(['../x', 'x', '-a/b', 'a/b c', ''])('and so is a project at %j', (path) => expect(parseGitlabProject(JSON.stringify({ path_with_namespace: path }))).toMatchObject({ kind: 'not-understood' }));
});

function requestFrom(home: HeadHome, branch = 'feature'): ForgeRequest {
  return { forge: 'github', number: 7, title: '', ended: undefined, repository: { host: 'github.com', path: 'acme/app' }, head: { branch, commit, home, writable: true } };
}
const fork: HeadHome = { kind: 'fork', path: 'ada/app' };
const remote = (name: string, url: string): Remote => ({ name, locations: [parseRemoteUrl(url)].flatMap((location) => location ?? []) });
const origin = remote('origin', 'git@github.com:acme/app.git');

describe('the local branch of a request', () => {
  const url = 'https://github.com/acme/app/pull/7';
  const untracked: LocalBranch = { tip: 'b', remote: undefined, merge: undefined, request: undefined };
  const tracks = (at: string, merge: string): LocalBranch => ({ ...untracked, remote: at, merge });
  const choose = (request: ForgeRequest, local: Record<string, LocalBranch>, others: Partial<Branches> = {}, parts: readonly string[] = []) =>
    chooseLocalBranch(
      { request, url, pullsHead: (source) => pullsHead(source, request, 'origin', [origin]), isPartOfRequest: (tip) => parts.includes(tip) },
      { local: new Map(Object.entries({ main: tracks('origin', 'refs/heads/main'), ...local })), ofRemote: new Set(['main', 'topic']), defaultBranch: 'main', ...others },
    );

  test.each<[string, ForgeRequest, Record<string, LocalBranch>, ReturnType<typeof chooseLocalBranch>]>([
    ['is called like the head', requestFrom(fork), {}, { kind: 'new', branch: 'feature' }],
    ['is below its owner for the default branch', requestFrom(fork, 'main'), {}, { kind: 'new', branch: 'ada/main' }],
    ['is below its owner for a branch that the repository has', requestFrom(fork, 'topic'), {}, { kind: 'new', branch: 'ada/topic' }],
    ['leaves an unrelated one alone', requestFrom(fork), { feature: untracked }, { kind: 'new', branch: 'ada/feature' }],
    ['leaves one of another request alone', requestFrom(fork), { feature: { ...tracks('https://github.com/bob/app.git', 'refs/heads/feature'), request: 'x' } }, { kind: 'new', branch: 'ada/feature' }],
    ['goes out of the way of branches below', requestFrom(fork), { 'feature/x': untracked }, { kind: 'new', branch: 'ada/feature' }],
    ['goes out of the way of branches above', requestFrom(fork), { feature: untracked, ada: untracked }, { kind: 'new', branch: 'pr/7' }],
    ['has no name left', requestFrom(fork), { feature: untracked, ada: untracked, pr: untracked }, { kind: 'none', tried: ['feature', 'ada/feature', 'pr/7'] }],
    ['has a number where daft does not work with the name', requestFrom(fork, 'a;b'), {}, { kind: 'new', branch: 'pr/7' }],
    ['is the one that pulls from the fork by whatever protocol', requestFrom(fork), { feature: tracks('https://github.com/Ada/app', 'refs/heads/feature') }, { kind: 'existing', branch: 'feature' }],
    ['is the one that pulls by number', requestFrom(fork), { feature: tracks('origin', 'refs/pull/7/head') }, { kind: 'existing', branch: 'feature' }],
    ['is the recorded one', requestFrom(fork), { mine: { ...untracked, request: url }, feature: untracked }, { kind: 'existing', branch: 'mine' }],
    ['is the one below the owner if that is there', requestFrom(fork), { feature: untracked, 'ada/feature': tracks('git@github.com:ada/app.git', 'refs/heads/feature') }, { kind: 'existing', branch: 'ada/feature' }],
    ['of a deleted fork has the name of the head', requestFrom({ kind: 'gone', owner: undefined }), {}, { kind: 'new', branch: 'feature' }],
    ['of the repository itself is the local one', requestFrom({ kind: 'base' }, 'topic'), { topic: untracked }, { kind: 'existing', branch: 'topic' }],
    ['of the repository itself is made', requestFrom({ kind: 'base' }, 'topic'), {}, { kind: 'new', branch: 'topic' }],
    ['of the repository itself is not that of another request', requestFrom({ kind: 'base' }, 'topic'), { topic: { ...untracked, request: 'x' } }, { kind: 'new', branch: 'acme/topic' }],
  ])('%s', (_title, request, local, choice) => expect(choose(request, local)).toEqual(choice));

  test('is one that pulls from nowhere only if it has commits of the request, and is not the default branch', () => {
    expect(choose(requestFrom(fork), { feature: untracked }, {}, ['b'])).toEqual({ kind: 'existing', branch: 'feature' });
    expect(choose(requestFrom(fork, 'main'), { main: untracked }, {}, ['b'])).toEqual({ kind: 'new', branch: 'ada/main' });
  });
});

describe('where a head is fetched from', () => {
  const byNumber = { remote: 'origin', ref: 'refs/pull/7/head', tracking: undefined };
  test.each<[string, HeadHome, readonly Remote[], unknown]>([
    ['the branch of the repository, then its number', { kind: 'base' }, [origin], [
      { fetch: { remote: 'origin', ref: 'refs/heads/feature', tracking: 'refs/remotes/origin/feature' }, pull: { remote: 'origin', merge: 'refs/heads/feature' } },
      { fetch: byNumber, pull: { remote: 'origin', merge: 'refs/pull/7/head' } },
    ]],
    ['the number, then the fork', fork, [origin], [
      { fetch: byNumber, pull: { remote: 'git@github.com:ada/app.git', merge: 'refs/heads/feature' } },
      { fetch: { remote: 'git@github.com:ada/app.git', ref: 'refs/heads/feature', tracking: undefined }, pull: { remote: 'git@github.com:ada/app.git', merge: 'refs/heads/feature' } },
    ]],
    ['the fork that is a remote, then the number', fork, [origin, remote('ada', 'https://github.com/ada/app')], [
      { fetch: { remote: 'ada', ref: 'refs/heads/feature', tracking: 'refs/remotes/ada/feature' }, pull: { remote: 'ada', merge: 'refs/heads/feature' } },
      { fetch: byNumber, pull: { remote: 'ada', merge: 'refs/heads/feature' } },
    ]],
    ['the number of a deleted fork', { kind: 'gone', owner: 'ada' }, [origin], [{ fetch: byNumber, pull: { remote: 'origin', merge: 'refs/pull/7/head' } }]],
  ])('%s', (_title, home, remotes, attempts) => expect(attemptsAt(requestFrom(home), 'origin', remotes)).toEqual(attempts));

  test('of several remotes that are the repository the preferred one is taken, and one by an alias last', () => {
    const remotes = [remote('work', 'github.com-work:acme/app'), remote('web', 'https://github.com/acme/app'), origin, remote('ada', 'git@github.com:ada/app')];
    const wanted = { host: 'github.com', path: 'acme/app' };
    expect(findRemote(remotes, wanted, 'origin')?.name).toBe('origin');
    expect(findRemote(remotes, wanted, 'work')?.name).toBe('web');
    expect(findRemote([remotes[0]!], wanted, 'origin')?.name).toBe('work');
    expect(findRemote(remotes, { host: 'github.com', path: 'bob/app' }, 'origin')).toBeUndefined();
    expect(urlOfFork(remotes[0], wanted, 'ada/app')).toBe('github.com-work:ada/app.git');
    expect(urlOfFork(undefined, wanted, 'ada/app')).toBe('https://github.com/ada/app.git');
  });
});
