import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import { LineMarker } from '../../src/output/hooks/line-marker';

const mark = Buffer.from('| ');
const allKept = () => false;

test.each([
  ['one\ntwo\n', true, '| one\n| two\n'],
  ['rest\nnext', false, 'rest\n| next'],
  ['\n\n', true, '| \n| \n'],
  ['\n', false, '\n'],
])('%j', (text, atStart, marked) => expect(new LineMarker(allKept).mark(Buffer.from(text), mark, { atStart }).toString()).toBe(marked));

test('what was marked before is left alone while somebody may need it, and its memory used again when nobody does', () => {
  let isDoneWith = false;
  const marker = new LineMarker(() => isDoneWith);
  const first = marker.mark(Buffer.from('first\n'), mark, { atStart: true });
  const second = marker.mark(Buffer.from('other\n'), mark, { atStart: true });
  expect([first, second].map(String)).toEqual(['| first\n', '| other\n']);
  isDoneWith = true;
  expect(marker.mark(Buffer.from('third\n'), mark, { atStart: true }).buffer).toBe(second.buffer);
});

test('text in pieces is marked like text in one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', 'bc')), fc.nat(), (parts, at) => {
      const text = Buffer.from(parts.join(''));
      const cut = text.length === 0 ? 0 : at % text.length;
      const [head, tail] = [text.subarray(0, cut), text.subarray(cut)];
      const marker = new LineMarker(allKept);
      const whole = marker.mark(text, mark, { atStart: true });
      const pieces = [marker.mark(head, mark, { atStart: true }), marker.mark(tail, mark, { atStart: head.length === 0 || head.at(-1) === 0x0a })];
      if (text.length > 0) expect(Buffer.concat(pieces.filter((_, index) => [head, tail][index]?.length !== 0)).toString()).toBe(whole.toString());
    }),
  );
});
