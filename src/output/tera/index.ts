/**
 * The template language Tera (1.x) without autoescaping, and without what needs more than one template.
 *
 *     renderTemplate('{% for u in users %}{{ u.name | upper }}, {% endfor %}', { users }, { env, now })
 *
 * A template reaches the data it is given and nothing else, cannot run code, and ends: time, output and depth are
 * bounded. Whatever is wrong with it is a TemplateError with line and column. Knows nothing of the program around it.
 *
 * Where it differs from Tera 1.20.1, of set purpose: object keys keep the order of insertion; `default` stands in for
 * undefined, never for null; filters bind tighter than arithmetic (`1 + x | abs` filters x); a number is whole if its
 * value is, and whole numbers end at 2^53; names and required arguments are checked before anything is rendered; other
 * scripts than Latin vanish from a slug.
 */

import { checkTemplate } from './check';
import { Fault } from './fault';
import type { World } from './functions';
import { parseTemplate } from './parse';
import { renderChecked } from './render';
import { TemplateError } from './template-error';
import type { Value } from './values';

export { TemplateError } from './template-error';
export type { Value } from './values';
export type { World } from './functions';

/**
 * The text that a template makes of `data`, whose keys are its variables.
 *
 * @throws TemplateError
 */
export function renderTemplate(source: string, data: Readonly<Record<string, Value>>, world: World): string {
  try {
    const template = parseTemplate(source);
    checkTemplate(template);
    return renderChecked(template, data, world);
  } catch (error) {
    if (error instanceof Fault) throw new TemplateError(error.message, { source, at: error.at ?? 0 });
    throw error;
  }
}
