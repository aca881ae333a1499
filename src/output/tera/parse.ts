import { Fault } from './fault';
import { parseExpression, parseFilterCall, parseLiteral } from './parse-expression';
import type { Macro, Node, Template } from './syntax';
import { TokenReader } from './token-reader';
import { tokenize } from './tokens';

/** Words that end a body, and belong to the tag that began it. */
const continuations = ['elif', 'else', 'endif', 'endfor', 'endfilter', 'endmacro'] as const;
type Continuation = (typeof continuations)[number];
const foreign: readonly string[] = ['include', 'extends', 'import', 'block', 'endblock'];

interface Surroundings {
  loop: boolean;
  top: boolean;
}

/** @throws Fault */
export function parseTemplate(source: string): Template {
  const reader = new TokenReader(source, tokenize(source));
  const macros = new Map<string, Macro>();
  const body = parseBody({ loop: false, top: true });
  if (reader.peek().kind !== 'end') throw strayWord();
  return { body, macros };

  /** Up to the word that it does not know, which is the next token then, or the end. */
  function parseBody(within: Surroundings): readonly Node[] {
    return reader.nested(() => {
      const nodes: Node[] = [];
      for (;;) {
        const token = reader.peek();
        if (token.kind === 'end') return nodes;
        if (token.kind === 'open' && token.of === 'statement') {
          const continuation = continuations.find((word) => reader.isName(word, 1));
          reader.next();
          if (continuation !== undefined) return nodes;
          nodes.push(...parseStatement(within));
        } else if (token.kind === 'open') {
          reader.next();
          nodes.push({ kind: 'output', expression: parseExpression(reader), at: token.at });
          reader.expectClose('output');
        } else {
          reader.next();
          if (token.kind === 'text') nodes.push({ kind: 'text', text: token.text });
        }
      }
    });
  }

  function parseStatement(within: Surroundings): readonly Node[] {
    const word = reader.expectName('the name of a tag');
    switch (word.text) {
      case 'set':
      case 'set_global': {
        const { text: name } = reader.expectName('the name of a variable');
        reader.expectSymbol('=');
        const value = parseExpression(reader);
        reader.expectClose('statement');
        return [{ kind: 'set', name, value, global: word.text === 'set_global' }];
      }
      case 'if':
        return [parseIf(word.at, within)];
      case 'for':
        return [parseFor(word.at)];
      case 'filter': {
        const filter = parseFilterCall(reader);
        reader.expectClose('statement');
        const body = parseBody({ loop: false, top: false });
        end(['endfilter'], "'filter'", word.at);
        return [{ kind: 'filter', filter, body }];
      }
      case 'break':
      case 'continue':
        if (!within.loop) throw new Fault(`'${word.text}' outside of a loop`, { at: word.at });
        reader.expectClose('statement');
        return [{ kind: word.text }];
      case 'macro':
        if (!within.top) throw new Fault("'macro' inside of another tag", { at: word.at });
        parseMacro(word.at);
        return [];
      default:
        if (foreign.includes(word.text)) throw new Fault(`'${word.text}' is not available: there is only this one template`, { at: word.at });
        throw new Fault(`unknown tag '${word.text}'`, { at: word.at });
    }
  }

  function parseIf(at: number, { loop }: Surroundings): Node {
    const branches: { condition: ReturnType<typeof parseExpression>; body: readonly Node[] }[] = [];
    let otherwise: readonly Node[] = [];
    let word: Continuation = 'elif';
    while (word === 'elif') {
      const condition = parseExpression(reader);
      reader.expectClose('statement');
      branches.push({ condition, body: parseBody({ loop, top: false }) });
      word = continuation(['elif', 'else', 'endif'], "'if'", at);
    }
    if (word === 'else') {
      reader.expectClose('statement');
      otherwise = parseBody({ loop, top: false });
      end(['endif'], "'if'", at);
    } else {
      reader.expectClose('statement');
    }
    return { kind: 'if', branches, otherwise };
  }

  function parseFor(at: number): Node {
    const first = reader.expectName('the name of a variable').text;
    const second = reader.skipSymbol(',') ? reader.expectName('the name of a variable').text : undefined;
    if (!reader.skipName('in')) throw reader.unexpected("'in'");
    const container = parseExpression(reader);
    reader.expectClose('statement');
    const body = parseBody({ loop: true, top: false });
    let otherwise: readonly Node[] = [];
    if (continuation(['else', 'endfor'], "'for'", at) === 'else') {
      reader.expectClose('statement');
      otherwise = parseBody({ loop: false, top: false });
      end(['endfor'], "'for'", at);
    } else {
      reader.expectClose('statement');
    }
    return { kind: 'for', key: second === undefined ? undefined : first, value: second ?? first, container, body, otherwise };
  }

  function parseMacro(at: number): void {
    const { text: name, at: nameAt } = reader.expectName('the name of a macro');
    if (macros.has(name)) throw new Fault(`the macro '${name}' is defined twice`, { at: nameAt });
    reader.expectSymbol('(');
    const parameters: Macro['parameters'][number][] = [];
    while (!reader.skipSymbol(')')) {
      parameters.push(parseParameter());
      if (!reader.isSymbol(')')) reader.expectSymbol(',');
    }
    reader.expectClose('statement');
    const body = parseBody({ loop: false, top: false });
    continuation(['endmacro'], "'macro'", at);
    if (reader.peek().kind === 'name') reader.next(); // a reminder of which one ends, which nobody checks
    reader.expectClose('statement');
    macros.set(name, { name, parameters, body });
  }

  function parseParameter(): Macro['parameters'][number] {
    const { text: name } = reader.expectName('the name of an argument');
    if (!reader.skipSymbol('=')) return { name, fallback: undefined };
    const fallback = parseLiteral(reader);
    if (fallback === undefined) throw reader.unexpected('a string, a number or a boolean');
    return { name, fallback: fallback.value };
  }

  /** Reads the word that follows a body. @param at of the tag that waits for it */
  function continuation<T extends Continuation>(allowed: readonly T[], tag: string, at: number): T {
    if (reader.peek().kind === 'end') throw new Fault(`${tag} is never closed`, { at });
    const word = allowed.find((one) => reader.skipName(one));
    if (word === undefined) throw strayWord();
    return word;
  }

  function end(allowed: readonly Continuation[], tag: string, at: number): void {
    continuation(allowed, tag, at);
    reader.expectClose('statement');
  }

  function strayWord(): Fault {
    const token = reader.peek();
    return new Fault(`'${token.kind === 'name' ? token.text : ''}' does not belong here`, { at: token.at });
  }
}
