import type { Condition, Rule } from '../config/daft-yml';
import type { OperatingSystem } from '../config/daft-yml';

/** How conditions learn about the world: asked only when a rule needs it, each question at most once per firing. */
export interface Probes {
  os: OperatingSystem;
  env(name: string): string | undefined;
  /** Current branch, `HEAD` when detached. */
  ref(): Promise<string>;
  inState(state: 'merge' | 'rebase'): Promise<boolean>;
  /** Whether `sh -c command` exits with 0. */
  succeeds(command: string): Promise<boolean>;
}

/** The reason why `skip` and `only` keep something from running, `skip` first; undefined if they do not. */
export async function findObstacle(
  { skip, only }: { skip?: Condition | undefined; only?: Condition | undefined },
  probes: Probes,
): Promise<string | undefined> {
  return (skip === undefined ? undefined : await skipReason(skip, probes)) ?? (only === undefined ? undefined : await onlyReason(only, probes));
}

async function skipReason(condition: Condition, probes: Probes): Promise<string | undefined> {
  if (typeof condition === 'boolean') return condition ? 'skip: true' : undefined;
  if (typeof condition === 'string') return truthy(probes.env(condition)) ? `skip: env $${condition} is set` : undefined;
  for (const rule of rulesHere(condition, probes.os)) {
    for (const test of testsOf(rule)) if (await isMet(test, probes)) return descriptionOf(rule) ?? skipText(test);
  }
  return undefined;
}

async function onlyReason(condition: Condition, probes: Probes): Promise<string | undefined> {
  if (typeof condition === 'boolean') return condition ? undefined : 'only: false';
  if (typeof condition === 'string') return truthy(probes.env(condition)) ? undefined : `only: env $${condition} is not set`;
  for (const rule of rulesHere(condition, probes.os)) {
    for (const test of testsOf(rule)) if (!(await isMet(test, probes))) return descriptionOf(rule) ?? onlyText(test);
  }
  return undefined;
}

/** A map without this system has no rules here: nothing is skipped, and every `only` is met. */
function rulesHere(condition: Exclude<Condition, boolean | string>, os: OperatingSystem): readonly Rule[] {
  return Array.isArray(condition) ? condition : (condition[os] ?? []);
}

type Test = { kind: 'state'; name: string } | { kind: 'ref'; pattern: string } | { kind: 'env'; name: string } | { kind: 'run'; command: string };

/** In the order in which they are tried. */
function testsOf(rule: Rule): Test[] {
  if (typeof rule === 'string') return [{ kind: 'state', name: rule }];
  return [
    ...(rule.ref === undefined ? [] : [{ kind: 'ref', pattern: rule.ref } as const]),
    ...(rule.env === undefined ? [] : [{ kind: 'env', name: rule.env } as const]),
    ...(rule.run === undefined ? [] : [{ kind: 'run', command: rule.run } as const]),
  ];
}

function descriptionOf(rule: Rule): string | undefined {
  return typeof rule === 'string' ? undefined : rule.desc;
}

async function isMet(test: Test, probes: Probes): Promise<boolean> {
  switch (test.kind) {
    case 'state': return (test.name === 'merge' || test.name === 'rebase') && (await probes.inState(test.name));
    case 'ref': return matchesRef(await probes.ref(), test.pattern);
    case 'env': return truthy(probes.env(test.name));
    case 'run': return probes.succeeds(test.command);
  }
}

function skipText(test: Test): string {
  switch (test.kind) {
    case 'state': return `skip: in ${test.name} state`;
    case 'ref': return `skip: ref matches '${test.pattern}'`;
    case 'env': return `skip: env $${test.name} is set`;
    case 'run': return `skip: command succeeded: ${test.command}`;
  }
}

function onlyText(test: Test): string {
  switch (test.kind) {
    case 'state': return `only: not in ${test.name} state`;
    case 'ref': return `only: ref does not match '${test.pattern}'`;
    case 'env': return `only: env $${test.name} is not set`;
    case 'run': return `only: command failed: ${test.command}`;
  }
}

function truthy(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

/** `*` stands for any run of characters, slashes included; all else is literal. */
function matchesRef(ref: string, pattern: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return ref === head;
  if (!ref.startsWith(head) || ref.length < head.length + tail.length || !ref.endsWith(tail)) return false;
  const end = ref.length - tail.length;
  let position = head.length;
  for (const part of rest) { // each piece at its first place: leaves the most for those behind it
    const found = ref.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
