import type { Budget } from './budget';

const windowLength = 64;
const plain = /^[\n\t -~]*$/;

// Made when it is needed: it costs as much as a start of the program can afford.
let segmenter: Intl.Segmenter | undefined;

function segmentsOf(text: string): string[] {
  if (plain.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * What a reader takes for one character each, which may be several code points.
 *
 * Seen through a window: each step of a segmenter takes time in proportion to the whole text it was given. A character
 * that does not end inside of the window is looked at again from its beginning; one longer than that is cut.
 */
export function* graphemesOf(text: string, budget: Budget): Iterable<string> {
  let position = 0;
  while (position < text.length) {
    budget.spend(windowLength);
    const end = position + windowLength;
    const isCut = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)); // a surrogate without its other half
    const segments = segmentsOf(text.slice(position, isCut ? end - 1 : end));
    if (end < text.length && segments.length > 1) segments.pop();
    for (const segment of segments) {
      position += segment.length;
      yield segment;
    }
  }
}
