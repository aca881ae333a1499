import * as z from 'zod';
import { hookNames } from '../daft-yml/hook-names';
import { daftYml } from './schema';

// Of the build and the tests alone: nothing that daft does at run time reads it.

/**
 * What editors need to complete and check a `daft.yml`. Stricter than loading in one thing: keys that nobody knows are
 * marked, as `hooks validate` does.
 */
export function jsonSchemaOfDaftYml(): Record<string, unknown> {
  const schema = z.toJSONSchema(daftYml, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // A loose object says `{}`; a record says what its values are, and keeps that.
      const rest = jsonSchema.additionalProperties;
      if (jsonSchema.properties !== undefined && typeof rest === 'object' && Object.keys(rest).length === 0) jsonSchema.additionalProperties = false;
    },
  });
  return { ...schema, title: 'daft.yml', properties: { ...schema.properties, hooks: byHookName(schema.properties?.['hooks']) } };
}

/** Offers the names of hooks; others mean nothing, and are marked. */
function byHookName(hooks: z.core.JSONSchema._JSONSchema | undefined): object {
  if (typeof hooks !== 'object') throw new Error('the schema has no hooks');
  const { propertyNames: _any, additionalProperties: hook, ...rest } = hooks;
  return { ...rest, properties: Object.fromEntries(hookNames.map((name) => [name, hook])), additionalProperties: false };
}
