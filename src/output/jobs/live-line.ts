import { shorten, visibleWidth } from './width';

/** One line that is written over again, on a terminal; nothing anywhere else. */
export class LiveLine implements Disposable {
  readonly #stream: NodeJS.WritableStream & { readonly columns?: number };
  readonly #drawn: boolean;
  #text = '';
  /** Columns that the text took when it was written. */
  #width = 0;

  /** @param options.drawn whether the stream is a terminal */
  constructor(stream: NodeJS.WritableStream & { readonly columns?: number }, { drawn }: { drawn: boolean }) {
    this.#stream = stream;
    this.#drawn = drawn;
  }

  show(text: string): void {
    if (!this.#drawn) return;
    const shown = shorten(text, this.#columns() - 1);
    this.#stream.write(`${this.#erasing()}${shown}`);
    this.#text = text;
    this.#width = visibleWidth(shown);
  }

  /** Prints something for good, on whatever stream, with this line out of its way. */
  interrupt(print: () => void): void {
    const text = this.#text;
    this.clear();
    print();
    if (text !== '') this.show(text);
  }

  clear(): void {
    if (this.#text === '') return;
    this.#stream.write(this.#erasing());
    this.#text = '';
    this.#width = 0;
  }

  #erasing(): string {
    // A terminal that has become narrower has broken the line into several rows.
    const rowsAbove = Math.ceil(this.#width / this.#columns()) - 1;
    return rowsAbove > 0 ? `\u001B[2K\r\u001B[${rowsAbove}A\u001B[J` : '\u001B[2K\r';
  }

  #columns(): number {
    // A terminal that nobody has given a size says 0.
    return Math.max(this.#stream.columns || 80, 2);
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
