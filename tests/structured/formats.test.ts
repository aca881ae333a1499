import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Document, type Format, formatStructured, type Matrix, type Sectioned, type Structured, type Tabular } from '../../src/output/structured';

const worktrees: Tabular = {
  shape: 'tabular',
  columns: ['kind', 'name', 'is_current', 'size_bytes', 'path'],
  rows: [
    { name: 'feat/a', kind: 'worktree', is_current: true, size_bytes: 12, path: 'a|b' },
    { kind: 'branch', name: '0012', is_current: false, size_bytes: null },
  ],
};
const states: Matrix = {
  shape: 'matrix',
  rowKey: 'path',
  columnKey: 'worktree',
  cellKey: 'state',
  rows: ['.env', 'cfg'],
  columns: ['main', 'feat/a'],
  cells: [
    { row: '.env', column: 'main', value: 'linked' },
    { row: 'cfg', column: 'feat/a', value: 'missing' },
  ],
};
const hooks: Sectioned = {
  shape: 'sectioned',
  sections: [
    { name: 'post-clone', columns: ['job_name', 'tags'], rows: [{ job_name: 'install', tags: 'a,b' }] },
    { name: 'worktree-post-create', columns: ['job_name', 'tags'], rows: [] },
  ],
};
const releases: Document = { shape: 'document', value: [{ version: '1.0.0', date: null, content: 'one\ntwo' }], prose: '# Releases\n\n' };

const told = async (data: Structured, format: Format, headers = true): Promise<string> => {
  using text = await formatStructured(data, format, { headers });
  return Buffer.concat(Array.from(text.pieces(), (piece) => Buffer.from(piece))).toString();
};
const table = (value: string): Tabular => ({ shape: 'tabular', columns: ['v', 'w'], rows: [{ v: value, w: 'x' }] });
const nothing: Tabular = { ...worktrees, rows: [] };

describe('a table', () => {
  test('is an array of objects in the order of its columns in json', async () => {
    expect(await told(worktrees, 'json')).toBe(`[
  {
    "kind": "worktree",
    "name": "feat/a",
    "is_current": true,
    "size_bytes": 12,
    "path": "a|b"
  },
  {
    "kind": "branch",
    "name": "0012",
    "is_current": false,
    "size_bytes": null,
    "path": null
  }
]
`);
  });

  test('is one compact object per line in ndjson', async () => {
    expect(await told(worktrees, 'ndjson')).toBe(
      '{"kind":"worktree","name":"feat/a","is_current":true,"size_bytes":12,"path":"a|b"}\n' +
        '{"kind":"branch","name":"0012","is_current":false,"size_bytes":null,"path":null}\n',
    );
  });

  test('has a line of names and one line per row in tsv and csv', async () => {
    expect(await told(worktrees, 'tsv')).toBe('kind\tname\tis_current\tsize_bytes\tpath\nworktree\tfeat/a\ttrue\t12\ta|b\nbranch\t0012\tfalse\t\t\n');
    expect(await told(worktrees, 'csv', false)).toBe('worktree,feat/a,true,12,a|b\nbranch,0012,false,,\n');
  });

  test('has an escaped pipe in markdown', async () => {
    expect(await told(worktrees, 'markdown')).toBe(
      '| kind | name | is_current | size_bytes | path |\n| --- | --- | --- | --- | --- |\n' +
        '| worktree | feat/a | true | 12 | a\\|b |\n| branch | 0012 | false |  |  |\n',
    );
  });

  test('is a list of maps in yaml, with strings that look like numbers quoted', async () => {
    expect(await told(worktrees, 'yaml')).toBe(`- kind: worktree
  name: feat/a
  is_current: true
  size_bytes: 12
  path: a|b
- kind: branch
  name: "0012"
  is_current: false
  size_bytes: null
  path: null
`);
  });

  test('is a tabular array in toon', async () => {
    expect(await told(worktrees, 'toon')).toBe(
      '[2]{kind,name,is_current,size_bytes,path}:\n  worktree,feat/a,true,12,a|b\n  branch,"0012",false,null,null\n',
    );
  });

  test.each<[Format, string]>([
    ['json', '[]\n'],
    ['ndjson', ''],
    ['tsv', 'kind\tname\tis_current\tsize_bytes\tpath\n'],
    ['csv', 'kind,name,is_current,size_bytes,path\n'],
    ['yaml', '[]\n'],
    ['toon', '[0]:\n'],
    ['markdown', '| kind | name | is_current | size_bytes | path |\n| --- | --- | --- | --- | --- |\n'],
  ])('without rows is still a whole document in %s', async (format, expected) => {
    expect(await told(nothing, format)).toBe(expected);
  });
});

test.each<Format>(['json', 'ndjson', 'tsv', 'csv', 'yaml', 'toon', 'markdown'])('a table whose rows come one by one, and are many, is the same text in %s', async (format) => {
  const rows = Array.from({ length: 9_000 }, (_, index) => ({ name: `job ${index}, "ü" ${'x'.repeat(index % 40)}`, size: index % 7 === 0 ? null : index, done: index % 2 === 0 }));
  for (const count of [0, 1, rows.length]) {
    const some = rows.slice(0, count);
    const whole = await told({ shape: 'tabular', columns: ['name', 'done', 'size'], rows: some }, format);
    expect(await told({ shape: 'tabular', columns: ['name', 'done', 'size'], rows: some.values() }, format)).toBe(whole);
    if (count > 1) expect(whole.length).toBeGreaterThan(300_000); // more than is held as it is
    if (format === 'json') expect(JSON.parse(whole)).toEqual(some);
    if (format === 'yaml') expect(parseYaml(whole)).toEqual(some);
  }
});

describe('a value that a format could misread', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['cr\rhere', '"cr\rhere"'],
    [' padded ', ' padded '],
  ])('is quoted in csv only where it must be: %j', async (value, cell) => {
    expect(await told(table(value), 'csv', false)).toBe(`${cell},x\n`);
  });

  test('loses tabs and line breaks to a space each in tsv', async () => {
    expect(await told(table('a\tb\r\nc'), 'tsv', false)).toBe('a b  c\tx\n');
  });

  test('stays on its line in markdown', async () => {
    expect(await told(table('a\nb'), 'markdown')).toContain('| a b | x |\n');
  });

  test.each(['12e4', 'true', 'no', 'null', '~', '1:20', '0x1f', '- a', 'a: b', '# x', '', '[]', '2026-04-10', '.inf', '=', 'a\tb', ' \n', '\n\n', ' \t\n '])(
    'is a string again when yaml is read: %j',
    async (value) => {
      const text = await told(table(value), 'yaml');
      expect(text).toBe(`- v: ${JSON.stringify(value)}\n  w: x\n`);
      expect(parseYaml(text, { version: '1.1' })).toEqual([{ v: value, w: 'x' }]);
    },
  );

  test('has no character in yaml that some readers take for the end of a line, or do not take', async () => {
    const value = '\x7fa\x85b\u2028c\u2029';
    const text = await told(table(value), 'yaml');
    expect(text).toBe('- v: "\\u007fa\\u0085b\\u2028c\\u2029"\n  w: x\n');
    expect(parseYaml(text, { version: '1.1' })).toEqual([{ v: value, w: 'x' }]);
  });

  test('of several lines is a block in yaml', async () => {
    expect(await told(table('one\ntwo'), 'yaml')).toBe('- v: |-\n    one\n    two\n  w: x\n');
    expect(await told(table('if x\n\ty\n'), 'yaml')).toBe('- v: |\n    if x\n    \ty\n  w: x\n');
  });

  test.each([
    ['', '""'],
    [' a', '" a"'],
    ['true', '"true"'],
    ['null', '"null"'],
    ['12', '"12"'],
    ['007', '"007"'],
    ['-x', '"-x"'],
    ['a,b', '"a,b"'],
    ['a:b', '"a:b"'],
    ['a"b', String.raw`"a\"b"`],
    [String.raw`a\b`, String.raw`"a\\b"`],
    ['[]', '"[]"'],
    ['{x}', '"{x}"'],
    ['a\nb\t\r', String.raw`"a\nb\t\r"`],
    ['feat/x y', 'feat/x y'],
    ['\uD800x', '\uFFFDx'],
  ])('is quoted in toon only where it must be: %j', async (value, cell) => {
    expect(await told(table(value), 'toon')).toBe(`[1]{v,w}:\n  ${cell},x\n`);
  });
});

describe('a matrix', () => {
  test('nests in json, yaml and toon', async () => {
    expect(JSON.parse(await told(states, 'json'))).toEqual({ path: { '.env': { main: 'linked' }, cfg: { 'feat/a': 'missing' } } });
    expect(await told(states, 'yaml')).toBe('path:\n  .env:\n    main: linked\n  cfg:\n    feat/a: missing\n');
    expect(await told(states, 'toon')).toBe('path:\n  ".env":\n    main: linked\n  cfg:\n    "feat/a": missing\n');
  });

  test('has a row per cell in the formats made of lines', async () => {
    expect(await told(states, 'csv')).toBe('path,worktree,state\n.env,main,linked\ncfg,feat/a,missing\n');
    expect(await told(states, 'ndjson')).toBe(
      '{"path":".env","worktree":"main","state":"linked"}\n{"path":"cfg","worktree":"feat/a","state":"missing"}\n',
    );
  });

  test('is a pivot in markdown', async () => {
    expect(await told(states, 'markdown')).toBe('| path | main | feat/a |\n| --- | --- | --- |\n| .env | linked |  |\n| cfg |  | missing |\n');
  });
});

test('sections are an object of tables, and titled tables in markdown', async () => {
  expect(await told(hooks, 'toon')).toBe('post-clone[1]{job_name,tags}:\n  install,"a,b"\nworktree-post-create[0]:\n'.replaceAll(/^([a-z-]+)\[/gm, '"$1"['));
  expect(JSON.parse(await told(hooks, 'json'))).toEqual({ 'post-clone': [{ job_name: 'install', tags: 'a,b' }], 'worktree-post-create': [] });
  expect(await told(hooks, 'markdown')).toBe(
    '## post-clone\n\n| job_name | tags |\n| --- | --- |\n| install | a,b |\n\n## worktree-post-create\n\n| job_name | tags |\n| --- | --- |\n',
  );
});

test('a document is its value, and its prose in markdown', async () => {
  expect(await told(releases, 'yaml')).toBe('- version: 1.0.0\n  date: null\n  content: |-\n    one\n    two\n');
  expect(await told(releases, 'markdown')).toBe('# Releases\n');
  expect(await told({ shape: 'document', value: { a: 1 } }, 'markdown')).toBe('```json\n{\n  "a": 1\n}\n```\n');
});
