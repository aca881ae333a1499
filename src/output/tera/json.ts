import type { Budget } from './budget';
import { isArray, isObject, joined, keysOf, printedNumber, type Value, valueOf } from './values';

/** @param pretty indented by two spaces instead of compact */
export function toJson(value: Value, { pretty, budget, indent = '' }: { pretty: boolean; budget: Budget; indent?: string }): string {
  budget.spend();
  if (typeof value === 'number') return printedNumber(value);
  if (typeof value === 'string') {
    budget.text(value.length);
    return JSON.stringify(value);
  }
  const deeper = `${indent}  `;
  const inner = (item: Value): string => budget.descend(() => toJson(item, { pretty, budget, indent: deeper }));
  if (isArray(value)) return bracketed('[', value.map(inner), ']');
  if (isObject(value)) {
    return bracketed('{', keysOf(value).map((key) => `${JSON.stringify(key)}:${pretty ? ' ' : ''}${inner(valueOf(value, key) ?? null)}`), '}');
  }
  return String(value);

  function bracketed(open: string, items: readonly string[], close: string): string {
    if (items.length === 0) return open + close;
    if (!pretty) return `${open}${joined(items, ',', budget)}${close}`;
    return `${open}\n${deeper}${joined(items, `,\n${deeper}`, budget)}\n${indent}${close}`;
  }
}
