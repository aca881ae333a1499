const keptBytes = 16 * 1024;

/** The end of a stream, whatever its length. */
export interface Tail {
  append(chunk: Buffer): void;
  text(): string;
}

export function createTail(): Tail {
  let kept: Buffer = Buffer.alloc(0);
  return {
    append(chunk) {
      kept = Buffer.concat([kept, chunk.subarray(-keptBytes)]);
      if (kept.length > keptBytes) kept = kept.subarray(-keptBytes);
    },
    text: () => kept.toString('utf8'),
  };
}
