import { stringify } from 'yaml';
import type { ScalarTag } from 'yaml';
import type { Value } from './shapes';

/** Never folded; a string that YAML 1.1 or 1.2 would read as something else is quoted, because both kinds of readers are about. */
export function toYaml(value: Value): string {
  return stringify(value, { lineWidth: 0, compat: 'yaml-1.1', customTags: (tags) => [treacherous, ...tags] });
}

/**
 * What 1.2 may leave plain and readers of 1.1 stumble over: `=` is a type of its own, DEL is not allowed, the other three
 * break lines, and before a tab inside a plain line the most used of them give up. And of a block of nothing but blanks the
 * library does not say how far it is indented, so that nobody gets them back.
 */
const treacherous: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) =>
    typeof value === 'string' && (/^=$|[\x7f\x85\u2028\u2029]/.test(value) || (value.includes('\t') && !value.includes('\n')) || value.trim() === ''),
  resolve: (text) => text,
  stringify: ({ value }) =>
    JSON.stringify(value).replaceAll(/[\x7f\x85\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
};
