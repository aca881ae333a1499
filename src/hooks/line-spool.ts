/** Beyond this a line is let go in pieces: nobody's endless line may fill our memory. */
const longestHeldBytes = 64 * 1024;

/** Merges two streams line by line, so that half a line of one never lands inside a line of the other. */
export interface LineSpool {
  append(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
  /** Lets go what is left, with the newline it lacks. */
  end(): void;
}

export function createLineSpool(write: (lines: Buffer, stream: 'stdout' | 'stderr') => void): LineSpool {
  const held: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  const letGo = (stream: 'stdout' | 'stderr', rest: Buffer) => {
    write(Buffer.concat([...held[stream], rest]), stream);
    held[stream] = [];
  };
  return {
    append(chunk, stream) {
      const end = chunk.lastIndexOf(0x0a) + 1;
      if (end > 0) letGo(stream, chunk.subarray(0, end));
      const rest = chunk.subarray(end);
      if (rest.length > 0) held[stream].push(rest);
      const heldBytes = held[stream].reduce((sum, { length }) => sum + length, 0);
      if (heldBytes > longestHeldBytes) letGo(stream, Buffer.alloc(0));
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) if (held[stream].length > 0) letGo(stream, Buffer.from('\n'));
    },
  };
}
