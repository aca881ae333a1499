/** One word for sh, bash, zsh and every other shell of that family. */
export function quoteForPosix(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same, with quotes only where they are needed. zsh looks up `=word`. */
export function quoteIfNeeded(word: string): string {
  return /^(?!=)[\w./:@%+,=-]+$/.test(word) ? word : quoteForPosix(word);
}
