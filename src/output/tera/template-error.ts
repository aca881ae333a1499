/** The only error that rendering throws: what is wrong with a template, or with what it does to the data, and where. */
export class TemplateError extends Error {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /**
   * The place, shown:
   *
   *      --> 1:4
   *       |
   *     1 | {{ nmae }}
   *       |    ^
   */
  readonly excerpt: string;

  /** @param at offset in `source` */
  constructor(message: string, { source, at }: { source: string; at: number }) {
    super(message);
    this.name = 'TemplateError';
    const before = source.slice(0, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    this.line = before.split('\n').length;
    this.column = Array.from(source.slice(lineStart, at)).length + 1;
    this.excerpt = excerptOf(source.slice(lineStart), this);
  }
}

function excerptOf(rest: string, { line, column }: { line: number; column: number }): string {
  const text = (rest.split('\n', 1)[0] ?? '').replace(/\r$/, '');
  const margin = ' '.repeat(String(line).length);
  // A tab stays a tab, so that the caret stands below its character however wide tabs are.
  const indent = Array.from(text.replace(/[^\t]/gu, ' ')).slice(0, column - 1).join('');
  return [`${margin}--> ${line}:${column}`, `${margin} |`, `${line} | ${text}`, `${margin} | ${indent}^`].join('\n');
}
