import type { Budget } from './budget';

/**
 * What a template works with: the caller's data as it is, and what filters make of it. An object is a record of the
 * caller's or a map made here, in which keys that look like numbers keep their place; only own properties of a record
 * exist.
 */
export type Value = null | boolean | number | string | readonly Value[] | ValueObject;
export type ValueObject = ReadonlyMap<string, Value> | { readonly [key: string]: Value };

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function keysOf(object: ValueObject): readonly string[] {
  return object instanceof Map ? [...(object as ReadonlyMap<string, Value>).keys()] : Object.keys(object);
}

/** Undefined if there is no such key. */
export function valueOf(object: ValueObject, key: string): Value | undefined {
  if (object instanceof Map) return (object as ReadonlyMap<string, Value>).get(key);
  return Object.hasOwn(object, key) ? (object as Readonly<Record<string, Value>>)[key] : undefined;
}

/** One step into a value: a key of an object or a place in an array. Undefined if there is nothing. */
export function memberOf(value: Value, key: string): Value | undefined {
  if (isArray(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) ? valueOf(value, key) : undefined;
}

/** What finds `pr.number` in a value, or undefined; the empty path finds the value itself. */
export function attributeFinder(path: string, budget: Budget): (value: Value) => Value | undefined {
  budget.text(path.length);
  const keys = path === '' ? [] : path.split('.');
  return (value) => {
    let found: Value | undefined = value;
    for (const key of keys) {
      if (found === undefined) return undefined;
      budget.spend();
      found = memberOf(found, key);
    }
    return found;
  };
}

export function isTruthy(value: Value): boolean {
  if (isArray(value)) return value.length > 0;
  if (isObject(value)) return keysOf(value).length > 0;
  return Boolean(value);
}

export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What filters pay for being given a value. */
export function weightOf(value: Value): number {
  if (typeof value === 'string') return value.length / 16;
  return isArray(value) ? value.length : 1;
}

export function areEqual(one: Value, other: Value, budget: Budget): boolean {
  budget.spend();
  if (typeof one === 'string' && typeof other === 'string') {
    if (one.length === other.length) budget.spend(one.length / 16);
    return one === other;
  }
  if (isArray(one) && isArray(other)) {
    return one.length === other.length && one.every((item, index) => budget.descend(() => areEqual(item, other[index] ?? null, budget)));
  }
  if (isObject(one) && isObject(other)) {
    const keys = keysOf(one);
    if (keys.length !== keysOf(other).length) return false;
    return keys.every((key) => {
      const counterpart = valueOf(other, key);
      return counterpart !== undefined && budget.descend(() => areEqual(valueOf(one, key) ?? null, counterpart, budget));
    });
  }
  return one === other;
}

/** A value as it is printed: null as nothing, `[a, b]`, `[object]`. */
export function printed(value: Value, budget: Budget): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printedNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (!isArray(value)) return '[object]';
  budget.spend(value.length);
  return budget.descend(() => `[${joined(value.map((item) => printed(item, budget)), ', ', budget)}]`);
}

/** Texts with a separator between them. */
export function joined(texts: readonly string[], separator: string, budget: Budget): string {
  budget.text(texts.reduce((length, text) => length + text.length + separator.length, 0));
  return texts.join(separator);
}

/** All digits, however many: never `1e+21`. */
export function printedNumber(value: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(mantissa) ?? [];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
