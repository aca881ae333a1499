import { shorten } from './width';

/** One line that is written over again, on a terminal; nothing anywhere else. */
export class LiveLine implements Disposable {
  readonly #stream: NodeJS.WritableStream;
  readonly #columns: number | undefined;
  #text = '';

  /** @param columns undefined where there is no terminal */
  constructor(stream: NodeJS.WritableStream, columns: number | undefined) {
    this.#stream = stream;
    this.#columns = columns;
  }

  show(text: string): void {
    if (this.#columns === undefined) return;
    this.#text = shorten(text, this.#columns - 1);
    this.#stream.write(`\u001B[2K\r${this.#text}`);
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
    this.#text = '';
    this.#stream.write('\u001B[2K\r');
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
