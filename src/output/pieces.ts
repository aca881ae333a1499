const pieceBytes = 1 << 16;

/** Lines, each given its end, in pieces: a write per line would be most of the work. All pieces are in the same buffer. */
export function* linesInPieces(...parts: readonly Iterable<string>[]): Generator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  let used = 0;
  for (const part of parts) {
    for (const line of part) {
      const text = `${line}\n`;
      const size = Buffer.byteLength(text);
      if (used + size > pieceBytes) {
        yield buffer.subarray(0, used);
        used = 0;
      }
      if (size > pieceBytes) yield Buffer.from(text);
      else used += buffer.write(text, used);
    }
  }
  yield buffer.subarray(0, used);
}
