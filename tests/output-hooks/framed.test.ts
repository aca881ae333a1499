import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import { framed } from '../../src/output/hooks/framed';

const allKept = { isDoneWith: () => false };

function frame(...pieces: string[]): string {
  return Buffer.concat([...framed(pieces.map((piece) => Buffer.from(piece)), Buffer.from('| '), allKept)]).toString();
}

const [red, reset] = ['\u001B[31m', '\u001B[0m'];

test.each([
  [['one\ntwo\n'], '| one\n| two\n'],
  [['one\ntw', 'o'], '| one\n| two\n'],
  [['\n\n'], '| \n| \n'],
  [[], ''],
  [[`${red}a\nb\n`], `| ${red}a\n| b\n${reset}`],
  [['10%\r20%', '\r100%\n'], '| 100%\n'],
  [['10%\r20%\r'], '| 20%\n'],
  [['dos\r\nline\r\n'], '| dos\n| line\n'],
  [['up\u001B[2A\u001B[K\u001B[?25l\n\u001B[2Jclear\u001Bc\n'], '| up\n| clear\n'],
  [['\u001B]0;title\u0007x\u001B]8;;http://a\u001B\\link\u001B]8;;\u001B\\\n'], '| xlink\n'],
  [['größe 行\r日本\n'], '| 日本\n'],
  [['a\u000Bb\u0008\u0007\tc\u0000\n', 'd\n'], '| ab\tc\n| d\n'],
  [['a\u0008', 'b\n'], '| ab\n'],
  [['a\u009B2Jb é\u00A0\n'], '| a2Jb é\u00A0\n'],
])('%j', (pieces, expected) => expect(frame(...pieces)).toBe(expected));

test('a line without end does not fill the memory', () => {
  const text = 'x'.repeat(700_000);
  expect(frame(text, text, text)).toBe(`| ${text.repeat(3)}\n`);
});

test('of a progress bar only the last state is left, however long it went on', () => {
  const step = Array.from({ length: 1000 }, (_, i) => `\r${red}step ${i}${reset}`).join('');
  expect(frame(...Array.from({ length: 50 }, () => step), '\rdone\nnext')).toBe(`| done\n| next\n`);
});

test.each([
  ['an escape', ['x'.repeat(33_000), `${'y'.repeat(33_000)}\u001B`, `[2J${'z'.repeat(33_000)}`]],
  ['a C1 control', [`${'y'.repeat(33_000)}\u00C2`, `\u009B2J${'z'.repeat(33_000)}`]],
  ['a sequence and a newline', ['\u001B[', '\n2J']],
])('%s in two pieces does not get through', (_, pieces) => {
  const shown = Buffer.concat([...framed(pieces.map((piece) => Buffer.from(piece, 'latin1')), Buffer.from('| '), allKept)]).toString('latin1');
  expect(shown).toContain('2J');
  // oxlint-disable-next-line no-control-regex -- this is what must not be there
  expect(shown).not.toMatch(/\u001B(?!\[0m)|\u00C2[\u0080-\u009F]/);
});

test('a million carriage returns are no work', () => {
  const returns = '\r'.repeat(1_000_000);
  const begun = performance.now();
  expect(frame(`a${returns}b\n${returns}\n`, returns)).toBe('| b\n| \n');
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('however the bytes arrive, the lines are the same', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'é', '行', '\n', '\r', red, '\u001B[A', '\u009B', '\u00A0') });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(50)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const at = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const pieces = at.map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
      expect(Buffer.concat([...framed(pieces, Buffer.from('| '), allKept)]).toString()).toBe(Buffer.concat([...framed([bytes], Buffer.from('| '), allKept)]).toString());
    }),
  );
});
