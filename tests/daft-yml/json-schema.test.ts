import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownKeys } from '../../src/config/grammar';
import { hookNames } from '../../src/config';
import { jsonSchemaOfDaftYml } from '../../src/config/grammar/json-schema';
import { checkout } from '../support';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  $defs?: Record<string, Schema>;
  $ref?: string;
  enum?: string[];
}

const schema = jsonSchemaOfDaftYml() as Schema;
const definition = (name: string): Schema => schema.$defs![name]!;

test('the build ships what the schema of the loader says', () => {
  for (const dist of ['dist', 'dist-test/dist']) expect(JSON.parse(readFileSync(join(checkout, dist, 'daft.schema.json'), 'utf8'))).toEqual(schema);
  const { files } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('dist/');
});

test.each<[string, Schema, readonly string[]]>([
  ['the file', schema, knownKeys.config],
  ['a hook', definition('hook'), knownKeys.hook],
  ['a job', definition('job'), knownKeys.job],
  ['a group', definition('group'), knownKeys.group],
  ['log', definition('log'), knownKeys.log],
])('%s has all keys, each explained, and no others', (_place, { properties = {}, additionalProperties }, keys) => {
  expect(Object.keys(properties).toSorted()).toEqual(keys.toSorted());
  expect(Object.entries(properties).filter(([, { description }]) => description === undefined)).toEqual([]);
  expect(additionalProperties).toBe(false);
});

test('a number that would count as unset is marked', () => {
  expect(definition('log').properties!['keep_last']).toMatchObject({ type: 'integer', minimum: 0 });
});

test('hooks are offered by name, groups nest', () => {
  expect(Object.keys(schema.properties!['hooks']!.properties!)).toEqual([...hookNames]);
  expect(schema.properties!['hooks']!.properties!['post-clone']).toEqual({ $ref: '#/$defs/hook' });
  expect(definition('job').properties!['group']!.$ref).toMatch(/^#\/\$defs\//);
  expect(definition('hook').properties!['fail_mode']!.enum).toEqual(['abort', 'warn']);
});
