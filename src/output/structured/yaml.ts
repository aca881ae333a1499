import { stringify } from 'yaml';
import type { Value } from './shapes';

/** Never folded; a string that YAML 1.1 or 1.2 would read as something else is quoted, because both kinds of readers are about. */
export function toYaml(value: Value): string {
  return stringify(value, { lineWidth: 0, compat: 'yaml-1.1' });
}
