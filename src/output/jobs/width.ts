import truncate from 'fast-string-truncated-width';
import fastStringWidth from 'fast-string-width';

/** Columns that a text takes on a terminal. */
export function visibleWidth(text: string): number {
  // What nearly every cell consists of: one column per character, and no need to look at each of them.
  return /^[ -~→↪○⟳✓✗—]*$/.test(text) ? text.length : fastStringWidth(text);
}

/** The text, or as much of it as fits into so many columns together with an ellipsis. */
export function shorten(text: string, columns: number): string {
  const { truncated, index } = truncate(text, { limit: columns, ellipsis: '…', ellipsisWidth: 1 });
  return truncated ? `${text.slice(0, index)}…` : text;
}
