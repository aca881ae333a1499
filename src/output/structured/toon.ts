import { encode } from '@toon-format/toon';
import type { Value } from './shapes';

// A string that reads `[]` comes quoted and line breaks inside strings come escaped, so that such a line is an empty array.
const emptyArray = /^( *(?:- )?)(?:("(?:[^"\\]|\\.)*"|[^":]+): )?\[\]$/gm;

/** As the package encodes it, but an empty array has the length in its header like any other: `key[0]:`. */
export function toToon(value: Value): string {
  const text = encode(value).replace(emptyArray, (_, indent: string, key: string | undefined) => `${indent}${key ?? ''}[0]:`);
  return `${text}\n`;
}
