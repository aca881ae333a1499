import { Fault, quoted } from '../fault';
import { toJson } from '../json';
import { isArray, isObject, keysOf, printed, type Value, valueOf } from '../values';
import { type Filter, needs } from './filter';

export const generalFilters: Readonly<Record<string, Filter>> = {
  // What is undefined never reaches a filter: the evaluator steps in before, and what is defined stays what it is.
  default: { requires: ['value'], apply: (input) => input },
  // Nothing is escaped, so nothing has to be saved from it.
  safe: { apply: (input) => input },
  as_str: { apply: (input, _, budget) => printed(input, budget) },
  json_encode: { apply: (input, args, budget) => toJson(input, { pretty: args.value('pretty') === true, budget }) },
  get: {
    requires: ['key'],
    apply(input, args) {
      if (!isObject(input)) throw needs('an object', input);
      const key = args.text('key') ?? '';
      const value = valueOf(input, key);
      const found = value === undefined ? args.value('default') : value;
      if (found === undefined) throw new Fault(`finds no key ${quoted(key)}`);
      return found;
    },
  },
  length: {
    apply(input, _, budget) {
      if (typeof input === 'string') {
        budget.spend(input.length / 4);
        return Array.from(input).length;
      }
      if (isArray(input)) return input.length;
      if (isObject(input)) return keysOf(input).length;
      throw needs('a string, an array or an object', input);
    },
  },
  reverse: {
    apply(input, _, budget): Value {
      if (typeof input === 'string') {
        budget.spend(input.length / 4);
        return Array.from(input).toReversed().join('');
      }
      if (!isArray(input)) throw needs('a string or an array', input);
      budget.spend(input.length);
      return input.toReversed();
    },
  },
};
