import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRegistry, updateRegistry } from '../../src/config';
import type { Registry, RegistryEntry } from '../../src/config';

let dir: string;
beforeEach(() => { dir = join(mkdtempSync(join(tmpdir(), 'daft-registry-')), 'daft'); });
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

const now = new Date('2026-04-28T12:00:00Z');
const put = (name: string, content: unknown) => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
};
const written = () => readFileSync(join(dir, 'repos.json'), 'utf8');
function read(): Registry {
  const reading = readRegistry(dir);
  if (reading.kind !== 'read') throw new Error(reading.reason);
  return reading.registry;
}
const adding = (key: string, entry: RegistryEntry) => (registry: Registry): Registry => ({ ...registry, repositories: new Map([...registry.repositories, [key, entry]]) });
async function update(change: (registry: Registry) => Registry): Promise<string[]> {
  const warnings: string[] = [];
  await updateRegistry(dir, change, { now, warn: (text) => warnings.push(text) });
  return warnings;
}
const trusted: RegistryEntry = { trust: { level: 'allow', grantedAt: 1714300000, grantedBy: 'user', fingerprint: 'git@example.com:me/repo.git' }, layout: 'contained' };

describe('writing', () => {
  test('the file is pretty JSON with what is absent left out, and reads back the same', async () => {
    await update(adding('/abs/repo/.git', trusted));
    expect(written()).toBe(
      `{
  "version": 3,
  "repositories": {
    "/abs/repo/.git": {
      "trust": {
        "level": "allow",
        "granted_at": 1714300000,
        "granted_by": "user",
        "fingerprint": "git@example.com:me/repo.git"
      },
      "layout": "contained"
    }
  },
  "patterns": []
}
`,
    );
    await update(adding('/b/.git', { trust: { level: 'deny', grantedAt: 0, grantedBy: 'user', fingerprint: null }, layout: null }));
    expect(Object.keys((JSON.parse(written()) as { repositories: Record<string, object> }).repositories['/b/.git']!)).toEqual(['trust']);
    expect(read().repositories.get('/abs/repo/.git')).toEqual(trusted);
  });

  test('a change of nothing leaves no trace', async () => {
    await update((registry) => registry);
    expect(existsSync(dir)).toBe(false);
  });

  test('concurrent writers lose nothing', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => update(adding(`/r${index}/.git`, trusted))));
    expect(read().repositories.size).toBe(20);
    expect(readdirSync(dir)).toEqual(['repos.json']);
  });

  test('what cannot be read is set aside, told, and started afresh', async () => {
    put('repos.json', '{ nonsense');
    expect(readRegistry(dir)).toMatchObject({ kind: 'unreadable', path: join(dir, 'repos.json') });
    const warnings = await update(adding('/a/.git', trusted));
    expect(warnings).toHaveLength(1);
    expect(readFileSync(join(dir, `repos.json.corrupt-${now.getTime() / 1000}.bak`), 'utf8')).toBe('{ nonsense');
    expect([...read().repositories.keys()]).toEqual(['/a/.git']);
  });
});

describe('older formats', () => {
  const old = { version: 2, repositories: { '/a/.git': { level: 'prompt', granted_at: '2024-04-28T10:26:40Z', granted_by: 'user', fingerprint: 'u' } } };

  test('trust.json is read where repos.json is missing; only the next write converts it', async () => {
    put('trust.json', old);
    expect(read().repositories.get('/a/.git')).toEqual({ trust: { level: 'prompt', grantedAt: 1714300000, grantedBy: 'user', fingerprint: 'u' }, layout: null });
    expect(readdirSync(dir)).toEqual(['trust.json']);
    await update(adding('/b/.git', trusted));
    expect(readdirSync(dir)).toEqual(['repos.json']);
    expect([...read().repositories.keys()]).toEqual(['/a/.git', '/b/.git']);
  });

  test('repos.json goes before trust.json', () => {
    put('trust.json', old);
    put('repos.json', { version: 3, repositories: {} });
    expect(read().repositories.size).toBe(0);
  });

  test.each([
    ['2024-04-28T10:26:40Z', 1714300000],
    [1714300000, 1714300000],
    ['', 0],
    ['soon', 0],
    [null, 0],
  ])('granted_at %j', (grantedAt, seconds) => {
    put('repos.json', { version: 3, repositories: { '/a/.git': { trust: { level: 'allow', granted_at: grantedAt } } } });
    expect(read().repositories.get('/a/.git')?.trust?.grantedAt).toBe(seconds);
  });
});

test.each([
  ['a level nobody knows', { version: 3, repositories: { '/a': { trust: { level: 'sure' } } } }],
  ['a later version', { version: 4 }],
  ['a list', []],
  ['an entry that is none', { version: 3, repositories: { '/a': 'allow' } }],
  ['patterns that are no list', { version: 3, patterns: {} }],
])('%s makes the file unreadable', (_what, content) => {
  put('repos.json', content);
  expect(readRegistry(dir).kind).toBe('unreadable');
});

test('patterns keep order, level and comment', () => {
  put('repos.json', { version: 3, patterns: [{ pattern: '/a/**', level: 'allow', comment: 'mine' }, { pattern: '/**', level: 'deny' }] });
  expect(read().patterns).toEqual([{ pattern: '/a/**', level: 'allow', comment: 'mine' }, { pattern: '/**', level: 'deny', comment: null }]);
});
