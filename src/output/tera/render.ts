import { Budget } from './budget';
import { applyFilter, evaluate, type Evaluation, isTrue } from './evaluate';
import { Fault } from './fault';
import { graphemesOf } from './graphemes';
import type { World } from './functions';
import { Scope } from './scope';
import type { Call, Node, Template } from './syntax';
import { isArray, isObject, keysOf, kindOf, printed, type Value, valueOf } from './values';

const maxMacroDepth = 100;

/** How a body was left. */
type Ending = 'end' | 'break' | 'continue';

/** @throws Fault */
export function renderChecked(template: Template, data: Readonly<Record<string, Value>>, world: World): string {
  const budget = new Budget();
  let macroDepth = 0;
  try {
    return renderToText(template.body, evaluationIn(Scope.ofTemplate(data)));
  } catch (error) {
    if (error instanceof Fault && error.at === undefined) throw new Fault(error.message, { at: budget.place });
    throw error;
  }

  function evaluationIn(scope: Scope): Evaluation {
    return { scope, budget, world, callMacro: (call, given) => renderMacro(call, given, scope) };
  }

  function renderToText(nodes: readonly Node[], evaluation: Evaluation): string {
    const pieces: string[] = [];
    renderBody(nodes, evaluation, pieces);
    return pieces.join('');
  }

  function renderBody(nodes: readonly Node[], evaluation: Evaluation, pieces: string[]): Ending {
    return budget.descend(() => {
      for (const node of nodes) {
        budget.spend();
        const ending = renderNode(node, evaluation, pieces);
        if (ending !== 'end') return ending;
      }
      return 'end';
    });
  }

  function print(text: string, pieces: string[]): Ending {
    budget.output(text.length);
    pieces.push(text);
    return 'end';
  }

  function renderNode(node: Node, evaluation: Evaluation, pieces: string[]): Ending {
    switch (node.kind) {
      case 'text':
        return print(node.text, pieces);
      case 'output':
        return print(printed(evaluate(node.expression, evaluation), budget), pieces);
      case 'set': {
        const value = evaluate(node.value, evaluation);
        if (node.global) evaluation.scope.setGlobally(node.name, value);
        else evaluation.scope.set(node.name, value);
        return 'end';
      }
      case 'if': {
        const taken = node.branches.find(({ condition }) => isTrue(condition, evaluation));
        return renderBody(taken?.body ?? node.otherwise, evaluation, pieces);
      }
      case 'for':
        return renderLoop(node, evaluation, pieces);
      case 'filter':
        return print(printed(applyFilter(renderToText(node.body, evaluation), node.filter, evaluation), budget), pieces);
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  function renderLoop(node: Node & { kind: 'for' }, evaluation: Evaluation, pieces: string[]): Ending {
    const rounds = roundsOf(node, evaluate(node.container, evaluation), budget);
    if (rounds.length === 0) return renderBody(node.otherwise, evaluation, pieces);
    for (const [index, [key, value]] of rounds.entries()) {
      budget.spend();
      const scope = evaluation.scope.ofRound({ index, length: rounds.length });
      if (node.key !== undefined) scope.set(node.key, key);
      scope.set(node.value, value);
      if (renderBody(node.body, evaluationIn(scope), pieces) === 'break') break;
    }
    return 'end';
  }

  function renderMacro({ name, at }: Call, given: ReadonlyMap<string, Value>, caller: Scope): string {
    const macro = template.macros.get(name);
    if (macro === undefined) throw new TypeError(`the check let an unknown macro pass: ${name}`);
    if (macroDepth >= maxMacroDepth) throw new Fault(`macro '${name}' calls itself too often`, { at, limit: true });
    const scope = caller.ofMacro();
    for (const { name: parameter, fallback } of macro.parameters) {
      const value = given.get(parameter);
      scope.set(parameter, value === undefined ? (fallback ?? null) : value);
    }
    macroDepth += 1;
    try {
      return renderToText(macro.body, evaluationIn(scope));
    } finally {
      macroDepth -= 1;
    }
  }
}

/** Key and value of each round; the key of an array or a string does not matter. */
function roundsOf({ key, container: { at } }: Node & { kind: 'for' }, container: Value, budget: Budget): readonly (readonly [key: string, value: Value])[] {
  if (isObject(container)) {
    if (key === undefined) throw new Fault('a loop over an object needs a name for the key and one for the value', { at });
    return keysOf(container).map((name) => [name, valueOf(container, name) ?? null]);
  }
  if (typeof container !== 'string' && !isArray(container)) throw new Fault(`nothing to loop over: this is ${kindOf(container)}`, { at });
  if (key !== undefined) throw new Fault(`only an object has keys and values to loop over: this is ${kindOf(container)}`, { at });
  if (isArray(container)) return container.map((item) => ['', item]);
  return Array.from(graphemesOf(container, budget), (grapheme) => ['', grapheme]);
}
