import { printable } from '../printable';
import { Tamer } from './tame';
import { excerptColumn } from './timeline';
import { shorten } from './width';

/**
 * The last lines of a log as they may stand below a job in the listing: without control sequences, colours among them,
 * and without blank lines.
 *
 * @param tail the end of a log; `beginsWithin` says that there is more in front of it
 * @param options.columns of the terminal; undefined if it is none, and lines keep their length
 */
export function excerptOf(
  tail: { bytes: Buffer; beginsWithin: boolean },
  { lines: count, columns }: { lines: number; columns: number | undefined },
): string[] {
  const tamer = new Tamer();
  const text = Buffer.concat([tamer.tame(tail.bytes), tamer.end()]).toString();
  const [first = '', ...rest] = text.split('\n');
  // The end of a line is shown only where there is nothing better; it may begin within a character.
  const beginning = tail.beginsWithin ? first.replace(/^\uFFFD+/, '') : first;
  const whole = [...(tail.beginsWithin ? [] : [beginning]), ...rest].map(plain).filter((line) => line.trim() !== '');
  const shown = whole.length === 0 && tail.beginsWithin ? [`…${plain(beginning)}`] : whole.slice(-count);
  return columns === undefined ? shown : shown.map((line) => shorten(line, Math.max(1, columns - excerptColumn)));
}

function plain(line: string): string {
  // oxlint-disable-next-line no-control-regex -- colour sequences begin with ESC
  return printable(line.replaceAll(/\u001B\[[\d;:]*m/g, '').replaceAll('\t', '    ')).trimEnd();
}
