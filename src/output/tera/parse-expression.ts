import { Fault } from './fault';
import type { Argument, ArithmeticOperator, Call, ComparisonOperator, Expression, Path } from './syntax';
import type { TokenReader } from './token-reader';

const booleans: ReadonlyMap<string, boolean> = new Map([['true', true], ['True', true], ['false', false], ['False', false]]);
const operatorWords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is']);
const comparisons: readonly ComparisonOperator[] = ['==', '!=', '<=', '>=', '<', '>'];
const sums: readonly ArithmeticOperator[] = ['+', '-'];
const products: readonly ArithmeticOperator[] = ['*', '/', '%'];

/**
 * Reads an expression, from the operators that bind least to those that bind most: `or`, `and`, `not`, comparisons and
 * `in`, sums, products, then filters, tests and `~` from left to right.
 *
 * @throws Fault
 */
export function parseExpression(reader: TokenReader): Expression {
  return reader.nested(() => parseOr(reader));
}

/** `name` or `name(argument=value, …)`. */
export function parseFilterCall(reader: TokenReader): Call {
  const { text: name, at } = reader.expectName('the name of a filter');
  return { name, at, arguments: reader.skipSymbol('(') ? parseArguments(reader) : [] };
}

/** A string, number or boolean that stands for itself; undefined if there is none. */
export function parseLiteral(reader: TokenReader): (Expression & { kind: 'literal' }) | undefined {
  const token = reader.peek();
  if (token.kind === 'string') {
    reader.next();
    return { kind: 'literal', value: token.text, at: token.at };
  }
  if (token.kind === 'number') {
    reader.next();
    return { kind: 'literal', value: token.value, at: token.at };
  }
  const following = reader.peek(1);
  if (reader.isSymbol('-') && following.kind === 'number' && following.at === token.at + 1) {
    reader.next();
    reader.next();
    return { kind: 'literal', value: -following.value, at: token.at };
  }
  const boolean = token.kind === 'name' ? booleans.get(token.text) : undefined;
  if (boolean === undefined) return undefined;
  reader.next();
  return { kind: 'literal', value: boolean, at: token.at };
}

function parseOr(reader: TokenReader): Expression {
  let left = parseAnd(reader);
  for (let at = reader.peek().at; reader.skipName('or'); at = reader.peek().at) left = { kind: 'logic', operator: 'or', left, right: parseAnd(reader), at };
  return left;
}

function parseAnd(reader: TokenReader): Expression {
  let left = parseNot(reader);
  for (let at = reader.peek().at; reader.skipName('and'); at = reader.peek().at) left = { kind: 'logic', operator: 'and', left, right: parseNot(reader), at };
  return left;
}

function parseNot(reader: TokenReader): Expression {
  const { at } = reader.peek();
  if (!reader.skipName('not')) return parseComparison(reader);
  return { kind: 'not', operand: reader.nested(() => parseNot(reader)), at };
}

function parseComparison(reader: TokenReader): Expression {
  const left = parseSum(reader);
  const { at } = reader.peek();
  if (reader.isName('in') || (reader.isName('not') && reader.isName('in', 1))) {
    const negated = reader.skipName('not');
    reader.next();
    return { kind: 'membership', negated, item: left, container: parseSum(reader), at };
  }
  const operator = comparisons.find((symbol) => reader.skipSymbol(symbol));
  return operator === undefined ? left : { kind: 'comparison', operator, left, right: parseSum(reader), at };
}

function parseSum(reader: TokenReader): Expression {
  return parseArithmetic(reader, sums, parseProduct);
}

function parseProduct(reader: TokenReader): Expression {
  return parseArithmetic(reader, products, parseFiltered);
}

function parseArithmetic(reader: TokenReader, operators: readonly ArithmeticOperator[], parseOperand: (reader: TokenReader) => Expression): Expression {
  let left = parseOperand(reader);
  for (;;) {
    const { at } = reader.peek();
    const operator = operators.find((symbol) => reader.skipSymbol(symbol));
    if (operator === undefined) return left;
    left = { kind: 'arithmetic', operator, left, right: parseOperand(reader), at };
  }
}

function parseFiltered(reader: TokenReader): Expression {
  let input = parsePrimary(reader);
  for (;;) {
    const { at } = reader.peek();
    if (reader.skipSymbol('|')) input = { kind: 'filtered', input, filter: parseFilterCall(reader), at: input.at };
    else if (reader.skipSymbol('~')) input = { kind: 'concatenation', left: input, right: parsePrimary(reader), at };
    else if (reader.skipName('is')) input = parseTest(reader, input);
    else return input;
  }
}

function parseTest(reader: TokenReader, subject: Expression): Expression {
  const negated = reader.skipName('not');
  const { text: name, at } = reader.expectName('the name of a test');
  return { kind: 'test', subject, negated, name, arguments: reader.skipSymbol('(') ? parseItems(reader, ')') : [], at };
}

function parsePrimary(reader: TokenReader): Expression {
  const literal = parseLiteral(reader);
  if (literal !== undefined) return literal;
  const { at } = reader.peek();
  if (reader.skipSymbol('(')) {
    const inner = parseExpression(reader);
    reader.expectSymbol(')');
    return inner;
  }
  if (reader.skipSymbol('[')) return { kind: 'array', items: parseItems(reader, ']'), at };
  const token = reader.peek();
  if (token.kind !== 'name' || operatorWords.has(token.text)) throw reader.unexpected('a value');
  reader.next();
  if (reader.skipSymbol('(')) return { kind: 'function', call: { name: token.text, arguments: parseArguments(reader), at }, at };
  if (reader.skipSymbol('::')) return parseMacroCall(reader, token);
  return parsePath(reader, token);
}

function parseMacroCall(reader: TokenReader, namespace: { text: string; at: number }): Expression {
  if (namespace.text !== 'self') throw new Fault(`unknown namespace '${namespace.text}': macros are called as self::name()`, { at: namespace.at });
  const { text: name, at } = reader.expectName('the name of a macro');
  reader.expectSymbol('(');
  return { kind: 'macro', call: { name, arguments: parseArguments(reader), at }, at };
}

function parsePath(reader: TokenReader, start: { text: string; at: number }): Path {
  const steps: Path['steps'][number][] = [];
  for (;;) {
    const token = reader.peek();
    if (token.kind === 'member') {
      reader.next();
      steps.push({ kind: 'member', name: token.text });
    } else if (reader.skipSymbol('[')) {
      steps.push({ kind: 'index', index: parseExpression(reader) });
      reader.expectSymbol(']');
    } else {
      return { kind: 'path', name: start.text, steps, text: reader.source.slice(start.at, reader.endOfLast), at: start.at };
    }
  }
}

/** Up to and with the closing parenthesis; a comma may come last. */
function parseArguments(reader: TokenReader): readonly Argument[] {
  const given: Argument[] = [];
  while (!reader.skipSymbol(')')) {
    const { text: name } = reader.expectName('the name of an argument');
    reader.expectSymbol('=');
    given.push({ name, value: parseExpression(reader) });
    if (!reader.isSymbol(')')) reader.expectSymbol(',');
  }
  return given;
}

function parseItems(reader: TokenReader, close: ')' | ']'): readonly Expression[] {
  const items: Expression[] = [];
  while (!reader.skipSymbol(close)) {
    items.push(parseExpression(reader));
    if (!reader.isSymbol(close)) reader.expectSymbol(',');
  }
  return items;
}
