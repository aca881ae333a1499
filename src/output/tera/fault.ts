/** What goes wrong inside the engine; leaves it as a TemplateError, which knows the template as well. */
export class Fault extends Error {
  /** Offset in the template; undefined until somebody knows it. */
  readonly at: number | undefined;
  /** A limit was hit: no condition may take this for "not there". */
  readonly limit: boolean;

  constructor(message: string, { at, limit = false }: { at?: number | undefined; limit?: boolean } = {}) {
    super(message);
    this.name = 'Fault';
    this.at = at;
    this.limit = limit;
  }
}

/** A text of unknown length as part of a message. */
export function quoted(text: string): string {
  return `'${text.length > 60 ? `${text.slice(0, 59)}…` : text}'`;
}
