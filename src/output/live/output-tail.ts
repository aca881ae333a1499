import { StringDecoder } from 'node:string_decoder';
import { stripControlSequences, withoutTrailingReturns } from '../control-sequences';

/** The last lines of a program's output as a screen would show them, safe to be drawn in a live region. */
export interface OutputTail {
  append(chunk: Uint8Array): void;
  /** At most as many as asked for at creation; the last one may still be growing. */
  lines(): readonly string[];
}

/** Characters of an unfinished line that are kept: no terminal is wider, and a program may never end its line. */
const longestLine = 4096;

export function createOutputTail(limit: number): OutputTail {
  const decoder = new StringDecoder('utf8');
  let ended: string[] = [];
  let open = '';

  return {
    append(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const begin = beginOfLastLines(bytes, limit);
      if (begin > 0) open = ''; // it has ended, or is longer than any that are shown
      const lines = (open + decoder.write(bytes.subarray(begin))).split('\n');
      open = (lines.pop() ?? '').slice(-longestLine);
      if (lines.length > 0) ended = [...ended, ...lines.slice(-limit)].slice(-limit);
    },
    lines() {
      const current = onScreen(open);
      const all = current === '' ? ended : [...ended, current];
      return all.slice(-limit).map((line) => onScreen(line.slice(-longestLine)));
    },
  };
}

/** Where the last lines begin, or what is left of them if they are long: nobody sees the rest of what a noisy program prints. */
function beginOfLastLines(bytes: Buffer, limit: number): number {
  const earliest = Math.max(0, bytes.length - limit * longestLine);
  let begin = bytes.length;
  for (let count = 0; count <= limit && begin > earliest; count += 1) begin = bytes.lastIndexOf(0x0a, begin - 1);
  return Math.max(earliest, begin + 1, 0);
}

/** A carriage return starts the line anew; one at its end waits for what will overwrite it. */
function onScreen(line: string): string {
  const visible = withoutTrailingReturns(line);
  return stripControlSequences(visible.slice(visible.lastIndexOf('\r') + 1)).replaceAll('\t', '    ');
}
