import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../support';

test('the drawing of the architecture has every room of src/, and no other', () => {
  const page = readFileSync(join(checkout, 'docs/architecture.md'), 'utf8');
  const drawn = [...page.matchAll(/^ {4}src\/([a-z]+)\/ /gm)].map(([, room]) => room ?? '');
  const rooms = readdirSync(join(checkout, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(drawn.toSorted()).toEqual(rooms.map(({ name }) => name).toSorted());
});

test.each(['README.md', 'docs/README.md', 'docs/architecture.md', 'docs/hooks.md', 'docs/daft-yml.md', 'docs/output.md', 'scenarios/README.md'])('%s points to files that exist', (page) => {
  const text = readFileSync(join(checkout, page), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => join(dirname(page), link ?? ''));
  const inCode = [...text.matchAll(/`((?:src|tests|bench|scripts|scenarios|bin|docs)\/[\w./-]*)`/g)].map(([, path]) => path ?? '');
  expect([...links, ...inCode].filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});
