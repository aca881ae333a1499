import { describe, expect, test } from 'vitest';
import { parseText } from '../../src/config/grammar';
import { findObstacle } from '../../src/hooks/conditions';
import type { Probes } from '../../src/hooks/conditions';

function world(given: Partial<{ os: Probes['os']; env: Record<string, string>; ref: string; states: string[]; succeeding: string[] }> = {}): Probes & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    os: given.os ?? 'linux',
    env: (name) => given.env?.[name],
    ref: async () => { asked.push('ref'); return given.ref ?? 'main'; },
    inState: async (state) => { asked.push(state); return given.states?.includes(state) ?? false; },
    succeeds: async (command) => { asked.push(command); return given.succeeding?.includes(command) ?? false; },
  };
}

/** Through the real door, so that a field the schema drops cannot pass here. */
async function reason(yaml: string, probes: Probes): Promise<string | undefined> {
  const parsed = parseText('config', `hooks: {post-clone: {${yaml}}}`, 'x');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  return findObstacle(parsed.content!.hooks!['post-clone']!, probes);
}

describe('skip: any match skips', () => {
  test.each([
    ['skip: true', world(), 'skip: true'],
    ['skip: false', world(), undefined],
    ['skip: CI', world({ env: { CI: '1' } }), 'skip: env $CI is set'],
    ['skip: CI', world({ env: { CI: '0' } }), undefined],
    ['skip: CI', world({ env: { CI: 'False' } }), undefined],
    ['skip: CI', world({ env: { CI: '' } }), undefined],
    ['skip: CI', world(), undefined],
    ['skip: []', world(), undefined],
    ['skip: [merge]', world({ states: ['merge'] }), 'skip: in merge state'],
    ['skip: [merge, rebase]', world({ states: ['rebase'] }), 'skip: in rebase state'],
    ['skip: [cherry-pick]', world({ states: ['cherry-pick'] }), undefined],
    ['skip: [{ref: main}]', world(), "skip: ref matches 'main'"],
    ['skip: [{ref: "release/*"}]', world({ ref: 'release/1/2' }), "skip: ref matches 'release/*'"],
    ['skip: [{ref: "rel*"}, {env: CI}]', world({ ref: 'x', env: { CI: 'y' } }), 'skip: env $CI is set'],
    ['skip: [{run: test}]', world({ succeeding: ['test'] }), 'skip: command succeeded: test'],
    ['skip: [{ref: other, env: CI}]', world({ env: { CI: '1' } }), 'skip: env $CI is set'],
    ['skip: [{env: CI, desc: not in CI}]', world({ env: { CI: '1' } }), 'not in CI'],
    ['skip: {linux: [{env: CI}]}', world({ env: { CI: '1' } }), 'skip: env $CI is set'],
    ['skip: {macos: [{env: CI}]}', world({ env: { CI: '1' } }), undefined],
  ])('%s', async (yaml, probes, expected) => expect(await reason(yaml, probes)).toBe(expected));
});

describe('only: everything must match', () => {
  test.each([
    ['only: true', world(), undefined],
    ['only: false', world(), 'only: false'],
    ['only: CI', world(), 'only: env $CI is not set'],
    ['only: CI', world({ env: { CI: 'yes' } }), undefined],
    ['only: [merge]', world(), 'only: not in merge state'],
    ['only: [cherry-pick]', world(), 'only: not in cherry-pick state'],
    ['only: [{ref: main}]', world({ ref: 'HEAD' }), "only: ref does not match 'main'"],
    ['only: [{env: A}, {env: B}]', world({ env: { A: '1' } }), 'only: env $B is not set'],
    ['only: [{run: test}]', world(), 'only: command failed: test'],
    ['only: [{ref: main, env: CI}]', world(), 'only: env $CI is not set'],
    ['only: [{ref: main, env: CI, run: test}]', world({ env: { CI: '1' }, succeeding: ['test'] }), undefined],
    ['only: [{ref: dev, desc: dev only}]', world(), 'dev only'],
    ['only: {macos: [{env: CI}]}', world(), undefined],
    ['only: {linux: [{env: CI}]}', world(), 'only: env $CI is not set'],
    ['skip: CI, only: false', world({ env: { CI: '1' } }), 'skip: env $CI is set'],
  ])('%s', async (yaml, probes, expected) => expect(await reason(yaml, probes)).toBe(expected));
});

test.each([
  ['main', 'main', true],
  ['main', 'Main', false],
  ['feat/a/b', 'feat/*', true],
  ['feat', 'feat/*', false],
  ['abc', '*b*', true],
  ['aXbXc', 'a*b*c', true],
  ['ab', 'ab*b', false],
  ['x.y', 'x?y', false],
  ['anything', '*', true],
  ['aab', '*ab', true],
  ['release-1', 'release-*-*', false],
])('%s against %s', async (ref, pattern, matches) => {
  expect((await reason(`skip: [{ref: "${pattern}"}]`, world({ ref }))) !== undefined).toBe(matches);
});

test('the world is asked no more than the decision needs', async () => {
  const probes = world({ env: { CI: '1' } });
  await reason('skip: [{env: CI}, {run: expensive}, merge]', probes);
  expect(probes.asked).toEqual([]);
});
