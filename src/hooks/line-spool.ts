/** Beyond this a line is let go in pieces: nobody's endless line may fill our memory. */
const longestHeldBytes = 64 * 1024;
const newline = 0x0a;

/** Merges two streams line by line, so that half a line of one never lands inside a line of the other. */
export interface LineSpool {
  /** Takes a copy of what it keeps of `chunk`. */
  append(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
  /** Lets go what is left, with the newline it lacks. */
  end(): void;
}

/** @param write gets whole lines, or a piece of one that is long, in memory that is used again afterwards */
export function createLineSpool(write: (lines: Buffer, stream: 'stdout' | 'stderr') => void): LineSpool {
  const held = { stdout: new HeldBytes(), stderr: new HeldBytes() };
  /** In the middle of a line that was too long to be held. */
  const midLine = { stdout: false, stderr: false };
  const letGo = (stream: 'stdout' | 'stderr', length: number) => {
    const lines = held[stream].peek(length);
    midLine[stream] = lines.at(-1) !== newline;
    write(lines, stream);
    held[stream].drop(length);
  };
  return {
    append(chunk, stream) {
      const own = held[stream];
      own.add(chunk);
      const end = chunk.lastIndexOf(newline) + 1;
      if (end > 0) letGo(stream, own.length - chunk.length + end);
      if (own.length > longestHeldBytes) letGo(stream, own.length);
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (held[stream].length === 0 && !midLine[stream]) continue;
        held[stream].add(Buffer.of(newline));
        letGo(stream, held[stream].length);
      }
    },
  };
}

/** The first ones in, the first ones out, in one piece of memory that is used all the time. */
class HeldBytes {
  #memory = Buffer.alloc(0);
  length = 0;

  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * longestHeldBytes));
      this.#memory.copy(larger, 0, 0, this.length);
      this.#memory = larger;
    }
    chunk.copy(this.#memory, this.length);
    this.length = length;
  }

  /** Valid until the next call of any other method. */
  peek(length: number): Buffer {
    return this.#memory.subarray(0, length);
  }

  drop(length: number): void {
    this.#memory.copyWithin(0, length, this.length);
    this.length -= length;
  }
}
