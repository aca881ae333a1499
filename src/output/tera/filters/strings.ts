import type { Budget } from '../budget';
import { graphemesOf } from '../graphemes';
import { isWhiteSpace, trimEnd, trimStart } from '../whitespace';
import { type Filter, ofText } from './filter';

export const stringFilters: Readonly<Record<string, Filter>> = {
  upper: ofText((text) => text.toUpperCase()),
  lower: ofText((text) => text.toLowerCase()),
  capitalize: ofText((text) => capitalized(text)),
  title: ofText((text) => text.replace(word, capitalized)),
  trim: ofText((text) => trimStart(trimEnd(text))),
  trim_start: ofText(trimStart),
  trim_end: ofText(trimEnd),
  trim_start_matches: ofText((text, args) => withoutStart(text, unescaped(args.text('pat') ?? '')), ['pat']),
  trim_end_matches: ofText((text, args) => withoutEnd(text, unescaped(args.text('pat') ?? '')), ['pat']),
  truncate: ofText((text, args, budget) => truncated(text, { length: args.count('length') ?? 255, end: args.text('end') ?? '…', budget })),
  wordcount: ofText((text) => wordsOf(text)),
  replace: ofText((text, args, budget) => replaced(text, args.text('from') ?? '', args.text('to') ?? '', budget), ['from', 'to']),
  split: ofText((text, args, budget) => split(text, unescaped(args.text('pat') ?? ''), budget), ['pat']),
  indent: ofText((text, args, budget) =>
    indented(text, { prefix: args.text('prefix') ?? '    ', first: args.flag('first') ?? false, blank: args.flag('blank') ?? false, budget }),
  ),
  addslashes: ofText((text) => text.replace(/[\\"']/g, '\\$&')),
  linebreaksbr: ofText((text) => text.replace(/\r?\n/g, '<br>')),
  spaceless: ofText((text) => text.replace(/>[\p{White_Space}]+</gu, '><')),
  striptags: ofText(withoutTags),
  escape: ofText((text) => text.replace(/[&<>"'/]/g, (character) => htmlEntities[character] ?? character)),
  escape_xml: ofText((text) => text.replace(/[&<>"']/g, (character) => (character === "'" ? '&apos;' : (htmlEntities[character] ?? character)))),
  urlencode: ofText((text) => percentEncoded(text, /[^A-Za-z0-9%\-./_~]/gu)),
  urlencode_strict: ofText((text) => percentEncoded(text, /[^A-Za-z0-9]/gu)),
  slugify: ofText(slug),
};

const htmlEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;', '/': '&#x2F;' };

// Apostrophes belong to a word inside of it.
const word = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}](?:[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}']*[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}])?/gu;

/** A template has no escapes in its strings; the arguments that take a separator read these two all the same. */
export function unescaped(text: string): string {
  return text.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t');
}

function capitalized(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

function withoutStart(text: string, pattern: string): string {
  if (pattern === '') return text;
  let start = 0;
  while (text.startsWith(pattern, start)) start += pattern.length;
  return text.slice(start);
}

function withoutEnd(text: string, pattern: string): string {
  if (pattern === '') return text;
  let end = text.length;
  while (text.endsWith(pattern, end)) end -= pattern.length;
  return text.slice(0, end);
}

function truncated(text: string, { length, end, budget }: { length: number; end: string; budget: Budget }): string {
  if (text.length <= length) return text;
  let count = 0;
  let kept = 0;
  for (const grapheme of graphemesOf(text, budget)) {
    if (count === length) return text.slice(0, kept) + end;
    count += 1;
    kept += grapheme.length;
  }
  return text;
}

function wordsOf(text: string): number {
  let count = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index += 1) {
    const inside = !isWhiteSpace(text.charCodeAt(index));
    if (inside && !inWord) count += 1;
    inWord = inside;
  }
  return count;
}

function replaced(text: string, from: string, to: string, budget: Budget): string {
  const parts = split(text, from, budget);
  const pieces = from === '' ? parts.slice(1, -1) : parts;
  budget.text(text.length + (pieces.length + 1) * to.length);
  return from === '' ? `${to}${pieces.map((piece) => piece + to).join('')}` : pieces.join(to);
}

/** The empty pattern splits before, between and after all characters. */
function split(text: string, pattern: string, budget: Budget): readonly string[] {
  budget.search(text, pattern);
  const parts = pattern === '' ? ['', ...Array.from(text), ''] : text.split(pattern);
  budget.spend(parts.length);
  return parts;
}

function indented(text: string, { prefix, first, blank, budget }: { prefix: string; first: boolean; blank: boolean; budget: Budget }): string {
  const lines = text.replace(/\r?\n$/, '').split('\n').map((line) => line.replace(/\r$/, ''));
  budget.text(text.length + lines.length * prefix.length);
  return lines.map((line, index) => (index === 0 ? (first && text !== '' ? prefix : '') : blank || trimStart(line) !== '' ? prefix : '') + line).join('\n');
}

/** Without `<…>` and `<!--…-->`, the latter on one line. Looks at each place once, which a pattern would not. */
function withoutTags(text: string): string {
  const kept: string[] = [];
  let position = 0;
  const find = rememberingIndexOf(text);
  for (;;) {
    const open = text.indexOf('<', position);
    if (open < 0) break;
    const comment = text.startsWith('<!--', open) ? find('-->', open + 4) : -1;
    const newline = comment < 0 ? -1 : find('\n', open);
    const isComment = comment >= 0 && (newline < 0 || newline > comment);
    const close = isComment ? comment + 2 : find('>', open);
    if (close < 0) break;
    kept.push(text.slice(position, open));
    position = close + 1;
  }
  return kept.join('') + text.slice(position);
}

/** `indexOf` for positions that only grow: what was found behind them is not looked for again. */
function rememberingIndexOf(text: string): (what: string, from: number) => number {
  const last = new Map<string, number>();
  return (what, from) => {
    const known = last.get(what);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const found = text.indexOf(what, from);
    last.set(what, found);
    return found;
  };
}

function percentEncoded(text: string, reserved: RegExp): string {
  return text.replace(reserved, (character) => [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}

/** Letters that do not fall apart into a Latin letter and its accent. */
const transliterations: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i' };

/** Latin letters lose their accents; what else is no letter or digit, other scripts included, becomes a dash. */
function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => transliterations[letter] ?? letter)
    .split(/[^a-z0-9]/)
    .filter((part) => part !== '')
    .join('-');
}
