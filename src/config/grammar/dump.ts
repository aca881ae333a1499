import { stringify } from 'yaml';
import { allJobs } from '../daft-yml/merge';
import type { DaftYml } from './schema';

/** The merged configuration as YAML: `commands` as jobs, nothing empty, nothing that daft does not know. */
export function dumpConfig(config: DaftYml): string {
  const hooks = Object.entries(config.hooks ?? {}).map(([name, hook]) => {
    const { commands: _converted, ...rest } = hook;
    return [name, { ...rest, jobs: allJobs(hook) }] as const;
  });
  const dumped = essence({ ...config, hooks: Object.fromEntries(hooks) });
  return dumped === undefined ? '' : stringify(dumped, { version: '1.2', schema: 'core', aliasDuplicateObjects: false, lineWidth: 0 });
}

function essence(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.map(essence).filter((element) => element !== undefined);
    return elements.length === 0 ? undefined : elements;
  }
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const fields = Object.entries(value).flatMap(([key, content]) => {
    const kept = key === 'unknownKeys' ? undefined : essence(content);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
