import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { DaftError } from '../../src/daft-error';
import { ensureRepoId, readRepoId } from '../../src/logstore';
import { temporaryDirectory } from '../fs/temporary';

test('an identity is a version 7 UUID without newline, made once and read verbatim', () => {
  using temp = temporaryDirectory();
  expect(readRepoId(temp.path)).toBeUndefined();
  const id = ensureRepoId(temp.path);
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBeCloseTo(Date.now(), -4);
  expect(readFileSync(join(temp.path, 'daft-id'), 'utf8')).toBe(id);
  expect(ensureRepoId(temp.path)).toBe(id);
  expect(readRepoId(temp.path)).toBe(id);
  expect(readdirSync(temp.path)).toEqual(['daft-id']);
});

const canonical = '01890a5d-ac96-774b-bcce-b302099a8057';

test.each([
  ['surrounding blanks', `  ${canonical}\n`],
  ['upper case', canonical.toUpperCase()],
  ['no hyphens', canonical.replaceAll('-', '')],
  ['braces', `{${canonical}}`],
])('a well-formed identity with %s is read in its canonical form and left as it is', (_, text) => {
  using temp = temporaryDirectory();
  writeFileSync(join(temp.path, 'daft-id'), text);
  expect(readRepoId(temp.path)).toBe(canonical);
  expect(ensureRepoId(temp.path)).toBe(canonical);
  expect(readFileSync(join(temp.path, 'daft-id'), 'utf8')).toBe(text);
});

test.each(['nonsense', canonical.slice(1), '\0\0\0\0', `${canonical} ${canonical}`])('a corrupt identity is an error and is never overwritten: %j', (text) => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'daft-id');
  writeFileSync(path, text);
  for (const use of [readRepoId, ensureRepoId]) {
    expect(() => use(temp.path)).toThrow(DaftError);
    expect(() => use(temp.path)).toThrow(`Corrupt repo identity file at ${path}. Delete it to regenerate`);
    expect(() => use(temp.path)).toThrow(/orphaned/);
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('an endless device in its place is told in the same way, and a FIFO holds nobody up', () => {
  using temp = temporaryDirectory();
  const path = join(temp.path, 'daft-id');
  symlinkSync('/dev/zero', path);
  for (const use of [readRepoId, ensureRepoId]) expect(() => use(temp.path)).toThrow(`Corrupt repo identity file at ${path}.`);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(readRepoId(temp.path)).toBeUndefined();
  expect(ensureRepoId(temp.path)).toMatch(/^[\da-f-]{36}$/);
});

test('a directory in its place is told in the same way', () => {
  using temp = temporaryDirectory();
  mkdirSync(join(temp.path, 'daft-id'));
  expect(() => ensureRepoId(temp.path)).toThrow(/^Corrupt repo identity file at/);
});

test('an empty identity counts as absent and is replaced', () => {
  using temp = temporaryDirectory();
  writeFileSync(join(temp.path, 'daft-id'), ' \n');
  expect(readRepoId(temp.path)).toBeUndefined();
  const id = ensureRepoId(temp.path);
  expect(readRepoId(temp.path)).toBe(id);
  expect(readdirSync(temp.path)).toEqual(['daft-id']);
});

test.each([['absent', undefined], ['empty', '']])('of many processes that create an %s identity at once all get the same', async (_, before) => {
  using temp = temporaryDirectory();
  if (before !== undefined) writeFileSync(join(temp.path, 'daft-id'), before);
  const program = join(temp.path, 'program.cjs');
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../../src/logstore/repo-id.ts'),
    platform: 'node',
    transform: { define: { DAFT_FAULTS: 'false' } },
  });
  await bundle.write({ file: program, format: 'cjs' });
  const script = `process.stdin.once('data', () => { console.log(require(${JSON.stringify(program)}).ensureRepoId(${JSON.stringify(temp.path)})); process.stdin.unref(); }); console.log('ready')`;
  const children = Array.from({ length: 12 }, () => spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }));
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const exits = children.map((child) => once(child, 'exit'));
  const answers = children.map(async (child) => {
    const [answer] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdin.end();
    return answer.toString();
  });
  for (const child of children) child.stdin.write('go');
  const ids = new Set(await Promise.all(answers));
  await Promise.all(exits);
  expect([...ids]).toEqual([`${readRepoId(temp.path)}\n`]);
});
