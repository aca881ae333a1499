import { Fault } from './fault';
import { kindOf, type Value } from './values';

/** What a filter or function was called with, by name. An argument that it does not know is nobody's business. */
export class Arguments {
  /** @param at offset of the name of what is called */
  constructor(
    readonly callee: string,
    readonly at: number,
    private readonly given: ReadonlyMap<string, { value: Value; at: number }>,
  ) {}

  value(name: string): Value | undefined {
    return this.given.get(name)?.value;
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, 'a boolean', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', (value) => (typeof value === 'number' ? value : undefined));
  }

  integer(name: string): number | undefined {
    return this.#typed(name, 'a whole number', (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined));
  }

  /** 0 or more. */
  count(name: string): number | undefined {
    return this.#typed(name, 'a whole number that is not negative', (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined));
  }

  #typed<T>(name: string, expected: string, convert: (value: Value) => T | undefined): T | undefined {
    const argument = this.given.get(name);
    if (argument === undefined) return undefined;
    const converted = convert(argument.value);
    if (converted === undefined) {
      const got = typeof argument.value === 'number' ? String(argument.value) : kindOf(argument.value);
      throw new Fault(`the argument '${name}' of '${this.callee}' must be ${expected}, but is ${got}`, { at: argument.at });
    }
    return converted;
  }
}
