import { stripCommands, withoutTrailingReturns } from '../control-sequences';
import { LineMarker } from './line-marker';

/** Bytes of an unfinished line that wait for its end. */
const longestHeld = 32 * 1024;

const newline = 0x0a;
const escape = 0x1b;
/** First byte of a C1 control in UTF-8, and of some other characters. */
const c1Lead = 0xc2;
const reset = '\u001B[0m';

/**
 * Output of a job for a terminal, where it stays: `mark` before every line, and the last one ended. Colours are kept. What
 * else would move about on the screen acts inside its own line only: of a progress bar that starts its line anew again and
 * again the last state is left, and whatever moves the cursor or erases is dropped, or it would take the lines of others
 * with it.
 *
 * @param options.isDoneWith asked when the next piece is wanted: whether the last one has left for good, and its memory may be
 *   used again
 */
export function* framed(pieces: Iterable<Uint8Array>, mark: Buffer, { isDoneWith }: { isDoneWith: () => boolean }): Generator<Uint8Array> {
  const marker = new LineMarker(isDoneWith);
  const nothing = Buffer.alloc(0);
  /** The beginning of a line. */
  let held: Buffer = nothing;
  let atStart = true;
  let styled = false;

  /** Of lines, or a piece of one; of several if nothing in them is to be changed. */
  function* finish(lines: Buffer): Generator<Uint8Array> {
    const shown = isRestless(lines) ? settled(lines) : lines;
    if (shown.length === 0) return;
    styled ||= shown.includes(escape);
    yield marker.mark(shown, mark, { atStart });
    atStart = shown.at(-1) === newline;
  }

  for (const piece of pieces) {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const calm = !isRestless(rest);
    for (;;) {
      const end = (calm && held.length === 0 ? rest.lastIndexOf(newline) : rest.indexOf(newline)) + 1;
      if (end === 0) break;
      const lines = rest.subarray(0, end);
      yield* finish(held.length === 0 ? lines : Buffer.concat([held, lines]));
      held = nothing;
      rest = rest.subarray(end);
    }
    if (held.length + rest.length <= longestHeld) {
      if (rest.length > 0) held = Buffer.concat([held, rest]); // a copy: the piece may be a buffer that is filled again
    } else if (calm && !isRestless(held)) {
      yield* finish(held);
      yield* finish(rest);
      held = nothing;
    } else {
      const line = Buffer.concat([held, rest]);
      const redrawn = lastRedraw(line);
      // What comes before that is written over; else, of a line too long for any terminal, the beginning is let go.
      const cut = line.length - redrawn <= longestHeld ? redrawn : endWithoutLeads(line);
      if (cut !== redrawn) yield* finish(line.subarray(0, cut));
      held = line.subarray(cut);
    }
  }
  yield* finish(held);
  if (styled) yield Buffer.from(reset); // a colour left open is the job's, not ours to go on with
  if (!atStart) yield Buffer.from('\n');
}

/** Where a line was last begun anew; 0 if it never was. A carriage return at its end waits for what will follow. */
function lastRedraw(line: Buffer): number {
  let end = line.length;
  while (line[end - 1] === 0x0d) end -= 1;
  return end === 0 ? 0 : Math.max(0, line.lastIndexOf(0x0d, end - 1));
}

function endWithoutLeads(line: Buffer): number {
  let end = line.length;
  while (line[end - 1] === c1Lead) end -= 1;
  return end;
}

/** Whether there is a control character but tab and newline, or what may be one of C1. */
function isRestless(bytes: Uint8Array): boolean {
  // Not by a regular expression: the text it would need of each piece is garbage by the gigabyte.
  for (const byte of bytes) if ((byte < 0x20 && byte !== 0x09 && byte !== newline) || byte === 0x7f || byte === c1Lead) return true;
  return false;
}

/** A line as a terminal would show it in the end, byte by byte. */
function settled(line: Buffer): Buffer {
  const text = line.toString('latin1');
  const end = text.endsWith('\n') ? '\n' : '';
  const content = withoutTrailingReturns(text.slice(0, text.length - end.length));
  return Buffer.from(stripCommands(content.slice(content.lastIndexOf('\r') + 1)) + end, 'latin1');
}
