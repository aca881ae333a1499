import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type * as z from 'zod';
import { daftYml, hookDefinition } from './schema';
import type { DaftYml, HookDefinition } from './schema';

/** What a file may be: a whole configuration, or the definition of one hook. */
export interface Forms {
  config: DaftYml;
  hook: HookDefinition;
}
export type Form = keyof Forms;

const schemas: { readonly [F in Form]: z.ZodType<Forms[F]> } = { config: daftYml, hook: hookDefinition };

/** `content` is undefined for an empty file, which says as little as a missing one. */
export type Parsed<Content> = { kind: 'parsed'; content: Content | undefined } | { kind: 'malformed'; message: string };

/**
 * Turns YAML 1.2 (core schema, no duplicate keys) into a trusted type. A null counts as if nothing had been written.
 *
 * @param path as messages name the file
 */
export function parseText<F extends Form>(form: F, text: string, path: string): Parsed<Forms[F]> {
  const lines = new LineCounter();
  const located = (problem: string, offset: number | undefined): string => {
    const position = offset === undefined ? undefined : lines.linePos(offset);
    return position === undefined ? problem : `${problem} at line ${position.line}, column ${position.col}`;
  };
  const malformedIn = (problems: readonly string[]): Parsed<Forms[F]> => ({
    kind: 'malformed',
    message: `Failed to parse YAML file: ${path}: ${problems.join('; ')}`,
  });
  const malformed = (problem: string, offset: number | undefined) => malformedIn([located(problem, offset)]);

  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, lineCounter: lines, prettyErrors: false });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) return malformed(syntaxError.message, syntaxError.pos[0]);

  let raw: unknown;
  try {
    raw = withoutNulls(document.toJS(), new Set());
  } catch (error) { // yaml throws ReferenceError for too many or unresolved aliases
    if (error instanceof ReferenceError || error instanceof SelfReference) return malformed(error.message, undefined);
    throw error;
  }
  if (raw === undefined) return { kind: 'parsed', content: undefined };

  const checked = schemas[form].safeParse(raw);
  if (checked.success) return { kind: 'parsed', content: checked.data };
  return malformedIn(problemsOf(checked.error.issues).map(({ path: place, message }) => located(place.length === 0 ? message : `${formatPath(place)}: ${message}`, offsetOf(document, place))));
}

class SelfReference extends Error {}

function withoutNulls(value: unknown, ancestors: Set<object>): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object') return value;
  if (ancestors.has(value)) throw new SelfReference('an alias contains itself');
  ancestors.add(value);
  const kept = Array.isArray(value)
    ? value.map((element) => withoutNulls(element, ancestors)).filter((element) => element !== undefined)
    : Object.fromEntries(
        Object.entries(value).flatMap(([key, element]) => {
          const content = withoutNulls(element, ancestors);
          return content === undefined ? [] : [[key, content]];
        }),
      );
  ancestors.delete(value);
  return kept;
}

interface Problem {
  path: PropertyKey[];
  message: string;
}

function problemsOf(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.map((issue) => {
    const { path, message } = mostSpecific(issue);
    return { path, message: withoutPreamble(message) };
  });
}

/** Of the alternatives of a union, the one that got furthest is what the author meant. */
function mostSpecific(issue: z.core.$ZodIssue): Problem {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const alternatives = issue.errors.flatMap((alternative) => (alternative[0] === undefined ? [] : [mostSpecific(alternative[0])]));
  const inside = alternatives.filter((alternative) => alternative.path.length > 0);
  const deepest = inside.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (deepest !== undefined) return { path: [...issue.path, ...deepest.path], message: deepest.message };
  return { path: issue.path, message: [...new Set(alternatives.map(({ message }) => withoutPreamble(message)))].join('; or ') };
}

function withoutPreamble(message: string): string {
  return message.replace(/^Invalid (input|option): /, '');
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

/** Offset of the node at `path`, or of the nearest one around it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let offset = (node as Node | null)?.range?.[0];
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      node = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))?.value;
    } else if (isSeq(node)) {
      const present = node.items.filter((item) => !(isScalar(item) && item.value === null));
      node = present[Number(part)];
    } else break;
    offset = (node as Node | null | undefined)?.range?.[0] ?? offset;
  }
  return offset;
}
