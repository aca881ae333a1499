export const formats = ['json', 'ndjson', 'tsv', 'csv', 'yaml', 'toon', 'markdown'] as const;
export type Format = (typeof formats)[number];

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Row = Readonly<Record<string, Value>>;
export type FlatRow = Readonly<Record<string, string | number | boolean | null>>;

/** Rows under the same keys, in the order of `columns` everywhere. A row that lacks one has null there. */
export interface Tabular {
  shape: 'tabular';
  columns: readonly string[];
  /** Those of a long table come one by one, and nothing in them nests. */
  rows: readonly Row[] | Iterable<FlatRow>;
}

/** Values by two keys, e.g. the state of each file in each worktree. Cells that do not exist are not listed. */
export interface Matrix {
  shape: 'matrix';
  /** What the two keys and the value are called, e.g. `path`, `worktree`, `state`. */
  rowKey: string;
  columnKey: string;
  cellKey: string;
  /** All row keys and column keys in order, also of rows and columns without a cell. */
  rows: readonly string[];
  columns: readonly string[];
  cells: readonly Cell[];
}
export interface Cell {
  row: string;
  column: string;
  value: string;
}

/** Named tables. */
export interface Sectioned {
  shape: 'sectioned';
  sections: readonly { name: string; columns: readonly string[]; rows: readonly Row[] }[];
}

/** Any value; `prose` is what it reads like in Markdown, if it reads like anything. */
export interface Document {
  shape: 'document';
  value: Value;
  prose?: string;
}

export type Structured = Tabular | Matrix | Sectioned | Document;
export type Shape = Structured['shape'];

/** The formats a shape can be told in; a line-based one cannot tell a nested shape. */
export function formatsOf(shape: Shape): readonly Format[] {
  switch (shape) {
    case 'tabular':
    case 'matrix':
      return formats;
    case 'sectioned':
    case 'document':
      return ['json', 'yaml', 'toon', 'markdown'];
  }
}
