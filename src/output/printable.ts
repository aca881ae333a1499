/** One line of text as it may be shown: what could move the cursor or start a new line is replaced. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
}
