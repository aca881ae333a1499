import { Writable } from 'node:stream';
import width from 'fast-string-width';

/**
 * A terminal to look at: what a program has written, as somebody in front of it would see it. Knows the sequences that a
 * live region needs, and wraps lines like the real thing. Lines that have left at the top stay readable.
 */
export class Screen extends Writable {
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #wraps = true;
  /** Complete writes: how often it was bothered. */
  writes = 0;

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super({ decodeStrings: true });
  }

  /** Everything since the beginning, line by line. */
  text(): string {
    return this.#lines.map((cells) => cells.join('').trimEnd()).join('\n');
  }

  /** A narrower terminal breaks the lines that are longer into several. */
  resize(columns: number, rows: number): void {
    const before = this.#lines;
    this.columns = columns;
    this.rows = rows;
    this.#lines = before.flatMap((cells) => {
      const pieces: string[][] = [];
      for (let start = 0; start < Math.max(cells.length, 1); start += columns) pieces.push(cells.slice(start, start + columns));
      return pieces;
    });
    this.#row += this.#lines.length - before.length;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes += 1;
    // oxlint-disable-next-line no-control-regex -- control sequences are what a terminal is about
    for (const [token] of chunk.toString('utf8').matchAll(/\u001B\[[?0-9;]*[A-Za-z]|[^\u001B]|\u001B/gu)) this.#take(token);
    done();
  }

  #take(token: string): void {
    if (token.startsWith('\u001B')) this.#obey(token.slice(2));
    else if (token === '\n') this.#newLine();
    else if (token === '\r') this.#column = 0;
    else this.#put(token);
  }

  #obey(sequence: string): void {
    if (sequence.endsWith('A')) {
      // The cursor cannot leave the screen at the top.
      const top = Math.max(0, this.#lines.length - this.rows);
      this.#row = Math.max(top, this.#row - Number(sequence.slice(0, -1) || 1));
    } else if (sequence === 'K') this.#line().splice(this.#column);
    else if (sequence === '2K') this.#line().splice(0);
    else if (sequence === 'J') {
      this.#line().splice(this.#column);
      this.#lines.splice(this.#row + 1);
    } else if (sequence === '?7l') this.#wraps = false;
    else if (sequence === '?7h') this.#wraps = true;
    else if (!/m$|^\?2026[hl]$/.test(sequence)) throw new Error(`a sequence this terminal does not know: ${JSON.stringify(sequence)}`);
  }

  #put(character: string): void {
    const cells = width(character);
    if (this.#column + cells > this.columns) {
      if (!this.#wraps) return;
      this.#newLine();
    }
    const line = this.#line();
    while (line.length < this.#column) line.push(' ');
    if (cells > 0) line.splice(this.#column, cells, character, ...Array.from({ length: cells - 1 }, () => ''));
    this.#column += cells;
  }

  #line(): string[] {
    return (this.#lines[this.#row] ??= []);
  }

  #newLine(): void {
    this.#row += 1;
    this.#column = 0;
    this.#line();
  }
}
