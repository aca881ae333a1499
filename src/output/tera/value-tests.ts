import type { Budget } from './budget';
import { Fault } from './fault';
import { compilePattern } from './pattern';
import { areEqual, isArray, isObject, kindOf, type Value, valueOf } from './values';

/** What may follow `is`. */
export interface ValueTest {
  /** How many arguments it takes, no more and no less. */
  arity: 0 | 1;
  /** @throws Fault whose message continues `test 'name' …` */
  holds(subject: Value | undefined, argument: Value, budget: Budget): boolean;
}

export const valueTests: ReadonlyMap<string, ValueTest> = new Map<string, ValueTest>([
  ['defined', { arity: 0, holds: (subject) => subject !== undefined }],
  ['undefined', { arity: 0, holds: (subject) => subject === undefined }],
  ['odd', { arity: 0, holds: (subject) => number(subject) % 2 !== 0 }],
  ['even', { arity: 0, holds: (subject) => number(subject) % 2 === 0 }],
  ['string', { arity: 0, holds: (subject) => typeof present(subject) === 'string' }],
  ['number', { arity: 0, holds: (subject) => typeof present(subject) === 'number' }],
  ['iterable', { arity: 0, holds: (subject) => isArray(present(subject)) || isObject(present(subject)) }],
  ['object', { arity: 0, holds: (subject) => isObject(present(subject)) }],
  ['divisibleby', { arity: 1, holds: (subject, argument) => number(subject) % number(argument) === 0 }],
  ['starting_with', { arity: 1, holds: (subject, argument) => text(subject).startsWith(text(argument)) }],
  ['ending_with', { arity: 1, holds: (subject, argument) => text(subject).endsWith(text(argument)) }],
  ['containing', { arity: 1, holds: (subject, argument, budget) => contains(present(subject), argument, budget) }],
  ['matching', { arity: 1, holds: (subject, argument, budget) => compilePattern(text(argument), budget).isFoundIn(text(subject), budget) }],
]);

/** What `in` and `containing` mean. */
export function contains(container: Value, item: Value, budget: Budget): boolean {
  if (isArray(container)) return container.some((element) => areEqual(element, item, budget));
  if (isObject(container)) return valueOf(container, text(item)) !== undefined;
  if (typeof container !== 'string') throw new Fault(`needs a string, an array or an object to look into, but got ${kindOf(container)}`);
  budget.search(container, text(item));
  return container.includes(text(item));
}

function present(subject: Value | undefined): Value {
  if (subject === undefined) throw new Fault('was asked about something undefined');
  return subject;
}

function number(value: Value | undefined): number {
  const given = present(value);
  if (typeof given !== 'number') throw new Fault(`needs a number, but got ${kindOf(given)}`);
  return given;
}

function text(value: Value | undefined): string {
  const given = present(value);
  if (typeof given !== 'string') throw new Fault(`needs a string, but got ${kindOf(given)}`);
  return given;
}
