import width from 'fast-string-width';
import { fitLine } from './fit-line';

export interface RegionSize {
  columns: number;
  /** Lines that fit; of more, the region shows the last ones. */
  rows: number;
}

export interface LiveRegionOptions {
  /** A terminal. */
  stream: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
  /** What the region shows now. One line per element: without line breaks, styles closed. */
  render: (size: RegionSize) => readonly string[];
}

/**
 * Drawn only between `start` and `stop`. Whatever else goes to the terminal in between has to go through `above`, or the
 * two write over each other.
 */
export interface LiveRegion extends Disposable {
  /** Draws, and from now on draws again every 80 ms, however often anything changes. */
  start(): void;
  /** Takes the region off the screen. */
  stop(): void;
  /** Lets `print` write whole lines where the region stands, and draws it below them. */
  above(print: () => void): void;
}

const everyMs = 80;
const escape = '\u001B';
// Terminals that know it show a frame when it is complete; the others ignore it.
const beginFrame = `${escape}[?2026h`;
const endFrame = `${escape}[?2026l`;
// With wrapping off, a line is one row whatever the terminal thinks of the width of its characters.
const wrapOff = `${escape}[?7l`;
const wrapOn = `${escape}[?7h`;
const eraseLine = `${escape}[K`;
const eraseBelow = `${escape}[J`;

export function createLiveRegion({ stream, render }: LiveRegionOptions): LiveRegion {
  let timer: NodeJS.Timeout | undefined;
  /** Widths of the lines on the screen, above the cursor. */
  let drawn: readonly number[] = [];

  /** To the first line of what is drawn. */
  function rewind({ columns }: RegionSize): string {
    // A terminal that has become narrower has broken our lines into several rows.
    const height = drawn.reduce((sum, lineWidth) => sum + Math.max(1, Math.ceil(lineWidth / columns)), 0);
    return height === 0 ? '' : `\r${escape}[${height}A`;
  }
  function erase(): string {
    const sequence = rewind(sizeOf(stream));
    drawn = [];
    return sequence === '' ? '' : `${sequence}${eraseBelow}`;
  }
  function frame(): string {
    const size = sizeOf(stream);
    // The last column stays free: erasing the rest of a line that has filled it takes its last character away.
    const lines = render(size).slice(-size.rows).map((line) => fitLine(line, size.columns - 1));
    const sequence = `${rewind(size)}${lines.map((line) => `${line}${eraseLine}\n`).join('')}${eraseBelow}`;
    drawn = lines.map((line) => width(line));
    return sequence;
  }
  function draw(): void {
    if (drawn.length === 0 && render(sizeOf(stream)).length === 0) return;
    stream.write(`${beginFrame}${wrapOff}${frame()}${wrapOn}${endFrame}`);
  }

  const region: LiveRegion = {
    start() {
      if (timer !== undefined) return;
      timer = setInterval(draw, everyMs);
      timer.unref(); // what it shows is what the process waits for
      draw();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
      const sequence = erase();
      if (sequence !== '') stream.write(sequence);
    },
    above(print) {
      if (timer === undefined) return print();
      stream.write(`${beginFrame}${erase()}`);
      print();
      stream.write(`${wrapOff}${frame()}${wrapOn}${endFrame}`);
    },
    [Symbol.dispose]: () => region.stop(),
  };
  return region;
}

function sizeOf({ columns, rows }: LiveRegionOptions['stream']): RegionSize {
  // A terminal that nobody has given a size says 0.
  return { columns: Math.max(columns || 80, 2), rows: Math.max((rows || 24) - 1, 1) };
}
