import type { Value } from './shapes';

/** A value in the cell of a line-based format: null is empty, what nests is compact JSON. */
export function plainText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
