import { encode } from '@toon-format/toon';
import type { Row, Value } from './shapes';

// A string that reads `[]` comes quoted and line breaks inside strings come escaped, so that such a line is an empty array.
const emptyArray = /^( *(?:- )?)(?:("(?:[^"\\]|\\.)*"|[^":]+): )?\[\]$/gm;

/** As the package encodes it, but an empty array has the length in its header like any other: `key[0]:`. */
export function toToon(value: Value): string {
  const text = encode(wellFormed(value)).replace(emptyArray, (_, indent: string, key: string | undefined) => `${indent}${key ?? ''}[0]:`);
  return `${text}\n`;
}

/** A row of flat values as a line of a tabular array, and what its header says of the columns: `{a,b}`. */
export function toToonRow(row: Row): { names: string; line: string } {
  const [header = '', line = ''] = encode([wellFormed(row)]).split('\n'); // line breaks in values come escaped
  return { names: header.slice('[1]'.length, -':'.length), line };
}

/** The package refuses half a surrogate pair, which no encoding has; any other format writes U+FFFD for it. */
function wellFormed(value: Value): Value {
  if (typeof value === 'string') return wellFormedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wellFormedText(key), wellFormed(inner)]));
}

/** As any encoder would write it. */
function wellFormedText(text: string): string {
  return Buffer.from(text).toString();
}

function isList(value: readonly Value[] | { readonly [key: string]: Value }): value is readonly Value[] {
  return Array.isArray(value);
}
