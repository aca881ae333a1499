import type { Value } from './values';

/**
 * The variables in sight. A loop has a scope per round, and sees those around it; a macro has one of its own and sees no
 * other. All of them see the caller's data.
 */
export class Scope {
  readonly #variables = new Map<string, Value>();

  private constructor(
    private readonly data: Readonly<Record<string, Value>>,
    private readonly kind: 'template' | 'macro' | 'round',
    private readonly outer: Scope | undefined,
    private readonly loop: { index: number; length: number } | undefined,
  ) {}

  static ofTemplate(data: Readonly<Record<string, Value>>): Scope {
    return new Scope(data, 'template', undefined, undefined);
  }

  ofMacro(): Scope {
    return new Scope(this.data, 'macro', undefined, undefined);
  }

  /** One round of a loop. @param index from 0 */
  ofRound(loop: { index: number; length: number }): Scope {
    return new Scope(this.data, 'round', this, loop);
  }

  set(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** In the template or the macro around all loops. */
  setGlobally(name: string, value: Value): void {
    if (this.kind === 'round') this.outer?.setGlobally(name, value);
    else this.set(name, value);
  }

  find(name: string): Value | undefined {
    const own = this.#variables.get(name);
    if (own !== undefined) return own;
    if (name === 'loop' && this.loop !== undefined) return loopVariable(this.loop);
    if (this.outer !== undefined) return this.outer.find(name);
    return Object.hasOwn(this.data, name) ? this.data[name] : undefined;
  }

  /** All variables in sight, an inner one instead of an outer of its name; a macro's are only its own. */
  all(): ReadonlyMap<string, Value> {
    const around = this.kind === 'round' ? this.outer?.all() : undefined;
    const data = this.kind === 'template' ? Object.entries(this.data) : [];
    return new Map([...(around ?? data), ...this.#variables]);
  }
}

function loopVariable({ index, length }: { index: number; length: number }): Value {
  return { index: index + 1, index0: index, first: index === 0, last: index === length - 1 };
}
