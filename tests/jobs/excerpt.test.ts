import { expect, test } from 'vitest';
import { excerptOf } from '../../src/output/jobs';

const excerpt = (text: string | Buffer, { beginsWithin = false, columns }: { beginsWithin?: boolean; columns?: number } = {}) =>
  excerptOf({ bytes: Buffer.from(text), beginsWithin }, { lines: 3, columns });

test.each([
  ['nothing', '', []],
  ['fewer lines than wanted', 'a\nb\n', ['a', 'b']],
  ['the last lines', 'a\nb\nc\nd\n', ['b', 'c', 'd']],
  ['a last line that was not ended', 'a\nb\nc\nd', ['b', 'c', 'd']],
  ['no blank lines', 'a\n\n  \nb\n\n\u001B[0m\n', ['a', 'b']],
  ['no colours and no other sequences', '\u001B[31mred\u001B[0m\u001B[2J\u0007 \u001B]0;owned\u0007alert\n', ['red alert']],
  ['the last steps of a progress bar', '1%\r2%\r3%\r4%\n', ['2%', '3%', '4%']],
  ['tabs of a fixed width', '\tat x\n', ['    at x']],
])('%s', (_, text, lines) => expect(excerpt(text)).toEqual(lines));

test('lines are cut to what is left of the terminal beside the spine', () => {
  expect(excerpt('0123456789\nshort\n构建构建构建\n', { columns: 15 })).toEqual(['0123456…', 'short', '构建构…']);
});

test('where the log begins further up, a line without its beginning is shown only if there is no other', () => {
  expect(excerpt('ning\nwhole\n', { beginsWithin: true })).toEqual(['whole']);
  expect(excerpt(Buffer.from('äning').subarray(1), { beginsWithin: true })).toEqual(['…ning']);
});

test('bytes that are no UTF-8 are replaced', () => {
  expect(excerpt(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toEqual(['a\uFFFDb']);
});
