import { Fault } from './fault';
import { trimEnd, trimStart } from './whitespace';

const maxTokensPerTag = 2_000;

export type Delimiters = 'output' | 'statement';

/** `at` is an offset in the template. */
export type Token = { at: number } & (
  | { kind: 'text'; text: string }
  | { kind: 'open'; of: Delimiters }
  | { kind: 'close'; of: Delimiters }
  | { kind: 'name'; text: string }
  /** `.name` or `.0`: what follows the dot. */
  | { kind: 'member'; text: string }
  | { kind: 'number'; value: number }
  | { kind: 'string'; text: string }
  | { kind: 'symbol'; text: string }
  | { kind: 'end' }
);

const opening = /\{\{-?|\{%-?|\{#-?/g;
const rawOpening = /\{%-?[ \t\r\n]*raw[ \t\r\n]*(-?)%\}/y;
const rawClosing = /\{%(-?)[ \t\r\n]*endraw[ \t\r\n]*(-?)%\}/g;
const blank = /[ \t\r\n]+/y;
const nameToken = /[A-Za-z_][A-Za-z0-9_]*/y;
const memberToken = /\.([A-Za-z0-9_]+)/y;
const numberToken = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y;
const stringToken = /"[^"]*"|'[^']*'|`[^`]*`/y;
const symbolToken = /==|!=|<=|>=|::|[<>+\-*/%~|()[\],=]/y;
const closing = { output: /-?\}\}/y, statement: /-?%\}/y } as const;

/**
 * Cuts a template into texts and the tokens of its tags. Comments and `raw` end here, and so does the trimming that a
 * dash inside a delimiter asks for.
 *
 * @throws Fault
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let trimNext = false;

  while (position < source.length) {
    opening.lastIndex = position;
    const found = opening.exec(source);
    const textEnd = found?.index ?? source.length;
    pushText(source.slice(position, textEnd), found?.[0].endsWith('-') ?? false);
    if (found === null) break;
    position = textEnd;
    if (found[0].startsWith('{#')) skipComment(found[0]);
    else if (!readRaw()) readTag(found[0]);
  }
  tokens.push({ kind: 'end', at: source.length });
  return tokens;

  function pushText(text: string, trimRight: boolean, at = position): void {
    const left = trimNext ? trimStart(text) : text;
    const trimmed = trimRight ? trimEnd(left) : left;
    if (trimmed !== '') tokens.push({ kind: 'text', text: trimmed, at });
    if (text !== '') trimNext = false;
  }

  function skipComment(open: string): void {
    const end = source.indexOf('#}', position + open.length);
    if (end < 0) throw new Fault('the comment is never closed', { at: position });
    trimNext = end > position + open.length && source[end - 1] === '-';
    position = end + 2;
  }

  /** What stands between `raw` and `endraw` is text. False if there is no `raw` here. */
  function readRaw(): boolean {
    const open = match(rawOpening);
    if (open === null) return false;
    const contentStart = position + open[0].length;
    rawClosing.lastIndex = contentStart;
    const close = rawClosing.exec(source);
    if (close === null) throw new Fault("'raw' is never closed", { at: position });
    trimNext = open[1] === '-';
    pushText(source.slice(contentStart, close.index), close[1] === '-', contentStart);
    trimNext = close[2] === '-';
    position = close.index + close[0].length;
    return true;
  }

  function readTag(open: string): void {
    const of = open.startsWith('{{') ? 'output' : 'statement';
    const openAt = position;
    const tokensBefore = tokens.length;
    tokens.push({ kind: 'open', of, at: openAt });
    position += open.length;
    for (;;) {
      position += match(blank)?.[0].length ?? 0;
      if (position >= source.length) throw new Fault(`'${open}' is never closed`, { at: openAt });
      const close = match(closing[of]);
      if (close !== null) {
        tokens.push({ kind: 'close', of, at: position });
        position += close[0].length;
        trimNext = close[0].startsWith('-');
        return;
      }
      if (tokens.length - tokensBefore > maxTokensPerTag) throw new Fault('the tag is too long', { at: openAt });
      const { token, length } = readToken();
      tokens.push(token);
      position += length;
    }
  }

  function readToken(): { token: Token; length: number } {
    const at = position;
    const name = match(nameToken);
    if (name !== null) return { token: { kind: 'name', text: name[0], at }, length: name[0].length };
    const member = match(memberToken);
    if (member !== null) return { token: { kind: 'member', text: member[1] ?? '', at }, length: member[0].length };
    const number = match(numberToken);
    if (number !== null) return { token: { kind: 'number', value: numberOf(number[0], at), at }, length: number[0].length };
    const string = match(stringToken);
    if (string !== null) return { token: { kind: 'string', text: string[0].slice(1, -1), at }, length: string[0].length };
    const symbol = match(symbolToken);
    if (symbol !== null) return { token: { kind: 'symbol', text: symbol[0], at }, length: symbol[0].length };
    const [character = ''] = source.slice(position, position + 2);
    if (/["'`]/.test(character)) throw new Fault('the string is never closed', { at });
    throw new Fault(`unexpected character '${character}'`, { at });
  }

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = position;
    return pattern.exec(source);
  }
}

function numberOf(digits: string, at: number): number {
  const value = Number(digits);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw new Fault(`the number ${digits} is out of bounds`, { at });
  return value;
}
