import { csvLine, tsvLine } from './delimited';
import { markdownTable } from './markdown';
import type { Format, Matrix, Row, Structured, Tabular, Value } from './shapes';

/**
 * The whole text in `format`, which the shape must support, with exactly one final newline; nothing at all for an empty
 * table in ndjson.
 *
 * @param headers whether tsv and csv start with the line of names
 */
export async function formatStructured(data: Structured, format: Format, { headers }: { headers: boolean }): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(nested(data), null, 2)}\n`;
    case 'ndjson':
      return longForm(data)
        .rows.map((row) => `${JSON.stringify(row)}\n`)
        .join('');
    case 'tsv':
      return delimited(longForm(data), tsvLine, headers);
    case 'csv':
      return delimited(longForm(data), csvLine, headers);
    case 'yaml': {
      const { toYaml } = await import('./yaml');
      return toYaml(nested(data));
    }
    case 'toon': {
      const { toToon } = await import('./toon');
      return toToon(nested(data));
    }
    case 'markdown':
      return markdown(data);
  }
}

/** What the formats tell that can nest. */
export function nested(data: Structured): Value {
  switch (data.shape) {
    case 'tabular':
      return inOrder(data).rows;
    case 'matrix':
      return { [data.rowKey]: Object.fromEntries(data.rows.map((row) => [row, cellsOf(data, row)])) };
    case 'sectioned':
      return Object.fromEntries(data.sections.map((section) => [section.name, inOrder(section).rows]));
    case 'document':
      return data.value;
  }
}

/** One row per thing, for the formats that know only lines. */
export function longForm(data: Structured): Pick<Tabular, 'columns' | 'rows'> {
  switch (data.shape) {
    case 'tabular':
      return inOrder(data);
    case 'matrix':
      return {
        columns: [data.rowKey, data.columnKey, data.cellKey],
        rows: data.cells.map(({ row, column, value }) => ({ [data.rowKey]: row, [data.columnKey]: column, [data.cellKey]: value })),
      };
    case 'sectioned':
    case 'document':
      throw new TypeError(`a ${data.shape} has no rows of its own`);
  }
}

function inOrder({ columns, rows }: Pick<Tabular, 'columns' | 'rows'>): Pick<Tabular, 'columns' | 'rows'> {
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))) };
}

function cellsOf({ cells }: Matrix, row: string): Row {
  return Object.fromEntries(cells.filter((cell) => cell.row === row).map(({ column, value }) => [column, value]));
}

function delimited(
  { columns, rows }: Pick<Tabular, 'columns' | 'rows'>,
  line: (values: readonly Value[]) => string,
  headers: boolean,
): string {
  return [...(headers ? [line(columns)] : []), ...rows.map((row) => line(columns.map((column) => row[column] ?? null)))].join('');
}

function markdown(data: Structured): string {
  switch (data.shape) {
    case 'tabular':
      return markdownTable(data.columns, data.rows);
    case 'matrix':
      return markdownTable(
        [data.rowKey, ...data.columns],
        data.rows.map((row) => ({ ...cellsOf(data, row), [data.rowKey]: row })),
      );
    case 'sectioned':
      return data.sections.map(({ name, columns, rows }) => `## ${name}\n\n${markdownTable(columns, rows)}`).join('\n');
    case 'document':
      return data.prose === undefined ? `\`\`\`json\n${JSON.stringify(data.value, null, 2)}\n\`\`\`\n` : `${data.prose.replace(/\n+$/, '')}\n`;
  }
}
