import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import { Tamer } from '../../src/output/jobs';

function tamed(...chunks: readonly (string | Buffer)[]): string {
  const tamer = new Tamer();
  return Buffer.concat([...chunks.map((chunk) => tamer.tame(Buffer.from(chunk))), tamer.end()]).toString();
}

test.each([
  ['plain', 'häuser\tüber\n', 'häuser\tüber\n'],
  ['colours', '\u001B[1;31mred\u001B[0m \u001B[38:5:208mo\u001B[m', '\u001B[1;31mred\u001B[0m \u001B[38:5:208mo\u001B[m'],
  ['cursor movement', 'a\u001B[2J\u001B[1;1Hb\u001B[?25lc\u001B7d\u001B[>4;2me', 'abcde'],
  ['the title', 'a\u001B]0;owned\u0007b\u001B]8;;http://x\u001B\\c', 'abc'],
  ['device control and bells', 'a\u001BPq#0\u001B\\b\u0007c\bd\u0000', 'abcd'],
  ['C1 controls', 'a\u009B2Jb\u0085', 'a2Jb'],
  ['progress bars', '10%\r20%\r\ndone\r\n', '10%\n20%\ndone\n'],
  ['a title that never ends', 'a\u001B]0;b\nc', 'a0;b\nc'],
  ['a character set switch', 'a\u001B(0b', 'ab'],
])('%s', (_, text, expected) => {
  expect(tamed(text)).toBe(expected);
});

test.each([
  ['around a NUL', ['a\u00C2\u0000\u009Bb']],
  ['around several', ['a\u00C2\u00C2\u0000\u0007\u009Bb']],
  ['in two chunks', ['a\u00C2\u001B', '[2J\u009Bb']],
  ['in three chunks', ['a\u00C2', '\u00C2\u0000', '\u009Bb']],
])('the two bytes of a C1 control do not come together %s', (_, chunks) => {
  const tamer = new Tamer();
  const shown = Buffer.concat([...chunks.map((chunk) => tamer.tame(Buffer.from(chunk, 'latin1'))), tamer.end()]).toString('latin1');
  expect(shown).toBe('a\u009Bb');
});

test('a million carriage returns are no work', () => {
  const begun = performance.now();
  expect(tamed(`a${'\r'.repeat(1_000_000)}`, `${'\r'.repeat(1_000_000)}b`)).toBe('a\nb');
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('bytes that are no UTF-8 pass', () => {
  const tamer = new Tamer();
  expect(tamer.tame(Buffer.from([0x61, 0xff, 0x9b, 0x80, 0x62]))).toEqual(Buffer.from([0x61, 0xff, 0x9b, 0x80, 0x62]));
});

const piece = fc.constantFrom('\u001B', '[', ']', '2', ';', 'J', 'm', '\u0007', '\\', '\r', '\n', 'a', 'é', '\u009B', 'P', '?');

test('it does not matter how the log is cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.nat(), (pieces, at) => {
      const bytes = Buffer.from(pieces.join(''));
      const cut = bytes.length === 0 ? 0 : at % bytes.length;
      expect(tamed(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(tamed(bytes));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['returns in a string', ['\u001BP\r', '\u001B\u001B']],
  ['a string that the beginning of the next one ends', ['\u001B]J\u001BP', '\u001B\u001B']],
])('%s may lie across chunks', (_, chunks) => {
  expect(tamed(...chunks)).toBe(tamed(chunks.join('')));
});

test('the only escapes that are left are colours', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const left = tamed(pieces.join(''));
      // oxlint-disable-next-line no-control-regex -- this is what must not be there
      expect(left.replaceAll(/\u001B\[[\d;:]*m/g, '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
    }),
    { numRuns: 1000 },
  );
});

test('of bytes that are no text, neither', () => {
  const byte = fc.constantFrom(0xc2, 0x9b, 0x1b, 0x5b, 0x00, 0x0d, 0x32, 0x4a, 0x6d, 0x61);
  fc.assert(
    fc.property(fc.array(byte), fc.nat(), (bytes, at) => {
      const tamer = new Tamer();
      const cut = bytes.length === 0 ? 0 : at % bytes.length;
      const shown = Buffer.concat([tamer.tame(Buffer.from(bytes.slice(0, cut))), tamer.tame(Buffer.from(bytes.slice(cut))), tamer.end()]).toString('latin1');
      // oxlint-disable-next-line no-control-regex -- this is what must not be there
      expect(shown.replaceAll(/\u001B\[[\d;:]*m/g, '|')).not.toMatch(/\u00C2[\u0080-\u009F]|\u001B|[\u0000-\u0008\u000B-\u001F\u007F]/);
    }),
    { numRuns: 2000 },
  );
});
