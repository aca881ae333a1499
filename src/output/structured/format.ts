import { HeldText } from '../held-text';
import { csvLine, tsvLine } from './delimited';
import { markdownLines } from './markdown';
import type { Format, Matrix, Row, Structured, Tabular, Value } from './shapes';

/** Complete, and to be let go of when it has been written; a piece lasts until the next. */
export interface FormattedText extends Disposable {
  pieces(): Iterable<string | Buffer>;
}

/**
 * The whole text in `format`, which the shape must support, with exactly one final newline; nothing at all for an empty
 * table in ndjson.
 *
 * @param headers whether tsv and csv start with the line of names
 */
export async function formatStructured(data: Structured, format: Format, { headers }: { headers: boolean }): Promise<FormattedText> {
  const held = new HeldText();
  const holdAll = (pieces: Iterable<string>): void => {
    for (const piece of pieces) held.add(piece);
  };
  switch (format) {
    case 'json':
      holdAll(data.shape === 'tabular' ? jsonArray(inOrder(data)) : [`${JSON.stringify(nested(data), null, 2)}\n`]);
      break;
    case 'ndjson':
      for (const row of longForm(data).rows) held.add(`${JSON.stringify(row)}\n`);
      break;
    case 'tsv':
      holdAll(delimited(longForm(data), tsvLine, headers));
      break;
    case 'csv':
      holdAll(delimited(longForm(data), csvLine, headers));
      break;
    case 'yaml': {
      const { toYaml } = await import('./yaml');
      holdAll(data.shape === 'tabular' ? yamlList(inOrder(data), toYaml) : [toYaml(nested(data))]);
      break;
    }
    case 'toon': {
      const { toToon, toToonRow } = await import('./toon');
      if (data.shape === 'tabular' && !Array.isArray(data.rows)) return toonTable(inOrder(data), toToonRow);
      held.add(toToon(nested(data)));
      break;
    }
    case 'markdown':
      holdAll(markdown(data));
  }
  return held;
}

/** What the formats tell that can nest. */
export function nested(data: Structured): Value {
  switch (data.shape) {
    case 'tabular':
      return [...inOrder(data)];
    case 'matrix':
      return { [data.rowKey]: Object.fromEntries(data.rows.map((row) => [row, cellsOf(data, row)])) };
    case 'sectioned':
      return Object.fromEntries(data.sections.map((section) => [section.name, [...inOrder(section)]]));
    case 'document':
      return data.value;
  }
}

/** One row per thing, for the formats that know only lines. */
export function longForm(data: Structured): { columns: readonly string[]; rows: Iterable<Row> } {
  switch (data.shape) {
    case 'tabular':
      return { columns: data.columns, rows: inOrder(data) };
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

function* inOrder({ columns, rows }: Pick<Tabular, 'columns' | 'rows'>): Generator<Row> {
  for (const row of rows) yield Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function cellsOf({ cells }: Matrix, row: string): Row {
  return Object.fromEntries(cells.filter((cell) => cell.row === row).map(({ column, value }) => [column, value]));
}

function* jsonArray(rows: Iterable<Row>): Generator<string> {
  let between = '[\n';
  for (const row of rows) {
    yield `${between}${JSON.stringify([row], null, 2).slice('[\n'.length, -'\n]'.length)}`;
    between = ',\n';
  }
  yield between === ',\n' ? '\n]\n' : '[]\n';
}

/** A list in block style is that of its first item, and so on. */
function* yamlList(rows: Iterable<Row>, toYaml: (value: Value) => string): Generator<string> {
  let isEmpty = true;
  for (const row of rows) {
    yield toYaml([row]);
    isEmpty = false;
  }
  if (isEmpty) yield toYaml([]);
}

/** In toon the number of rows comes first. */
function toonTable(rows: Iterable<Row>, toToonRow: (row: Row) => { names: string; line: string }): FormattedText {
  const held = new HeldText();
  let count = 0;
  let columns = '';
  for (const row of rows) {
    const { names, line } = toToonRow(row);
    held.add(`${line}\n`);
    columns = names;
    count += 1;
  }
  return {
    *pieces() {
      yield `[${count}]${columns}:\n`;
      yield* held.pieces();
    },
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}

function* delimited(
  { columns, rows }: { columns: readonly string[]; rows: Iterable<Row> },
  line: (values: readonly Value[]) => string,
  headers: boolean,
): Generator<string> {
  if (headers) yield line(columns);
  for (const row of rows) yield line(columns.map((column) => row[column] ?? null));
}

function* markdown(data: Structured): Generator<string> {
  switch (data.shape) {
    case 'tabular':
      yield* markdownLines(data.columns, data.rows);
      break;
    case 'matrix':
      yield* markdownLines(
        [data.rowKey, ...data.columns],
        data.rows.map((row) => ({ ...cellsOf(data, row), [data.rowKey]: row })),
      );
      break;
    case 'sectioned':
      for (const [index, { name, columns, rows }] of data.sections.entries()) {
        yield `${index > 0 ? '\n' : ''}## ${name}\n\n`;
        yield* markdownLines(columns, rows);
      }
      break;
    case 'document':
      yield data.prose === undefined ? `\`\`\`json\n${JSON.stringify(data.value, null, 2)}\n\`\`\`\n` : `${data.prose.replace(/\n+$/, '')}\n`;
  }
}
