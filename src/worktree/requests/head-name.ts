/**
 * Whether git takes this for the name of a branch (git-check-ref-format(1)), asked of what a stranger says; `@`, which is
 * short for HEAD on its command line, is refused besides. Pure.
 */
export function isBranchName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are among what git refuses
  if (name === '' || name === '@' || name === 'HEAD' || name.startsWith('-') || /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name)) return false;
  return !name.endsWith('.') && name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
