import { expect, test } from 'vitest';
import { findOwner, parseOwnershipStrategy, type OwnershipStrategy } from '../../src/worktree/ownership';

/** `a b a`: who committed, newest first. */
function ownerOf(authors: string, strategy: OwnershipStrategy, me?: string): string | undefined {
  const list = authors.split(' ').filter((name) => name !== '');
  return findOwner(list.map((name) => ({ name: name.toUpperCase(), email: `${name}@x` })), strategy, me)?.name;
}

test.each<[OwnershipStrategy, string, string | undefined]>([
  ['tip', 'a b b', 'A'],
  ['first', 'a b c', 'C'],
  ['any', 'a b', 'A'],
  ['plurality', 'a b b', 'B'],
  ['plurality', 'a b b a', 'A'],
  ['majority', 'a b b', 'B'],
  ['majority', 'a b', undefined],
  ['recency-plurality', 'a b c', 'A'],
  ['recency-plurality', 'a b b', 'A'],
  ['recency-plurality', 'a b b b', 'B'],
  ['recency-plurality', 'a b b c c b', 'A'],
  ['recency-plurality', '', undefined],
])('%s of %s', (strategy, authors, owner) => {
  expect(ownerOf(authors, strategy)).toBe(owner);
});

test('a branch with any commit of mine is mine', () => {
  expect(ownerOf('a b c', 'any', 'C@X')).toBe('C');
});

test('1 against 1/2 + 1/3 + 1/6 is a tie, which the newer commit wins', () => {
  expect(ownerOf('a b b c d b', 'recency-plurality')).toBe('A');
});

test('one author is one email in any case, under the name used last', () => {
  const authors = [
    { name: 'Ada L', email: 'ADA@x' },
    { name: 'Bob', email: 'bob@x' },
    { name: 'ada', email: 'ada@x' },
  ];
  expect(findOwner(authors, 'plurality', undefined)).toEqual({ name: 'Ada L', email: 'ADA@x' });
  expect(findOwner(authors, 'first', undefined)?.name).toBe('Ada L');
});

test('an unknown strategy is the default, and named', () => {
  expect(parseOwnershipStrategy('x')).toEqual({ strategy: 'recency-plurality', unknown: 'x' });
  expect(parseOwnershipStrategy(null)).toEqual({ strategy: 'recency-plurality' });
});
