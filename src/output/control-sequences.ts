/** What programs may tell a terminal (ECMA-48), and how much of it is let through. */

// CSI and OSC sequences, other two-character escapes, and every control character but the tab.
// eslint-disable-next-line no-control-regex
const controlSequences = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?|[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/g;

/** Text of child processes made safe for one line of a live region: no colours, no cursor movement, no line breaks. */
export function stripControlSequences(text: string): string {
  return text.replace(controlSequences, '');
}

/**
 * What moves the cursor, sets the title, rings or asks the terminal, in bytes read as Latin-1. C1 controls are met in UTF-8
 * only: as bare bytes they may be parts of other characters.
 */
const command = [
  String.raw`\x1B\[[0-?]*[ -/]*[@-ln-~]`, // CSI, but SGR
  String.raw`\x1B\[[0-?]*[ -/]+m`, // looks like SGR, but is not
  String.raw`\x1B\[[<-?][0-?]*m`,
  String.raw`\x1B[\]PX^_][^\x07\x1B]*(?:\x07|\x1B\\|(?=\x1B))`, // OSC, DCS, SOS, PM, APC
  String.raw`\x1B(?!\[)[ -/]*[0-~]`, // other escapes
  String.raw`\x1B(?!\[[\d;:]*m)`, // a lost beginning
  String.raw`\xC2[\x80-\x9F]`,
  String.raw`[\x00-\x08\x0B\x0C\x0E-\x1A\x1C-\x1F\x7F]`,
].join('|');
/** With the first bytes of a C1 control in front of it: what comes behind may be its second one. */
const commands = new RegExp(String.raw`(?<!\xC2)\xC2*(?:${command})`, 'g');

/** Bytes of child processes, read as Latin-1, without what commands the terminal: colours, tabs and ends of lines are left. */
export function stripCommands(bytes: string): string {
  return bytes.replaceAll(commands, '');
}

/** Without the carriage returns at its end. Not by a regular expression: one that looks for the end tries each of a million. */
export function withoutTrailingReturns(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}
