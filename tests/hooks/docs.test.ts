import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownKeys, parseText } from '../../src/config/grammar';
import { hookVariables, templateValues } from '../../src/hooks/firing';
import { validateConfig } from '../../src/hooks/validation';
import { checkout } from '../support';

const pageOf = (name: string) => readFileSync(join(checkout, 'docs', name), 'utf8');
const examples = [...pageOf('hooks.md').matchAll(/^(?:### (.*)|```yaml\n([^]*?)```)/gm)].flatMap(([, , yaml], index) => (yaml === undefined ? [] : [[index, yaml] as const]));

test.each(examples)('example %i of the guide has no mistake', (_index, yaml) => {
  const parsed = parseText('config', yaml, 'docs/hooks.md');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  expect(validateConfig(parsed.content!, { version: '0.0.0', suggest: () => undefined })).toEqual([]);
});

test('the reference has all fields', () => {
  const page = pageOf('daft-yml.md');
  const fields = new Set(Object.values(knownKeys).flat());
  expect([...fields].filter((field) => !page.includes(`\`${field}\``) && !page.includes(`{ ${field}: `))).toEqual([]);
});

test('the reference has all variables and templates, and no others', () => {
  const firing = {
    hook: 'post-clone', command: 'adopt', sourceWorktree: '/s', targetWorktree: '/w', branch: 'b', worktreeLabel: 'b', isNewBranch: false,
    baseBranch: 'x', repositoryUrl: 'u', defaultBranch: 'd', removalReason: 'manual',
    repository: { projectRoot: '/', commonDir: '/.git' },
    move: { oldPath: '/o', oldBranch: 'o', changed: new Set() },
  } as unknown as Parameters<typeof hookVariables>[0];
  const firings = [firing, { ...firing, hook: 'worktree-post-create' as const }, { ...firing, hook: 'worktree-pre-remove' as const, move: undefined }];
  const section = /\n## Variables and templates\n([^]*?)\n## /.exec(pageOf('daft-yml.md'))?.[1] ?? '';
  const variables = new Set(firings.flatMap((one) => Object.keys(hookVariables(one, 'origin'))));
  const templates = new Set([...firings.flatMap((one) => Object.keys(templateValues(one, 'origin'))), 'job_name']);
  expect(new Set(section.match(/DAFT_\w+/g))).toEqual(variables);
  expect(new Set([...section.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))).toEqual(templates);
});
