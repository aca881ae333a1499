import { longForm, nested } from './format';
import type { Structured, Value } from './shapes';

/** What a template knows the data as: `items` if it is a list of something, else by its own names. */
export function templateVariables(data: Structured): Readonly<Record<string, Value>> {
  switch (data.shape) {
    case 'tabular':
      return listVariables(nested(data));
    case 'matrix':
      return { ...fieldsOf(nested(data)), items: [...longForm(data).rows] };
    case 'sectioned':
      // `post-clone` is a difference in an expression.
      return Object.fromEntries(Object.entries(fieldsOf(nested(data))).map(([name, rows]) => [name.replaceAll('-', '_'), rows]));
    case 'document':
      return Array.isArray(data.value) ? listVariables(data.value) : fieldsOf(data.value);
  }
}

function listVariables(list: Value): Readonly<Record<string, Value>> {
  return { items: list, data: list };
}

function fieldsOf(value: Value): Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Value>>) : {};
}
