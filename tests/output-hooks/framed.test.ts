import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { framed } from '../../src/output/hooks/framed';

function frame(...pieces: string[]): string {
  return Buffer.concat([...framed(pieces.map((piece) => Buffer.from(piece)), Buffer.from('| '))]).toString();
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
])('%j', (pieces, expected) => expect(frame(...pieces)).toBe(expected));

test('a line without end does not fill the memory', () => {
  const text = 'x'.repeat(700_000);
  expect(frame(text, text, text)).toBe(`| ${text.repeat(3)}\n`);
});

test('however the bytes arrive, the lines are the same', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'é', '行', '\n', '\r', red, '\u001B[A') });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(50)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const at = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const pieces = at.map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
      expect(Buffer.concat([...framed(pieces, Buffer.from('| '))]).toString()).toBe(Buffer.concat([...framed([bytes], Buffer.from('| '))]).toString());
    }),
  );
});
