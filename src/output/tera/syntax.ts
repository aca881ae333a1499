/** The syntax tree. `at` is the offset of what to point at when it goes wrong. */

import type { Value } from './values';

export interface Template {
  body: readonly Node[];
  macros: ReadonlyMap<string, Macro>;
}

export interface Macro {
  name: string;
  parameters: readonly { name: string; fallback: Value | undefined }[];
  body: readonly Node[];
}

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'output'; expression: Expression; at: number }
  | { kind: 'set'; name: string; value: Expression; global: boolean }
  | { kind: 'if'; branches: readonly { condition: Expression; body: readonly Node[] }[]; otherwise: readonly Node[] }
  | { kind: 'for'; key: string | undefined; value: string; container: Expression; body: readonly Node[]; otherwise: readonly Node[] }
  | { kind: 'filter'; filter: Call; body: readonly Node[] }
  | { kind: 'break' }
  | { kind: 'continue' };

/** A name and named arguments: of a filter, a function or a macro. */
export interface Call {
  name: string;
  arguments: readonly Argument[];
  at: number;
}
export interface Argument {
  name: string;
  value: Expression;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Path = {
  kind: 'path';
  name: string;
  steps: readonly ({ kind: 'member'; name: string } | { kind: 'index'; index: Expression })[];
  /** As it is written. */
  text: string;
  at: number;
};

export type Expression = { at: number } & (
  | { kind: 'literal'; value: Value }
  | { kind: 'array'; items: readonly Expression[] }
  | Path
  | { kind: 'function'; call: Call }
  | { kind: 'macro'; call: Call }
  | { kind: 'filtered'; input: Expression; filter: Call }
  | { kind: 'test'; subject: Expression; negated: boolean; name: string; arguments: readonly Expression[] }
  | { kind: 'concatenation'; left: Expression; right: Expression }
  | { kind: 'arithmetic'; operator: ArithmeticOperator; left: Expression; right: Expression }
  | { kind: 'comparison'; operator: ComparisonOperator; left: Expression; right: Expression }
  | { kind: 'membership'; negated: boolean; item: Expression; container: Expression }
  | { kind: 'logic'; operator: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'not'; operand: Expression }
);
