import { afterAll, describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/cli/parse';
import type { CommandSpec } from '../../src/cli/spec';
import { commandTable } from '../../src/cli/table';
import { usageLine } from '../../src/cli/usage-line';
import { temporaryHome } from '../support';

// One for all: nothing here leaves anything behind.
const home = await temporaryHome();
afterAll(() => home[Symbol.asyncDispose]());

const visible = commandTable.filter(({ hidden }) => !hidden);
const wordsOf = (spec: CommandSpec): string[] => (spec.words[0] ?? '').split(' ');
/** Each of which selects something, be it the command itself. */
const wordsAfter = (spec: CommandSpec): string[] =>
  visible.flatMap(({ words }) => words).flatMap((words) => spec.words.filter((own) => words.startsWith(`${own} `)).map((own) => words.slice(own.length + 1))).filter((words) => !words.includes(' '));

test('every entry is reached by words and executables of its own', () => {
  const everyName = commandTable.flatMap(({ words, executables }) => [...words, ...executables]);
  expect(new Set(everyName).size).toBe(everyName.length);
  expect(new Set(commandTable.map(({ id }) => id)).size).toBe(commandTable.length);
});

test('options that exclude or need each other exist', () => {
  for (const spec of commandTable) {
    const known = [...spec.options.map(({ long }) => long), ...spec.arguments.map(({ name }) => name)];
    const named = spec.options.flatMap(({ conflictsWith = [], requires = [] }) => [...conflictsWith, ...requires]);
    expect(known, spec.id).toEqual(expect.arrayContaining(named));
  }
});

test('no command has two options of one spelling', () => {
  for (const spec of commandTable) {
    const spellings = optionsOf(spec).flatMap(({ long, short }) => [`--${long}`, ...(short === undefined ? [] : [`-${short}`])]);
    expect(new Set(spellings).size, spec.id).toBe(spellings.length);
  }
});

describe.each(visible.map((spec) => [spec.usageName, spec] as const))('%s', (_, spec) => {
  test('shows all its options and arguments in its help, in every spelling of its name', async () => {
    const full = await home.daft([...wordsOf(spec), '--help']);
    expect(full).toMatchObject({ exitCode: 0, stderr: '' });
    expect(full.stdout).toContain(usageLine(spec, commandTable));
    for (const option of optionsOf(spec).filter(({ hidden }) => !hidden)) expect(full.stdout).toContain(`--${option.long}`);
    for (const argument of spec.arguments) expect(full.stdout).toContain(argument.name);
    for (const word of wordsAfter(spec)) expect(full.stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
    const short = await home.daft([...wordsOf(spec), '-h']);
    expect(short).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining(spec.summary) });
    for (const executable of spec.executables) {
      expect(await home.run(executable, ['--help'])).toMatchObject({ exitCode: 0, stdout: full.stdout });
    }
  });

  test.skipIf(!spec.load)('tells its version under its own name', async () => {
    expect(await home.daft([...wordsOf(spec), '-V'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(new RegExp(`^${spec.usageName} \\d+\\.\\d+\\.\\d+\n$`)) });
  });

  test('accepts each of its options and nothing else', async () => {
    const options = spec.options.flatMap(({ long, short, value }) => [
      ...(value ? [`--${long}`, 'value', `--${long}=value`] : [`--${long}`]),
      ...(short === undefined ? [] : [`-${short}${value ? 'value' : ''}`]),
    ]);
    for (const bogus of ['--bogus-option', '-€']) {
      expect(await home.daft([...wordsOf(spec), ...options, bogus])).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: `error: unexpected argument '${bogus}' found\n\n${usageLine(spec, commandTable)}\n\nFor more information, try '--help'.\n`,
      });
    }
  });
});

test('a word that is no command is answered with those it may have meant', async () => {
  expect(await home.daft(['lisst'])).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^daft: 'lisst' is not a daft command\. See 'daft --help'\.\n\nThe most similar commands? (is|are)\n\tlist\n/),
  });
  expect(await home.run('git-daft', ['completely-unrelated-xyzzy'])).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: "git daft: 'completely-unrelated-xyzzy' is not a git daft command. See 'git daft --help'.\n",
  });
});

test('a redirected configuration is mentioned, except to shells, coordinators and tests', async () => {
  const env = { DAFT_CONFIG_DIR: '/elsewhere' };
  expect((await home.daft([], { env })).stderr).toBe('warning: config directory overridden via DAFT_CONFIG_DIR\n  -> /elsewhere\n');
  expect((await home.daft(['completions', 'bash'], { env })).stderr).toBe('');
  expect((await home.daft(['__complete', 'x'], { env })).stderr).toBe('');
  expect((await home.daft([], { env: { ...env, DAFT_TESTING: '' } })).stderr).toBe('');
  expect((await home.daft([], { env: { ...env, DAFT_IS_COORDINATOR: '1' } })).stderr).toBe('');
});

test('colour is for the overview of daft, never for that of git daft', async () => {
  const env = { CLICOLOR_FORCE: '1' };
  expect((await home.daft([], { env })).stdout).toContain('\u001B[1m\u001B[4musage:\u001B[24m\u001B[22m daft');
  expect((await home.run('git-daft', [], { env })).stdout).toMatch(/^usage: daft/);
});
