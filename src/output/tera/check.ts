import { Fault } from './fault';
import { filters } from './filters';
import { functions } from './functions';
import type { Call, Expression, Node, Template } from './syntax';
import { valueTests } from './value-tests';

/**
 * Finds what can be known to be wrong without any data, so that it is said also when no data leads there: names of
 * filters, tests, functions and macros that do not exist, and arguments that are missing.
 *
 * @throws Fault
 */
export function checkTemplate({ body, macros }: Template): void {
  checkBody(body);
  for (const macro of macros.values()) checkBody(macro.body);

  function checkBody(nodes: readonly Node[]): void {
    nodes.forEach(checkNode);
  }

  function checkNode(node: Node): void {
    switch (node.kind) {
      case 'text':
      case 'break':
      case 'continue':
        return;
      case 'output':
        checkExpression(node.expression);
        return;
      case 'set':
        checkExpression(node.value);
        return;
      case 'if':
        for (const { condition, body } of node.branches) {
          checkExpression(condition);
          checkBody(body);
        }
        checkBody(node.otherwise);
        return;
      case 'for':
        checkExpression(node.container);
        checkBody(node.body);
        checkBody(node.otherwise);
        return;
      case 'filter':
        checkCall(node.filter, 'filter', filters.get(node.filter.name));
        checkBody(node.body);
        return;
    }
  }

  function checkExpression(expression: Expression): void {
    switch (expression.kind) {
      case 'literal':
        return;
      case 'array':
        expression.items.forEach(checkExpression);
        return;
      case 'path':
        for (const step of expression.steps) if (step.kind === 'index') checkExpression(step.index);
        return;
      case 'function':
        checkCall(expression.call, 'function', functions.get(expression.call.name));
        return;
      case 'macro':
        checkMacroCall(expression.call);
        return;
      case 'filtered':
        checkExpression(expression.input);
        checkCall(expression.filter, 'filter', filters.get(expression.filter.name));
        return;
      case 'test':
        checkTest(expression);
        return;
      case 'not':
        checkExpression(expression.operand);
        return;
      case 'membership':
        checkExpression(expression.item);
        checkExpression(expression.container);
        return;
      case 'concatenation':
      case 'arithmetic':
      case 'comparison':
      case 'logic':
        checkExpression(expression.left);
        checkExpression(expression.right);
        return;
    }
  }

  function checkCall(call: Call, what: 'filter' | 'function', callee: { requires?: readonly string[] } | undefined): void {
    if (callee === undefined) throw new Fault(`unknown ${what} '${call.name}'`, { at: call.at });
    checkArguments(call, `${what} '${call.name}'`, callee.requires ?? []);
  }

  function checkMacroCall(call: Call): void {
    const macro = macros.get(call.name);
    if (macro === undefined) throw new Fault(`unknown macro '${call.name}'`, { at: call.at });
    checkArguments(call, `macro '${call.name}'`, macro.parameters.filter(({ fallback }) => fallback === undefined).map(({ name }) => name));
  }

  function checkArguments(call: Call, callee: string, required: readonly string[]): void {
    const missing = required.find((name) => !call.arguments.some((argument) => argument.name === name));
    if (missing !== undefined) throw new Fault(`${callee} needs the argument '${missing}'`, { at: call.at });
    for (const { value } of call.arguments) checkExpression(value);
  }

  function checkTest({ subject, name, arguments: given, at }: Expression & { kind: 'test' }): void {
    checkExpression(subject);
    const arity = valueTests.get(name)?.arity;
    if (arity === undefined) throw new Fault(`unknown test '${name}'`, { at });
    if (given.length !== arity) throw new Fault(`test '${name}' takes ${arity === 0 ? 'no argument' : 'one argument'}, but got ${given.length}`, { at });
    given.forEach(checkExpression);
  }
}
