/**
 * Control sequences as bytes, read as Latin-1: what moves the cursor, sets the title, rings or asks the terminal. Colours
 * (SGR) are left; so are tabs and ends of lines. C1 controls are met in UTF-8 only: as bare bytes they may be parts of
 * other characters.
 */
const unwelcome = new RegExp(
  [
    String.raw`\x1B\[[0-?]*[ -/]*[@-ln-~]`, // CSI, but SGR
    String.raw`\x1B\[[0-?]*[ -/]+m`, // looks like SGR, but is not
    String.raw`\x1B\[[<-?][0-?]*m`,
    String.raw`\x1B[\]PX^_][^\x07\x1B]*(?:\x07|\x1B\\|(?=\x1B))`, // OSC, DCS, SOS, PM, APC
    String.raw`\x1B(?!\[)[ -/]*[0-~]`, // other escapes
    String.raw`\x1B(?!\[[\d;:]*m)`, // a lost beginning
    String.raw`\xC2[\x80-\x9F]`,
    String.raw`[\x00-\x08\x0B\x0C\x0E-\x1A\x1C-\x1F\x7F]`,
    String.raw`\r+(?=\n)`,
  ].join('|'),
  'g',
);
/** The beginning of a sequence whose end may be in the next chunk. */
const unfinished = /(?:\x1B(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1B]*\x1B?|[ -/]*)?|\xC2|\r+)$/; // oxlint-disable-line no-control-regex
/** A title longer than this is none. */
const longestSequence = 4096;

/** Makes the log of a job harmless for the terminal it is shown on; one per log, as sequences may lie across chunks. */
export class Tamer {
  #rest = '';

  /** What of the log can be shown now. */
  tame(chunk: Buffer): Buffer {
    const text = this.#rest + chunk.toString('latin1');
    const cut = unfinished.exec(text)?.index ?? text.length;
    const whole = text.length - cut > longestSequence ? text : text.slice(0, cut);
    this.#rest = text.slice(whole.length);
    return this.#clean(whole);
  }

  /** What was held back, at the end of the log. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = '';
    return this.#clean(rest);
  }

  /** A bare carriage return would write over its own line; progress bars become lines. */
  #clean(text: string): Buffer {
    return Buffer.from(text.replaceAll(unwelcome, '').replaceAll('\r', '\n'), 'latin1');
  }
}
