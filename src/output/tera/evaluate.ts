import { Arguments } from './arguments';
import type { Budget } from './budget';
import { Fault } from './fault';
import { filters } from './filters';
import { functions, type World } from './functions';
import { toJson } from './json';
import type { Scope } from './scope';
import type { ArithmeticOperator, Call, ComparisonOperator, Expression, Path } from './syntax';
import { areEqual, isTruthy, kindOf, memberOf, printed, printedNumber, type Value, weightOf } from './values';
import { contains, valueTests } from './value-tests';

/** What evaluating an expression needs of the rendering around it. */
export interface Evaluation {
  scope: Scope;
  budget: Budget;
  world: World;
  /** Renders a macro with the arguments given by name. */
  callMacro(call: Call, given: ReadonlyMap<string, Value>): string;
}

/** Prints all variables there are. */
const dumpVariable = '__tera_context';

/** What a division by zero is; it prints, and nothing can be calculated with it. */
const notANumber = 'NaN';

/** @throws Fault for what is undefined or of the wrong kind */
export function evaluate(expression: Expression, evaluation: Evaluation): Value {
  const { budget } = evaluation;
  budget.place = expression.at;
  budget.spend();
  return budget.descend(() => {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'array':
        return expression.items.map((item) => evaluate(item, evaluation));
      case 'path':
        return definedValue(expression, evaluation);
      case 'function':
        return callFunction(expression.call, evaluation);
      case 'macro':
        return evaluation.callMacro(expression.call, argumentValues(expression.call, evaluation));
      case 'filtered':
        return evaluateFiltered(expression, evaluation);
      case 'test':
        return evaluateTest(expression, evaluation);
      case 'concatenation':
        return concatenated(expression, evaluation);
      case 'arithmetic':
        return calculated(expression, evaluation);
      case 'comparison':
        return compared(expression, evaluation);
      case 'membership':
        return evaluateMembership(expression, evaluation);
      case 'logic':
        if (expression.operator === 'and') return isTrue(expression.left, evaluation) && isTrue(expression.right, evaluation);
        return isTrue(expression.left, evaluation) || isTrue(expression.right, evaluation);
      case 'not':
        return !isTrue(expression.operand, evaluation);
    }
  });
}

/** As a condition. A variable that is undefined is not true, and neither is what a filter cannot make anything of. */
export function isTrue(expression: Expression, evaluation: Evaluation): boolean {
  if (!startsWithPath(expression)) return isTruthy(evaluate(expression, evaluation));
  try {
    return isTruthy(evaluate(expression, evaluation));
  } catch (error) {
    if (error instanceof Fault && !error.limit) return false;
    throw error;
  }
}

function startsWithPath(expression: Expression): boolean {
  let inner = expression;
  while (inner.kind === 'filtered') inner = inner.input;
  return inner.kind === 'path';
}

/** Applies the filter of that name; what it complains about is placed at the name. */
export function applyFilter(input: Value, call: Call, evaluation: Evaluation): Value {
  const filter = filters.get(call.name);
  if (filter === undefined) throw new TypeError(`the check let an unknown filter pass: ${call.name}`);
  evaluation.budget.spend(weightOf(input));
  return placed(call.at, `filter '${call.name}'`, () => filter.apply(input, evaluatedArguments(call, evaluation), evaluation.budget));
}

function callFunction(call: Call, evaluation: Evaluation): Value {
  const callee = functions.get(call.name);
  if (callee === undefined) throw new TypeError(`the check let an unknown function pass: ${call.name}`);
  return placed(call.at, `function '${call.name}'`, () => callee.call(evaluatedArguments(call, evaluation), evaluation.world, evaluation.budget));
}

/** Tells whoever threw a fault without a place where it was, and who. */
function placed<T>(at: number, speaker: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault) || error.at !== undefined) throw error;
    throw new Fault(error.limit ? error.message : `${speaker} ${error.message}`, { at, limit: error.limit });
  }
}

function evaluatedArguments(call: Call, evaluation: Evaluation): Arguments {
  return new Arguments(call.name, call.at, new Map(call.arguments.map(({ name, value }) => [name, { value: evaluate(value, evaluation), at: value.at }])));
}

function argumentValues(call: Call, evaluation: Evaluation): ReadonlyMap<string, Value> {
  return new Map(call.arguments.map(({ name, value }) => [name, evaluate(value, evaluation)]));
}

function definedValue(path: Path, evaluation: Evaluation): Value {
  const found = findValue(path, evaluation);
  if (found === undefined) throw new Fault(`Variable '${path.text}' not found in context`, { at: path.at });
  return found;
}

/** Undefined if any part of the way does not exist, the variables inside of brackets included. */
function findValue(path: Path, evaluation: Evaluation): Value | undefined {
  const { scope, budget } = evaluation;
  if (path.name === dumpVariable && path.steps.length === 0) return toJson(scope.all(), { pretty: true, budget });
  let found = scope.find(path.name);
  for (const step of path.steps) {
    if (found === undefined) return undefined;
    const key = step.kind === 'member' ? step.name : indexOf(step.index, evaluation);
    if (key === undefined) return undefined;
    found = memberOf(found, key);
  }
  return found;
}

function indexOf(expression: Expression, evaluation: Evaluation): string | undefined {
  const index = expression.kind === 'path' ? findValue(expression, evaluation) : evaluate(expression, evaluation);
  if (typeof index === 'string') evaluation.budget.text(index.length);
  if (index === undefined || typeof index === 'string') return index;
  if (typeof index === 'number') return printedNumber(index);
  throw new Fault(`an index must be a string or a number, but is ${kindOf(index)}`, { at: expression.at });
}

function evaluateFiltered({ input, filter }: Expression & { kind: 'filtered' }, evaluation: Evaluation): Value {
  if (filter.name !== 'default' || input.kind !== 'path') return applyFilter(evaluate(input, evaluation), filter, evaluation);
  const found = findValue(input, evaluation);
  const fallback = filter.arguments.find(({ name }) => name === 'value');
  return found === undefined && fallback !== undefined ? evaluate(fallback.value, evaluation) : definedValue(input, evaluation);
}

function evaluateTest({ subject, negated, name, arguments: given, at }: Expression & { kind: 'test' }, evaluation: Evaluation): boolean {
  const test = valueTests.get(name);
  if (test === undefined) throw new TypeError(`the check let an unknown test pass: ${name}`);
  const value = subject.kind === 'path' ? findValue(subject, evaluation) : evaluate(subject, evaluation);
  const [argument] = given;
  const compared = argument === undefined ? null : evaluate(argument, evaluation);
  evaluation.budget.spend(value === undefined ? 1 : weightOf(value));
  return placed(at, `test '${name}'`, () => test.holds(value, compared, evaluation.budget)) !== negated;
}

function evaluateMembership({ item, container, negated, at }: Expression & { kind: 'membership' }, evaluation: Evaluation): boolean {
  const wanted = evaluate(item, evaluation);
  const searched = evaluate(container, evaluation);
  return placed(at, "'in'", () => contains(searched, wanted, evaluation.budget)) !== negated;
}

function concatenated({ left, right }: Expression & { kind: 'concatenation' }, evaluation: Evaluation): string {
  const [start, end] = [left, right].map((part) => {
    const value = evaluate(part, evaluation);
    if (typeof value === 'string' || typeof value === 'number') return printed(value, evaluation.budget);
    throw new Fault(`'~' needs strings and numbers, but got ${kindOf(value)}`, { at: part.at });
  });
  placed(left.at, '', () => evaluation.budget.text((start?.length ?? 0) + (end?.length ?? 0)));
  return `${start}${end}`;
}

function numberFrom(expression: Expression, evaluation: Evaluation, purpose: string): number {
  const value = evaluate(expression, evaluation);
  if (typeof value === 'number') return value;
  throw new Fault(`${purpose} needs numbers, but got ${value === notANumber ? notANumber : kindOf(value)}`, { at: expression.at });
}

function calculated({ operator, left, right, at }: Expression & { kind: 'arithmetic' }, evaluation: Evaluation): Value {
  const one = numberFrom(left, evaluation, `'${operator}'`);
  const other = numberFrom(right, evaluation, `'${operator}'`);
  if (operator === '%' && other === 0) throw new Fault("'%' by zero", { at });
  const result = resultOf(operator, one, other);
  if (!Number.isFinite(result)) return notANumber;
  if (operator !== '/' && Number.isInteger(one) && Number.isInteger(other) && !Number.isSafeInteger(result)) {
    throw new Fault(`${printedNumber(one)} ${operator} ${printedNumber(other)} is out of bounds`, { at });
  }
  return result;
}

function resultOf(operator: ArithmeticOperator, one: number, other: number): number {
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return one / other;
    case '%':
      return one % other;
  }
}

function compared({ operator, left, right }: Expression & { kind: 'comparison' }, evaluation: Evaluation): boolean {
  if (operator === '==' || operator === '!=') {
    const one = evaluate(left, evaluation);
    const other = evaluate(right, evaluation);
    // A number and something else are neither equal nor unequal: that is how the language has it.
    if ((typeof one === 'number') !== (typeof other === 'number')) return false;
    return areEqual(one, other, evaluation.budget) === (operator === '==');
  }
  return isInOrder(operator, numberFrom(left, evaluation, `'${operator}'`), numberFrom(right, evaluation, `'${operator}'`));
}

function isInOrder(operator: Exclude<ComparisonOperator, '==' | '!='>, one: number, other: number): boolean {
  switch (operator) {
    case '<':
      return one < other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '>=':
      return one >= other;
  }
}
