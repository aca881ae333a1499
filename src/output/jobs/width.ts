import fastStringWidth from 'fast-string-width';

/** Columns that a text takes on a terminal. */
export function visibleWidth(text: string): number {
  // What nearly every cell consists of: one column per character, and no need to look at each of them.
  return /^[ -~→↪○⟳✓✗—]*$/.test(text) ? text.length : fastStringWidth(text);
}
