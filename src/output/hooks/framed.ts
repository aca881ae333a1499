/** Bytes of an unfinished line that wait for its end; of a longer one, the beginning is let go as it is. */
const longestLine = 1 << 20;

const newline = 0x0a;
const escape = 0x1b;
const reset = '\u001B[0m';

/**
 * Output of a job for a terminal, where it stays: `mark` before every line, and the last one ended. Colours are kept. What
 * else would move about on the screen acts inside its own line only: of a progress bar that starts its line anew again and
 * again the last state is left, and whatever moves the cursor or erases is dropped, or it would take the lines of others
 * with it.
 */
export function* framed(pieces: Iterable<Uint8Array>, mark: Buffer): Generator<Uint8Array> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let atStart = true;
  let styled = false;
  /** What is held, or the piece at hand, has something that moves. */
  let restless = false;

  function finish(line: Buffer): Buffer[] {
    const shown = restless ? settled(line) : line;
    styled ||= shown.includes(escape);
    const parts = atStart ? [mark, shown] : [shown];
    atStart = shown.at(-1) === newline;
    return parts;
  }

  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const parts: Buffer[] = [];
    const pieceIsRestless = movers.test(bytes.toString('latin1'));
    restless = pieceIsRestless || (restless && held.length > 0);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, end + 1);
      parts.push(...finish(held.length === 0 ? line : Buffer.concat([...held, line])));
      held = [];
      heldBytes = 0;
      restless = pieceIsRestless;
      start = end + 1;
    }
    if (start < bytes.length) {
      // A copy: the piece may be a buffer that is filled again.
      held.push(Buffer.from(bytes.subarray(start)));
      heldBytes += bytes.length - start;
    }
    if (heldBytes > longestLine) {
      parts.push(...finish(Buffer.concat(held)));
      held = [];
      heldBytes = 0;
    }
    if (parts.length > 0) yield Buffer.concat(parts);
  }
  if (held.length > 0) yield Buffer.concat(finish(Buffer.concat(held)));
  if (styled) yield Buffer.from(reset); // a colour left open is the job's, not ours to go on with
  if (!atStart) yield Buffer.from('\n');
}

// CSI and OSC sequences and two-character escapes, but for those that set colours, and control characters but the tab.
// Bytes from 0x80 on belong to UTF-8 here.
// oxlint-disable-next-line no-control-regex -- control sequences are what this is about
const sequences = /\u001B\[(?![\d;:]*m)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B(?!\[)[ -/]*[0-~]?|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F]/g;
// oxlint-disable-next-line no-control-regex -- the same
const movers = /[\u0000-\u0008\u000B-\u001F\u007F]/;

/** A line as a terminal would show it in the end, byte by byte. */
function settled(line: Buffer): Buffer {
  const [content = '', end = ''] = /^([^]*?)\r*(\n?)$/.exec(line.toString('latin1'))?.slice(1) ?? [];
  const last = content.slice(content.lastIndexOf('\r') + 1);
  return Buffer.from(last.replace(sequences, '') + end, 'latin1');
}
