import { expect, test } from 'vitest';
import { cases, failure, render } from './render';

/** Where daft says something else than the engine, on purpose. */
const ours: Readonly<Record<string, string>> = {
  // Keys come in the order in which they were put in, not in that of the alphabet.
  jsonpretty: '{\n  "branch": "main",\n  "path": "/r/main",\n  "ahead": 0,\n  "behind": 2,\n  "dirty": false,\n  "pr": null,\n  "size": 2048\n}',
  groupby: '0:1;3:1;1:1;',
  // `default` stands in for what is undefined, and null is not.
  null: '[]fd[]',
};

test('there are cases', () => {
  expect(cases).toHaveLength(62);
});

test.each(cases.filter(({ error }) => error === undefined))('prints what Tera prints: $id $template', ({ id, template, expected }) => {
  expect(render(template)).toBe(ours[id] ?? expected);
});

test.each(cases.filter(({ error }) => error))('fails where Tera fails: $id $template', ({ template }) => {
  expect(failure(template)).toMatch(/^\d+:\d+ ./);
});
