/** Lines as `.gitignore` has them (gitignore(5)), against paths of which somebody else knows what they are. Pure. */

export interface Pattern {
  /** As it was written. */
  text: string;
  /** With `!`: takes out what lines above it have put in. */
  negated: boolean;
  directoryOnly: boolean;
  /** Without a slash but at its end: it may match at any depth. */
  floating: boolean;
  parts: readonly Part[];
}

/** `**`, or what one name must look like. */
type Part = 'any depth' | RegExp;

/** The lines of a file that say something. */
export function parsePatterns(text: string): Pattern[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line) => parsePattern(line) ?? []);
}

/** Undefined for a line that is empty or a comment. */
export function parsePattern(line: string): Pattern | undefined {
  const text = withoutTrailingSpaces(line);
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  if (body === '' || text.startsWith('#')) return undefined;
  const directoryOnly = body.endsWith('/');
  const path = directoryOnly ? body.slice(0, -1) : body;
  const floating = !path.includes('/');
  const names = path.replace(/^\//, '').split('/');
  if (names.includes('')) return undefined; // `/` and `a//b` match nothing
  const parts = names.map((name): Part => (name === '**' && !floating ? 'any depth' : nameMatcher(name)));
  return { text, negated, directoryOnly, floating, parts: floating ? ['any depth', ...parts] : parts };
}

/** The line that means this path and no other. */
export function patternOf(path: string): string {
  return `/${path.replaceAll(/[\\*?[ ]/g, '\\$&')}`;
}

function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && !isEscaped(line, end - 1)) end -= 1;
  return line.slice(0, end);
}

function isEscaped(text: string, index: number): boolean {
  const backslashes = /\\*$/.exec(text.slice(0, index))?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9a-fA-F',
  space: String.raw`\s`,
  blank: String.raw` \t`,
  punct: String.raw`!-\/:-@\[-\x60{-~`,
  print: ' -~',
  graph: '!-~',
  cntrl: String.raw`\x00-\x1f\x7f`,
};

const nothing = /(?!)/;

/** wildmatch of git, for one name: `*`, `?`, `[a-z]`, and a backslash that takes the meaning from the next character. */
function nameMatcher(glob: string): RegExp {
  let source = '';
  for (let index = 0; index < glob.length; index += 1) {
    const char = glob[index] ?? '';
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const bracket = parseBracket(glob, index);
      if (bracket === undefined) return nothing;
      source += bracket.source;
      index = bracket.end;
    } else if (char === '\\') {
      index += 1;
      if (index === glob.length) return nothing;
      source += literal(glob[index] ?? '');
    } else source += literal(char);
  }
  return new RegExp(`^${source}$`, 's');
}

/** Undefined where it is never closed. */
function parseBracket(glob: string, start: number): { source: string; end: number } | undefined {
  let index = start + 1;
  const negated = glob[index] === '!' || glob[index] === '^';
  if (negated) index += 1;
  let source = '';
  for (let first = true; first || glob[index] !== ']'; first = false) {
    const named = /^\[:(\w*):\]/.exec(glob.slice(index));
    if (named) {
      const members = classes[named[1] ?? ''];
      if (members === undefined) return undefined;
      source += members;
      index += named[0].length;
      continue;
    }
    if (glob[index] === '\\') index += 1;
    const from = glob[index];
    if (from === undefined) return undefined;
    index += 1;
    if (glob[index] !== '-' || glob[index + 1] === ']' || glob[index + 1] === undefined) {
      source += literal(from);
      continue;
    }
    index += glob[index + 1] === '\\' ? 2 : 1;
    const to = glob[index];
    if (to === undefined) return undefined;
    index += 1;
    source += from <= to ? `${literal(from)}-${literal(to)}` : literal(from);
  }
  return { source: `[${negated ? '^' : ''}${source}]`, end: index };
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Whether a line matches this very path. */
export function matches({ parts, directoryOnly }: Pattern, names: readonly string[], isDirectory: boolean): boolean {
  return (isDirectory || !directoryOnly) && fits(parts, names);
}

function fits(parts: readonly Part[], names: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return names.length === 0;
  if (part === 'any depth') {
    if (rest.length === 0) return names.length > 0; // `a/**` is all that is in a, and not a
    return names.some((_, depth) => fits(rest, names.slice(depth)));
  }
  const [name] = names;
  return name !== undefined && part.test(name) && fits(rest, names.slice(1));
}

/** The line that has the last word on this very path. */
export function lastMatch(patterns: readonly Pattern[], names: readonly string[], isDirectory: boolean): Pattern | undefined {
  return patterns.findLast((pattern) => matches(pattern, names, isDirectory));
}

/** Whether a line says, by the names in it, that something below this directory is meant. */
export function leadsInto({ parts, floating, negated }: Pattern, names: readonly string[]): boolean {
  return !floating && !negated && opens(parts, names);
}

function opens(parts: readonly Part[], names: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return false;
  if (part === 'any depth') return true;
  const [name] = names;
  return name === undefined || (part.test(name) && opens(rest, names.slice(1)));
}
