import { stripCommands, withoutTrailingReturns } from '../control-sequences';

/** A title longer than this is none. */
const longestSequence = 4096;

/** Makes the log of a job harmless for the terminal it is shown on; one per log, as sequences may lie across chunks. */
export class Tamer {
  #rest = '';

  /** What of the log can be shown now. */
  tame(chunk: Buffer): Buffer {
    const text = this.#rest + chunk.toString('latin1');
    const cut = beginOfUnfinished(text);
    // Of carriage returns, how many there are makes no difference.
    this.#rest = text[cut] === '\r' ? '\r' : text.slice(cut);
    if (this.#rest.length <= longestSequence) return clean(text.slice(0, cut));
    this.#rest = '';
    return clean(text);
  }

  /** What was held back, at the end of the log. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = '';
    return clean(rest);
  }
}

/** A bare carriage return would write over its own line; progress bars become lines. */
function clean(text: string): Buffer {
  return Buffer.from(stripCommands(text.replaceAll(/\r+\n?/g, '\n')), 'latin1');
}

/** Where something begins whose end may be in the next chunk; the length of the text if nothing does. */
function beginOfUnfinished(text: string): number {
  const withoutReturns = withoutTrailingReturns(text).length;
  let begin = beginOfSequence(text); // which may go on behind returns
  if (withoutReturns < text.length && withoutReturns < begin) return withoutReturns;
  while (text[begin - 1] === '\u00C2') begin -= 1; // of a C1 control, when what is between its two bytes has gone
  return begin;
}

function beginOfSequence(text: string): number {
  let begin = text.lastIndexOf(escape);
  const tail = text.slice(begin);
  if (begin === -1 || !(unfinishedString.test(tail) || unfinishedSequence.test(tail))) return text.length;
  // An escape ends the string in front of it, which without it would be no string.
  for (;;) {
    const before = begin === 0 ? -1 : text.lastIndexOf(escape, begin - 1);
    if (before === -1 || !unfinishedString.test(text.slice(before, begin))) return begin;
    begin = before;
  }
}

const escape = '\u001B';
// oxlint-disable-next-line no-control-regex -- control sequences are what this is about
const unfinishedString = /^\u001B[\]PX^_][^\u0007\u001B]*$/;
// oxlint-disable-next-line no-control-regex -- the same
const unfinishedSequence = /^\u001B(?:\[[0-?]*)?[ -/]*$/;
