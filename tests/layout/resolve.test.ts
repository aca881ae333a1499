import { expect, test } from 'vitest';
import { allLayouts, findLayout, resolveLayout } from '../../src/layout';

const custom = [
  { name: 'sibling', template: '../trees/{{ branch }}', bare: null },
  { name: 'broken', template: '{{ nope }}', bare: null },
  { name: 'team', template: '~/t/{{ branch }}', bare: null },
];

test('a layout string is a custom name, a built-in one, or a template', () => {
  expect(findLayout('sibling', custom)).toMatchObject({ kind: 'layout', layout: { template: '../trees/{{ branch }}' } });
  expect(findLayout('nested', custom)).toMatchObject({ kind: 'layout', layout: { name: 'nested' } });
  expect(findLayout('x/{{ branch }}', custom)).toMatchObject({ kind: 'layout', layout: { name: 'x/{{ branch }}', structure: 'regular' } });
  expect(findLayout('sibbling', custom)).toEqual({ kind: 'unknown', name: 'sibbling' });
});

test('the first source that names a layout decides, and those that name none are told', () => {
  const { decided, warnings } = resolveLayout(
    [
      { source: 'repo setting', text: 'gone' },
      { source: 'daft.yml', text: 'broken' },
      { source: 'global config', text: 'team' },
    ],
    custom,
  );
  expect(decided).toMatchObject({ source: 'global config', layout: { name: 'team' } });
  expect(warnings).toEqual([expect.stringContaining("Unknown layout 'gone'"), expect.stringContaining('Unknown template variable: nope')]);
  expect(resolveLayout([{ source: 'daft.yml', text: null }], []).decided).toBeUndefined();
});

test('custom layouts replace built-in ones in their place and follow otherwise; unusable ones are left out', () => {
  expect(allLayouts(custom).map(({ name }) => name)).toEqual(['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized', 'team']);
  expect(allLayouts(custom)[3]?.template).toBe('../trees/{{ branch }}');
});
