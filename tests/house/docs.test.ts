import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { commanderSplitter as splitter } from '../../src/cli/commander-splitter';
import { parse } from '../../src/cli/parse';
import { route, subcommandsOf } from '../../src/cli/routing';
import { commandTable } from '../../src/cli/table';
import { UsageError } from '../../src/cli/usage-error';
import { checkout } from '../support';

test('the drawing of the architecture has every room of src/, and no other', () => {
  const page = readFileSync(join(checkout, 'docs/architecture.md'), 'utf8');
  const drawn = [...page.matchAll(/^ {4}src\/([a-z]+)\/ /gm)].map(([, room]) => room ?? '');
  const rooms = readdirSync(join(checkout, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(drawn.toSorted()).toEqual(rooms.map(({ name }) => name).toSorted());
});

test('the table of the architecture lets each room enter where the check of the imports does', () => {
  const table = [...readFileSync(join(checkout, 'docs/architecture.md'), 'utf8').matchAll(/^\| `([a-z]+)` \| (.*) \|$/gm)];
  const adapters = ['config', 'fs', 'git', 'logstore', 'process'];
  const entersByPage = table.map(([, room = '', rooms = '']) => {
    const named = [...rooms.matchAll(/`([a-z]+)`/g)].map(([, name = '']) => name);
    return [room, [...new Set(rooms.startsWith('adapters') ? [...adapters, ...named] : named)].toSorted()];
  });

  const rule = z.object({ name: z.string(), to: z.object({ path: z.string().optional() }) });
  const { forbidden } = z.object({ forbidden: z.array(rule) }).parse(createRequire(import.meta.url)(join(checkout, '.dependency-cruiser.cjs')));
  const all = readdirSync(join(checkout, 'src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const entersByCheck = forbidden.flatMap(({ name, to }) => {
    const [, room] = /^([a-z]+)-stays-in-its-room$/.exec(name) ?? [];
    const refused = /\(([a-z|]+)\)/.exec(to.path ?? '')?.[1]?.split('|') ?? [];
    return room === undefined ? [] : [[room, all.filter((other) => other !== room && !refused.includes(other)).toSorted()]];
  });
  expect(Object.fromEntries(entersByPage)).toEqual(Object.fromEntries(entersByCheck));
});

test.each(['README.md', 'docs/README.md', 'docs/architecture.md', 'docs/hooks.md', 'docs/daft-yml.md', 'docs/output.md', 'docs/jobs.md', 'docs/coordinator.md', 'docs/worktrees.md', 'docs/layouts.md', 'scenarios/README.md'])('%s points to files that exist', (page) => {
  const text = readFileSync(join(checkout, page), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => join(dirname(page), link ?? ''));
  const inCode = [...text.matchAll(/`((?:src|tests|bench|scripts|scenarios|bin|docs)\/[\w./-]*)`/g)].map(([, path]) => path ?? '');
  expect([...links, ...inCode].filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});

test('the fault points of the house are all listed, and no others', () => {
  const section = /\n## Fault points\n([^]*?)\n## /.exec(readFileSync(join(checkout, 'docs/coordinator.md'), 'utf8'))?.[1] ?? '';
  const rows = section.split('\n').filter((line) => /^\| [a-z -]+ \| `[a-z]+: /.test(line));
  const listed = rows.flatMap((row) => [...row.matchAll(/`([a-z]+: [^`]+)`/g)].map(([, point]) => point));
  const sources = readdirSync(join(checkout, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => join(checkout, 'src', path));
  const inCode = sources
    .filter((path) => statSync(path).isFile() && !path.endsWith('src/fault.ts'))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\b(?:fault(?:yBytes)?|crash)\('([^']+: [^']+)'/g)].map(([, point]) => point));
  expect(listed).toHaveLength(new Set(listed).size);
  expect(new Set(listed)).toEqual(new Set(inCode));
});

test('what is said to be shown by a test is a test of that name', () => {
  const page = readFileSync(join(checkout, 'docs/coordinator.md'), 'utf8');
  const cited = [...page.matchAll(/`(tests\/[\w/.-]+)` ((?:“[^”]+”(?:, )?)+)/g)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );
  expect(cited.length).toBeGreaterThan(20);
  expect(cited.filter(({ file, title }) => !readFileSync(join(checkout, file), 'utf8').includes(title))).toEqual([]);
});

test.each(['README.md', 'docs/hooks.md', 'docs/jobs.md', 'docs/worktrees.md'])('each command in %s is one', (page) => {
  const text = readFileSync(join(checkout, page), 'utf8');
  const typed = [...text.matchAll(/^(?:\$ (?:[A-Z_]+=\S+ )?| {4}|\| `)(daft [^`#\n|]*)/gm)].map(([, line = '']) => line.trim());
  expect(typed.length).toBeGreaterThan(5);
  const refused = typed.flatMap((line) => {
    const [name = '', ...argv] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const way = route(name, argv, { table: commandTable, splitter });
    if (way.kind !== 'command') return [line];
    try {
      parse(way.spec, way.argv, { subcommands: subcommandsOf(way.spec.words[0] ?? '', commandTable).length > 0, splitter });
      return [];
    } catch (error) {
      if (error instanceof UsageError) return [`${line}: ${error.message}`];
      throw error;
    }
  });
  expect(refused).toEqual([]);
});
