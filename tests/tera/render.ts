import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTemplate, TemplateError, type Value } from '../../src/output/tera';

interface Cases {
  context: Readonly<Record<string, Value>>;
  cases: readonly { id: string; template: string; expected?: string; error?: boolean }[];
}

/** What Tera 1.20.1 prints, and the data for it, which the other tests use too. */
export const { context, cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8')) as Cases;

const world = { env: { NAME: 'value', EMPTY: '' }, now: () => new Date('2024-03-05T10:20:30.456Z') };

export function render(template: string, data: Readonly<Record<string, Value>> = context): string {
  return renderTemplate(template, data, world);
}

/** `line:column message` of the error. */
export function failure(template: string, data: Readonly<Record<string, Value>> = context): string {
  try {
    render(template, data);
  } catch (error) {
    if (error instanceof TemplateError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  throw new Error(`no error in ${template}`);
}
