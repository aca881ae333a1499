import truncate from 'fast-string-truncated-width';

const reset = '\u001B[0m';

/** At most `columns` wide as terminals count: wide characters are two columns, styles none. What was cut ends in `…`. */
export function fitLine(line: string, columns: number): string {
  const { truncated, ellipsed, index } = truncate(line, { limit: columns, ellipsis: '…' });
  if (!truncated) return line;
  // The sequence that would have ended a style may be among what was cut.
  return `${line.slice(0, index)}${ellipsed ? '…' : ''}${line.includes('\u001B') ? reset : ''}`;
}
