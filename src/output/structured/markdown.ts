import { plainText } from './plain-text';
import type { Row, Value } from './shapes';

export function markdownTable(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [line(columns), line(columns.map(() => '---')), ...rows.map((row) => line(columns.map((column) => row[column] ?? null)))];
  return `${lines.join('\n')}\n`;
}

function line(values: readonly Value[]): string {
  return `| ${values.map((value) => plainText(value).replaceAll('|', '\\|').replace(/\r\n|[\r\n]/g, ' ')).join(' | ')} |`;
}
