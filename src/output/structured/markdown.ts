import { plainText } from './plain-text';
import type { Row, Value } from './shapes';

export function* markdownLines(columns: readonly string[], rows: Iterable<Row>): Generator<string> {
  yield line(columns);
  yield line(columns.map(() => '---'));
  for (const row of rows) yield line(columns.map((column) => row[column] ?? null));
}

function line(values: readonly Value[]): string {
  return `| ${values.map((value) => plainText(value).replaceAll('|', '\\|').replace(/\r\n|[\r\n]/g, ' ')).join(' | ')} |\n`;
}
