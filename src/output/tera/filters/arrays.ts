import type { Budget } from '../budget';
import { Fault, quoted } from '../fault';
import { areEqual, attributeFinder, isArray, isObject, joined, kindOf, printed, printedNumber, type Value } from '../values';
import { type Filter, ofArray } from './filter';
import { unescaped } from './strings';

export const arrayFilters: Readonly<Record<string, Filter>> = {
  first: ofArray((items) => items[0] ?? absent(items, 0)),
  last: ofArray((items) => items.at(-1) ?? absent(items, items.length - 1)),
  nth: ofArray((items, args) => items[args.count('n') ?? 0] ?? absent(items, args.count('n') ?? 0), ['n']),
  join: ofArray((items, args, budget) => joined(items.map((item) => printed(item, budget)), unescaped(args.text('sep') ?? ''), budget)),
  sort: ofArray((items, args, budget) => sorted(items, args.text('attribute') ?? '', budget)),
  unique: ofArray((items, args, budget) => distinct(items, args.text('attribute') ?? '', { caseSensitive: args.flag('case_sensitive') ?? false, budget })),
  slice: ofArray((items, args) => items.slice(placeOf(args.number('start') ?? 0, items), placeOf(args.number('end') ?? items.length, items))),
  group_by: ofArray((items, args, budget) => grouped(items, args.text('attribute') ?? '', budget), ['attribute']),
  filter: ofArray((items, args, budget) => {
    const find = attributeFinder(args.text('attribute') ?? '', budget);
    const wanted = args.value('value') ?? null;
    return items.filter((item) => {
      const value = find(item) ?? null;
      return wanted === null ? value !== null : areEqual(value, wanted, budget);
    });
  }, ['attribute']),
  map: ofArray((items, args, budget) => {
    const find = attributeFinder(args.text('attribute') ?? '', budget);
    return items.flatMap((item) => {
      const value = find(item) ?? null;
      return value === null ? [] : [value];
    });
  }, ['attribute']),
  concat: ofArray((items, args, budget) => {
    const more = args.value('with') ?? null;
    if (!isArray(more)) return [...items, more];
    budget.spend(more.length);
    return [...items, ...more];
  }, ['with']),
};

/** A place that does not exist is an empty string; null is null. */
function absent(items: readonly Value[], index: number): Value {
  return index >= 0 && index < items.length ? null : '';
}

/** Counted from the end if it is negative; before the beginning there is nothing to slice. */
function placeOf(index: number, items: readonly Value[]): number {
  return Math.max(0, Math.trunc(index >= 0 ? index : items.length + index));
}

function sorted(items: readonly Value[], attribute: string, budget: Budget): readonly Value[] {
  const find = attributeFinder(attribute, budget);
  const keyed = items.map((item) => {
    const key = find(item);
    if (key === undefined) throw new Fault(`finds no attribute ${quoted(attribute)} in an element`);
    return { item, key };
  });
  const [first] = keyed;
  if (first === undefined) return [];
  if (first.key === null || isObject(first.key)) throw new Fault(`cannot sort by ${first.key === null ? 'null' : 'objects'}`);
  const kind = kindOf(first.key);
  const stranger = keyed.find(({ key }) => kindOf(key) !== kind);
  if (stranger !== undefined) throw new Fault(`cannot compare ${kind} with ${kindOf(stranger.key)}`);
  return keyed.toSorted((a, b) => compared(a.key, b.key)).map(({ item }) => item);
}

/** Of two values of one kind; arrays by their length. */
function compared(a: Value, b: Value): number {
  if (isArray(a) && isArray(b)) return a.length - b.length;
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1;
  return Number(a) - Number(b);
}

function distinct(items: readonly Value[], attribute: string, { caseSensitive, budget }: { caseSensitive: boolean; budget: Budget }): readonly Value[] {
  const find = attributeFinder(attribute, budget);
  const seen = new Set<Value>();
  let kind: string | undefined;
  return items.filter((item, index) => {
    const key = find(item);
    if (key === undefined && index > 0) return false;
    if (key === undefined) throw new Fault(`finds no attribute ${quoted(attribute)} in the first element`);
    if (key === null || isArray(key) || isObject(key)) throw new Fault(`cannot tell ${kindOf(key)} from another`);
    kind ??= kindOf(key);
    if (kind !== kindOf(key)) throw new Fault(`cannot compare ${kind} with ${kindOf(key)}`);
    const folded = typeof key === 'string' && !caseSensitive ? key.toLowerCase() : key;
    if (seen.has(folded)) return false;
    seen.add(folded);
    return true;
  });
}

function grouped(items: readonly Value[], attribute: string, budget: Budget): Value {
  const find = attributeFinder(attribute, budget);
  const groups = new Map<string, Value[]>();
  for (const item of items) {
    const value = find(item) ?? null;
    if (value === null) continue;
    const key = typeof value === 'number' ? printedNumber(value) : printed(value, budget);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
