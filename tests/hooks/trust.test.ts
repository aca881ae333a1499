import { describe, expect, test } from 'vitest';
import type { Registry, TrustEntry } from '../../src/config';
import { matchesPattern, needsRemote, resolveTrust } from '../../src/hooks';

const entry = (rest: Partial<TrustEntry> = {}): TrustEntry => ({ level: 'allow', grantedAt: 0, grantedBy: 'user', fingerprint: null, ...rest });
const registry = (trust: TrustEntry | null, patterns: Registry['patterns'] = []): Registry => ({ repositories: new Map([['/code/r/.git', { trust, layout: null }]]), patterns });
const code = { pattern: '/code/**', level: 'allow', comment: null } as const;
const other = { pattern: '/other/**', level: 'prompt', comment: null } as const;

describe('effective trust', () => {
  test.each([
    ['entry', registry(entry()), undefined, { level: 'allow', because: 'entry' }],
    ['entry over pattern', registry(entry({ level: 'deny' }), [code]), undefined, { level: 'deny', because: 'entry' }],
    ['same remote', registry(entry({ fingerprint: 'u' })), 'u', { level: 'allow', because: 'entry' }],
    ['other remote', registry(entry({ fingerprint: 'u' })), 'v', { level: 'prompt', because: 'fingerprint-mismatch', mismatch: { trusted: 'u', current: 'v' } }],
    ['remote gone', registry(entry({ fingerprint: 'u' })), undefined, { level: 'allow', because: 'entry' }],
    ['no fingerprint', registry(entry()), 'v', { level: 'allow', because: 'entry' }],
    ['pattern', registry(null, [other, code]), undefined, { level: 'allow', because: 'pattern' }],
    ['first pattern', registry(null, [{ ...code, level: 'deny' }, code]), undefined, { level: 'deny', because: 'pattern' }],
    ['default', registry(null, [other]), undefined, { level: 'prompt', because: 'default' }],
  ])('%s', (_what, given, remoteUrl, expected) => {
    expect(resolveTrust(given, '/code/r/.git', { remoteUrl, defaultLevel: 'prompt' })).toMatchObject(expected);
  });

  test('the remote matters only where there is a fingerprint', () => {
    expect(needsRemote(registry(entry()), '/code/r/.git')).toBe(false);
    expect(needsRemote(registry(entry({ fingerprint: 'u' })), '/code/r/.git')).toBe(true);
    expect(needsRemote(registry(entry({ fingerprint: 'u' })), '/elsewhere/.git')).toBe(false);
  });
});

test.each([
  ['/code/r/.git', '/code/**', true],
  ['/code/r/.git', '/code/*/.git', true],
  ['/code/a/r/.git', '/code/*/.git', false],
  ['/code/a/r/.git', '/code/**/.git', true],
  ['/code/.git', '/code/**/.git', true],
  ['/coder/r/.git', '/code/**', false],
  ['/code/my-r/.git', '/code/my-*/.git', true],
  ['/code/r/.git', '/code/r', false],
  ['/code/r.x/.git', '/code/r?x/.git', false],
  ['/code/r/.git', '**', true],
  [`/${'a/'.repeat(40)}.git`, `/${'**/'.repeat(40)}b`, false],
])('%s against %s', (path, pattern, matches) => expect(matchesPattern(path, pattern)).toBe(matches));
