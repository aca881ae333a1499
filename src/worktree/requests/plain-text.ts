// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const sequences = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?/g;

/** Text of a stranger's as a terminal may get it: nothing that commands it, hides letters or turns their order around. */
export function plainText(text: string): string {
  return text.replaceAll(sequences, '').replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu, '');
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plainText(text.replaceAll(/\s+/g, ' ')).trim();
}
