import { Fault } from './fault';
import type { Delimiters, Token } from './tokens';

const maxNesting = 100;

/** Walks over the tokens of a template; refuses what is nested so deeply that nobody has written it by hand. */
export class TokenReader {
  #position = 0;
  #nesting = 0;

  constructor(
    readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  peek(ahead = 0): Token {
    return this.tokens[this.#position + ahead] ?? { kind: 'end', at: this.source.length };
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  isName(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text === text;
  }

  /** Whether it was there, and is now behind us. */
  skipSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.#position += 1;
    return found;
  }

  skipName(text: string): boolean {
    const found = this.isName(text);
    if (found) this.#position += 1;
    return found;
  }

  expectSymbol(text: string): Token {
    if (!this.isSymbol(text)) throw this.unexpected(`'${text}'`);
    return this.next();
  }

  expectName(what: string): { text: string; at: number } {
    const token = this.peek();
    if (token.kind !== 'name') throw this.unexpected(what);
    this.#position += 1;
    return token;
  }

  expectClose(of: Delimiters): void {
    const token = this.peek();
    if (token.kind !== 'close') throw this.unexpected(of === 'output' ? "'}}'" : "'%}'");
    this.#position += 1;
  }

  /** Offset behind the token read last, which is a name, a member or a symbol. */
  get endOfLast(): number {
    const last = this.tokens[this.#position - 1];
    if (last === undefined) return 0;
    return last.at + (last.kind === 'member' ? 1 : 0) + ('text' in last ? last.text.length : 0);
  }

  nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > maxNesting) throw new Fault('this is nested too deeply', { at: this.peek().at });
    try {
      return read();
    } finally {
      this.#nesting -= 1;
    }
  }

  /** The error for the token that comes next. @param expected what could have stood there */
  unexpected(expected: string): Fault {
    const token = this.peek();
    return new Fault(`expected ${expected}, but found ${described(token)}`, { at: token.at });
  }
}

function described(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'symbol':
      return `'${token.text}'`;
    case 'member':
      return `'.${token.text}'`;
    case 'number':
      return 'a number';
    case 'string':
      return 'a string';
    case 'close':
    case 'open':
      return 'the end of the tag';
    case 'text':
      return 'text';
    case 'end':
      return 'the end of the template';
  }
}
