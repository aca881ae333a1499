import { DaftError } from '../daft-error';

/** Throws DaftError for a branch name daft does not work with (worktrees-create.md 3.1); git has its own say besides. */
export function checkBranchName(name: string): void {
  const complaint = branchNameComplaint(name);
  if (complaint !== undefined) throw new DaftError(complaint);
}

/** Pure part of the check: undefined for a good name. */
export function branchNameComplaint(name: string): string | undefined {
  const subject = `Branch name '${printable(name)}'`;
  if (name === '') return 'Branch name cannot be empty';
  if (name.includes('..')) return "Branch name cannot contain '..'";
  if (name.startsWith('/') || name.endsWith('/')) return `${subject} cannot start or end with '/'`;
  if (/[;&|$`<>]/.test(name)) return `${subject} contains unsafe characters`;
  if (hasTroublesomeCharacter(name)) return `${subject} contains control or problematic Unicode characters`;
  if (/\s/.test(name)) return `${subject} cannot contain whitespace`;
  if (/^(\.git|refs\/)|\/\.git/.test(name) || name.split('/').includes('HEAD')) return `${subject} contains Git-specific patterns`;
  if (name.startsWith('.')) return `${subject} cannot start with '.'`;
  if (Buffer.byteLength(name) >= 100) return `${subject} is too long (max 99 characters)`;
  return undefined;
}

/** Whether git takes such a name for certain: words of letters, digits, `_` and `-` between slashes. */
export function isPlainBranchName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_-]*(\/[A-Za-z0-9_-]+)*$/.test(name) && name !== 'HEAD';
}

/** Throws DaftError unless `name` is a simple directory name (worktrees-create.md 3.2). */
export function checkRepositoryName(name: string): void {
  const complaint = repositoryNameComplaint(name);
  if (complaint !== undefined) throw new DaftError(complaint);
}

export function repositoryNameComplaint(name: string): string | undefined {
  const subject = `Repository name '${printable(name)}'`;
  if (name === '') return 'Repository name cannot be empty';
  if (name.includes('..')) return `${subject} cannot contain '..'`;
  if (/[/\\:]/.test(name)) return `${subject} cannot contain path separators`;
  if (/[;&|$`<>]/.test(name)) return `${subject} contains unsafe characters`;
  if (hasTroublesomeCharacter(name)) return `${subject} contains control or problematic Unicode characters`;
  if (/\s/.test(name)) return `${subject} cannot contain whitespace`;
  if (name.startsWith('.')) return `${subject} cannot start with '.'`;
  if (/^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i.test(name)) return `${subject} is a reserved device name`;
  if (Buffer.byteLength(name) > 255) return `${subject} is too long (max 255 bytes)`;
  return undefined;
}

/** Name of the directory a clone goes to (worktrees-create.md 3.3). Throws DaftError where the URL yields none. */
export function repositoryNameFromUrl(url: string): string {
  const location = url.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const isShorthand = /^[^/]*:/.test(location) && !location.includes('://');
  const path = isShorthand ? location.slice(location.lastIndexOf(':') + 1) : location;
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.at(-1) === '.git' ? segments.at(-2) : segments.at(-1);
  const name = (last ?? '')
    .replace(/\.git$/, '')
    .replaceAll(/[^A-Za-z0-9._-]/g, '')
    .replaceAll(/^\.+|\.+$/g, '');
  if (name === '') throw new DaftError(`Could not extract repository name from URL: '${url}'`);
  if (name.includes('..')) throw new DaftError(`Repository name '${name}' cannot contain '..'`);
  if (Buffer.byteLength(name) > 255) throw new DaftError('Repository name is too long (max 255 bytes)');
  return name;
}

/** Control characters, and what is invisible or breaks lines: U+200B-200D, U+FEFF, U+2028, U+2029. */
function hasTroublesomeCharacter(name: string): boolean {
  return /[\p{Cc}\u{200b}-\u{200d}\u{feff}\u{2028}\u{2029}]/u.test(name);
}

/** A name that is refused for its control characters must not reach the terminal as it is. */
function printable(name: string): string {
  return JSON.stringify(name).slice(1, -1).replaceAll(String.raw`\"`, '"');
}
