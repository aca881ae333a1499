import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfigToml } from '../../src/config';
import { temporaryHome } from '../support';

async function read(text: string | undefined) {
  await using home = await temporaryHome();
  mkdirSync(home.config, { recursive: true });
  if (text !== undefined) writeFileSync(join(home.config, 'config.toml'), text);
  const warnings: string[] = [];
  return { config: await readConfigToml(home.config, (warning) => warnings.push(warning)), warnings };
}

test('layouts and the default are read, whatever else is in the file', async () => {
  const { config, warnings } = await read('top = 1\n[defaults]\nlayout = "b"\n[layouts.b]\ntemplate = "{{ branch }}"\nbare = false\n[layouts.a]\ntemplate = "x"\nextra = 2\n');
  expect(config).toEqual({ defaultLayout: 'b', layouts: [{ name: 'a', template: 'x', bare: null }, { name: 'b', template: '{{ branch }}', bare: false }] });
  expect(warnings).toEqual([]);
});

test.each([undefined, '', '[defaults]\n'])('%j says nothing', async (text) => {
  expect(await read(text)).toEqual({ config: { defaultLayout: null, layouts: [] }, warnings: [] });
});

test.each(['[defaults\n', '[defaults]\nlayout = 3\n', '[layouts.a]\nbare = true\n', 'layouts = 1\n'])('%j counts as empty, with one warning', async (text) => {
  const { config, warnings } = await read(text);
  expect(config).toEqual({ defaultLayout: null, layouts: [] });
  expect(warnings).toEqual([expect.stringMatching(/^Could not read .*config\.toml: [^\n]+$/)]);
});
