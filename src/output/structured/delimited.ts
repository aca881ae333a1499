import { plainText } from './plain-text';
import type { Value } from './shapes';

/** Tabs and line breaks inside a value become a space each: nothing is quoted in tsv. */
export function tsvLine(values: readonly Value[]): string {
  return `${values.map((value) => plainText(value).replace(/[\t\r\n]/g, ' ')).join('\t')}\n`;
}

/** RFC 4180, quoted only where it must be, with LF at the end. */
export function csvLine(values: readonly Value[]): string {
  return `${values.map((value) => quoted(plainText(value))).join(',')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
