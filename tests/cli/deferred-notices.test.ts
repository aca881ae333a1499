import { expect, test } from 'vitest';
import { noticeLines } from '../../src/cli/deferred-notices';

test.each([
  [[], []],
  [['a'], ['a']],
  [
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ],
  [
    ['a', 'b', 'c', 'd', 'e'],
    ['a', 'b', 'c', 'and 2 more -- daft hooks jobs --failed --all'],
  ],
  [['a\u001B[2J\nb'], ['a\uFFFD[2J\uFFFDb']],
])('of %j are told %j', (lines, told) => expect(noticeLines(lines)).toEqual(told));
