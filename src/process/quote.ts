/** One word for sh, bash, zsh and every other shell of that family. */
export function quoteForPosix(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
