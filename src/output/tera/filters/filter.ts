import type { Arguments } from '../arguments';
import type { Budget } from '../budget';
import { Fault } from '../fault';
import { kindOf, type Value } from '../values';

export interface Filter {
  /** Names of arguments that it cannot do without. */
  requires?: readonly string[];
  /** @throws Fault whose message continues `filter 'name' …` */
  apply(input: Value, args: Arguments, budget: Budget): Value;
}

/** A filter of strings. */
export function ofText(apply: (text: string, args: Arguments, budget: Budget) => Value, requires: readonly string[] = []): Filter {
  return {
    requires,
    apply(input, args, budget) {
      if (typeof input !== 'string') throw needs('a string', input);
      budget.spend(input.length / 16);
      return apply(input, args, budget);
    },
  };
}

/** A filter of arrays. */
export function ofArray(apply: (items: readonly Value[], args: Arguments, budget: Budget) => Value, requires: readonly string[] = []): Filter {
  return {
    requires,
    apply(input, args, budget) {
      if (!Array.isArray(input)) throw needs('an array', input);
      budget.spend(input.length);
      return apply(input as readonly Value[], args, budget);
    },
  };
}

/** A filter of numbers. */
export function ofNumber(apply: (number: number, args: Arguments) => Value): Filter {
  return {
    apply(input, args) {
      if (typeof input !== 'number') throw needs('a number', input);
      return apply(input, args);
    },
  };
}

export function needs(expected: string, input: Value): Fault {
  return new Fault(`needs ${expected}, but got ${kindOf(input)}`);
}
