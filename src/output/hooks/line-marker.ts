const newline = 0x0a;

/**
 * Puts a mark in front of lines, thousands at a time and gigabytes in all, in memory that is used again: what is thrown away
 * for every chunk makes a process grow by tens of megabytes before anybody collects it.
 */
export class LineMarker {
  readonly #isDoneWith: () => boolean;
  #memory = Buffer.alloc(0);

  /** @param isDoneWith asked before each use: whether what came of the last one has left for good */
  constructor(isDoneWith: () => boolean) {
    this.#isDoneWith = isDoneWith;
  }

  /** `text` with `mark` in front of each line that begins in it; `atStart` says whether its first byte begins one. */
  mark(text: Uint8Array, mark: Uint8Array, { atStart }: { atStart: boolean }): Buffer {
    let marks = atStart ? 1 : 0;
    for (let at = 0; at < text.length - 1; at += 1) if (text[at] === newline) marks += 1;
    const marked = this.#take(text.length + marks * mark.length);
    let length = 0;
    for (let start = 0; start < text.length; ) {
      if (start > 0 || atStart) {
        marked.set(mark, length);
        length += mark.length;
      }
      const end = text.indexOf(newline, start) + 1 || text.length;
      marked.set(text.subarray(start, end), length);
      length += end - start;
      start = end;
    }
    return marked;
  }

  #take(length: number): Buffer {
    if (this.#memory.length < length || !this.#isDoneWith()) this.#memory = Buffer.allocUnsafeSlow(length);
    return this.#memory.subarray(0, length);
  }
}
