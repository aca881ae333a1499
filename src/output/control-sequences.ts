// CSI and OSC sequences (ECMA-48), other two-character escapes, and every control character but the tab.
// eslint-disable-next-line no-control-regex
const controlSequences = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?|[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/g;

/** Text of child processes made safe for one line of a live region: no colours, no cursor movement, no line breaks. */
export function stripControlSequences(text: string): string {
  return text.replace(controlSequences, '');
}
