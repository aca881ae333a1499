import { expect, test } from 'vitest';
import { distance, similarTo } from '../../src/cli/similar';

test.each([
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
  ['ab', 'ba', 2],
  ['naïve', 'naive', 1],
  ['a😀b', 'ab', 1],
])('from %j to %j it takes %i changes', (one, other, expected) => {
  expect(distance(one, other)).toBe(expected);
});

const words = ['setup', 'start', 'list', 'worktree-list', 'sync', 'shared'];

test('the nearest come first, then the alphabet decides', () => {
  expect(similarTo('steup', words)).toEqual(['setup', 'start']);
  expect(similarTo('syn', ['sync', 'sun', 'sin', 'zzzzzz'])).toEqual(['sin', 'sun', 'sync']);
});

test('a third of the longer name is near, if that is more than three', () => {
  expect(similarTo('worktree-pist', words)).toEqual(['worktree-list']);
  expect(similarTo('abcdefghijklmno', ['abcdefghijXXXXX', 'abcdefghiXXXXXX'])).toEqual(['abcdefghijXXXXX']);
});

test('the word itself and strangers are not similar, and five are enough', () => {
  expect(similarTo('list', ['list'])).toEqual([]);
  expect(similarTo('completely-unrelated-xyzzy', words)).toEqual([]);
  expect(similarTo('a', ['b', 'c', 'd', 'e', 'f', 'g', 'b'])).toEqual(['b', 'c', 'd', 'e', 'f']);
});
